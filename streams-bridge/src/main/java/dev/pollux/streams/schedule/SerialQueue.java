package dev.pollux.streams.schedule;

import static java.lang.invoke.MethodHandles.lookup;
import static java.util.Objects.requireNonNull;

import dev.pollux.core.RuntimeShutdownException;
import dev.pollux.core.Waker;
import dev.pollux.spi.Timer;
import java.lang.invoke.ConstantBootstraps;
import java.lang.invoke.VarHandle;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Runs jobs one at a time, by their time, and those of one time in the order in which they were
 * offered. What a scheduler's worker is; and each job without a worker has one of its own.
 *
 * @threading {@link #offer}, {@link #offerAfter}, {@link #close} and {@link #isClosed} from any
 *     thread; what is package-private belongs to the consumer, unless it says otherwise
 */
public final class SerialQueue {
  /*
   * One word, `head`, holds an intrusive stack of what was offered and says what the consumer does:
   *
   *  IDLE       there is no consumer, and nothing to do. Whoever pushes onto it begins a turn.
   *  EMPTY      the consumer is at work, or on its way, and has seen everything.
   *  a job      the last of a stack of offered jobs, linked by `next`; the consumer has not seen them.
   *  SLEEPING   the consumer waits for the first deadline in the heap, and its `waker` is stored. Whoever pushes onto it,
   *             or takes it away, wakes.
   *  CLOSED     over; final.
   *
   * Invariants
   *  Q1  There is at most one consumer, by whoever led out of IDLE, until it leads back there or to CLOSED. Batch, heap
   *      and waker are its own. Tasks and pool hand them from thread to thread with all their writes.
   *  Q2  An offered job is run, or dropped, by the consumer: a push finds a consumer that has yet to look at the word
   *      before it can leave (its compare-and-set from EMPTY fails), or wakes or begins one.
   *  Q3  The order is that of (deadline, arrival). Until a deadline is asked for, jobs have none and go out as they came;
   *      from then on (`timed`, set before the push, so seen by whoever sees that job and by the same thread later)
   *      each job has a moment, and goes through the heap. A thread that has not heard of it may still push a job without
   *      one, which comes first; between such threads there is no order to keep.
   *  Q4  After close() no job begins: a job looks at `closed` after its claim has made it visible as `running`, and close
   *      looks at `running` after it has set `closed`. What is queued is dropped by the consumer, which looks at
   *      `closed` before each job and after it went to sleep.
   *  Q5  A job that is disposed while it is in the heap is pushed again, and taken out there. It is in no list then, so its
   *      link is free; the consumer tells the two apart by heapIndex.
   *  Q6  A queue that is closed while its consumer goes to rest may stay IDLE: it holds nothing then, and a push looks at
   *      `closed` first. A push that comes with the close is dropped by the consumer that it begins.
   *
   * Ordering: pushes and takes are volatile-mode read-modify-writes of one word, so all that was written before an offer
   * is seen by the run. `waker` is written before SLEEPING and read by who leads out of it; a consumer that is polled for
   * another reason forgets it, and will see what was pushed before it can rest or sleep again.
   * Progress: offers and dispose are lock-free; nobody waits for the consumer.
   */
  private static final Job IDLE = new Mark("idle");
  private static final Job EMPTY = new Mark("at work");
  private static final Job SLEEPING = new Mark("sleeping");
  private static final Job CLOSED = new Mark("closed");

  private static final VarHandle HEAD =
      ConstantBootstraps.fieldVarHandle(
          lookup(), "head", VarHandle.class, SerialQueue.class, Job.class);

  private static final VarHandle RUNNING =
      ConstantBootstraps.fieldVarHandle(
          lookup(), "running", VarHandle.class, SerialQueue.class, Job.class);

  private final Turns turns;
  private final Timer clock;
  private final LiveSet live;

  private volatile Job head = IDLE;
  private volatile boolean closed;

  /** What runs now. Written by the consumer, for close(). */
  private volatile @Nullable Job running;

  /** Whether a deadline was ever asked for: see Q3. */
  private boolean timed;

  /** Whether what is periodic is to be dropped: the scheduler takes nothing more. */
  private volatile boolean finishing;

  // ---- owned by the consumer

  private @Nullable Job batch;
  private @Nullable Job batchLast;
  private @Nullable DeadlineHeap heap;

  /** A moment that has passed. */
  private long now;

  private boolean droppedPeriodic;

  @SuppressWarnings("UnusedVariable") // read by who wakes, through head
  private @Nullable Waker waker;

  /**
   * Makes an idle queue, which holds nothing and costs nothing but its memory.
   *
   * @param turns where its jobs are run
   * @param clock what deadlines are of
   * @param live where its turns are registered
   */
  public SerialQueue(Turns turns, Timer clock, LiveSet live) {
    this.turns = turns;
    this.clock = clock;
    this.live = live;
  }

  // ---- by anybody

  /**
   * Has {@code job} run after those that were offered before.
   *
   * @param job made for this queue, and not offered yet
   * @return false if the queue or its scheduler takes no more, or the runtime was shut down; the
   *     job is disposed then
   */
  public boolean offer(Job job) {
    if (timed) {
      job.deadline = clock.nanoTime();
    }
    return push(job);
  }

  /**
   * Has {@code job} run once its time has come.
   *
   * @param job made for this queue, and not offered yet
   * @param delayNanos from now; what is not more than 0 is now
   * @return as {@link #offer}
   */
  public boolean offerAfter(Job job, long delayNanos) {
    job.deadline = Job.saturatedSum(clock.nanoTime(), Math.max(0, delayNanos));
    if (delayNanos > 0 || job.periodNanos() >= 0) {
      timed = true;
    }
    return push(job);
  }

  private boolean push(Job job) {
    if (closed || !live.isOpen() || !link(job)) {
      job.drop();
      return false;
    }
    return true;
  }

  /** Pushes, and begins or wakes the consumer if need be. False if the queue is closed. */
  private boolean link(Job job) {
    while (true) {
      Job seen = head;
      if (seen == CLOSED) {
        return false;
      }
      boolean first = isMark(seen);
      job.next = first ? null : seen;
      if (HEAD.compareAndSet(this, seen, job)) {
        if (seen == IDLE) {
          return begin();
        }
        if (seen == SLEEPING) {
          wake();
        }
        return true;
      }
    }
  }

  private boolean begin() {
    try {
      turns.begin(this, live);
      return true;
    } catch (RuntimeShutdownException over) {
      refuse(); // there is no consumer, so that duty is ours
      return false;
    } catch (RejectedExecutionException full) {
      goBackToIdle();
      return false;
    } catch (Throwable failure) {
      refuse();
      throw failure;
    }
  }

  /** Drops what was offered since the queue was idle, and lets it try again: a runtime is full. */
  private void goBackToIdle() {
    Job offered = (Job) HEAD.getAndSet(this, IDLE);
    dropAll(reversed(offered));
    if (closed) { // close left it to the consumer
      boolean unused = HEAD.compareAndSet(this, IDLE, CLOSED);
    }
  }

  private void wake() {
    Waker sleeper = waker;
    if (sleeper != null) {
      sleeper.wake();
    }
  }

  /** Has a disposed job, which waits in the heap, taken out there. */
  void remove(Job job) {
    boolean unused = link(job); // a queue that is closed lets go of everything anyway
  }

  /** Whether {@link #close} was called, or the runtime was shut down. */
  public boolean isClosed() {
    return closed;
  }

  /**
   * Disposes what was offered, the job that is running included, and takes nothing more.
   * Idempotent.
   */
  public void close() {
    if (closed) {
      return;
    }
    closed = true; // first: see Q4
    Job current = running;
    if (current != null) {
      current.dispose();
    }
    settleClosed();
  }

  /** As {@link #close}, but a job that is running is left in peace. */
  void abandon() {
    if (!closed) {
      closed = true;
      settleClosed();
    }
  }

  /** Has the consumer see that the queue is closed, or does its work where there is none. */
  private void settleClosed() {
    while (true) {
      Job seen = head;
      if (seen == EMPTY || seen == CLOSED) {
        return; // the consumer, if there is one, will see that this is closed
      }
      if (seen == IDLE) {
        if (HEAD.compareAndSet(this, IDLE, CLOSED)) {
          return;
        }
      } else if (seen == SLEEPING) {
        if (HEAD.compareAndSet(this, SLEEPING, EMPTY)) {
          wake();
          return;
        }
      } else if (HEAD.compareAndSet(this, seen, EMPTY)) {
        dropAll(seen); // at once: the consumer may have to wait for its turn
        return;
      }
    }
  }

  /** Drops what is periodic, soon; the rest is run. Any thread. */
  void finish() {
    finishing = true;
    if (head == SLEEPING && HEAD.compareAndSet(this, SLEEPING, EMPTY)) {
      wake();
    }
  }

  private static boolean isMark(Job job) {
    return job instanceof Mark;
  }

  private static void dropAll(@Nullable Job last) {
    for (Job job = last; job != null; ) {
      Job next = job.next;
      job.next = null;
      job.drop();
      job = next;
    }
  }

  // ---- by the consumer

  /** Whether {@link #runNext} has a job whose time has come. */
  boolean hasDue() {
    if (batch == null || timed) {
      takeArrivals();
    }
    if (finishing && !droppedPeriodic) {
      droppedPeriodic = true;
      if (heap != null) {
        heap.drop(job -> job.periodNanos() >= 0);
      }
    }
    return batch != null || isFirstDue();
  }

  private boolean isFirstDue() {
    DeadlineHeap heap = this.heap;
    if (heap == null || heap.isEmpty()) {
      return false;
    }
    long deadline = heap.first().deadline;
    if (deadline > now) {
      now = clock.nanoTime();
    }
    return deadline <= now;
  }

  /** Runs the job that comes first, after {@link #hasDue} has found one. */
  void runNext() {
    Job job = batch;
    if (job != null) {
      batch = job.next;
      if (batch == null) {
        batchLast = null;
      }
      job.next = null;
    } else {
      job = requireNonNull(heap).removeFirst();
    }
    running = job; // a volatile write, before the job looks at closed: see Q4
    boolean again = job.run();
    RUNNING.setRelease(this, null);
    if (again) {
      if (job.periodNanos() == 0) {
        takeArrivals(); // they come first, or nobody else had a turn
        job.deadline = clock.nanoTime();
      }
      arrive(job);
    }
  }

  private void takeArrivals() {
    Job seen = head;
    if (isMark(seen)) {
      return;
    }
    Job last = (Job) HEAD.getAndSet(this, EMPTY);
    if (last == CLOSED) {
      head = CLOSED;
      return;
    }
    Job first = reversed(last);
    if (timed) {
      arriveAll(batch);
      batch = null;
      batchLast = null;
      arriveAll(first);
    } else if (first != null) {
      Job before = batchLast;
      if (before == null) {
        batch = first;
      } else {
        before.next = first;
      }
      batchLast = last;
    }
  }

  private static @Nullable Job reversed(Job last) {
    Job first = null;
    for (Job job = last; job != null && !isMark(job); ) {
      Job next = job.next;
      job.next = first;
      first = job;
      job = next;
    }
    return first;
  }

  private void arriveAll(@Nullable Job first) {
    for (Job job = first; job != null; ) {
      Job next = job.next;
      job.next = null;
      arrive(job);
      job = next;
    }
  }

  /** Puts a job into the heap, or takes one out that comes for the second time (Q5). */
  private void arrive(Job job) {
    DeadlineHeap heap = this.heap;
    if (heap == null) {
      heap = new DeadlineHeap();
      this.heap = heap;
    }
    if (job.heapIndex >= 0) {
      heap.remove(job);
    } else if (!live.isOpen() && job.periodNanos() >= 0) {
      job.drop(); // see finish()
    } else {
      heap.add(job); // first: whoever disposes it once it is WAITING has it taken out
      if (!job.transitionToWaiting()) {
        heap.remove(job);
      }
    }
  }

  /** Whether a job waits for its time. */
  boolean hasWaiting() {
    return heap != null && !heap.isEmpty();
  }

  /** When the first job is due that waits for its time. */
  long nextDeadline() {
    return requireNonNull(heap).first().deadline;
  }

  int size() {
    return heap == null ? 0 : heap.size();
  }

  /** Ends the consumer, which has nothing to do. False if something was offered meanwhile. */
  boolean tryRest() {
    return HEAD.compareAndSet(this, EMPTY, IDLE);
  }

  /**
   * Has whoever offers something wake the consumer, which will wait for {@link #nextDeadline}.
   * False if something was offered meanwhile, or the queue closed.
   */
  boolean trySleep(Waker waker) {
    this.waker = waker;
    if (HEAD.compareAndSet(this, EMPTY, SLEEPING)) {
      // Afterwards: they look the other way round.
      boolean told = closed || (finishing && !droppedPeriodic);
      if (!told || !HEAD.compareAndSet(this, SLEEPING, EMPTY)) {
        return true;
      }
    }
    this.waker = null;
    return false;
  }

  /**
   * Goes to work, after a sleep or not. Who has led out of the sleep may find no waker from here
   * on: the consumer will see what it has pushed, before it can sleep or rest.
   */
  void awake() {
    if (head == SLEEPING) {
      boolean unused = HEAD.compareAndSet(this, SLEEPING, EMPTY);
    }
    waker = null;
  }

  /** Lets go of everything, for ever: the queue is closed, or nothing can be run any more. */
  void refuse() {
    closed = true;
    waker = null;
    Job left = (Job) HEAD.getAndSet(this, CLOSED);
    if (!isMark(left)) {
      dropAll(reversed(left));
    }
    dropBatch();
    DeadlineHeap waiting = heap;
    heap = null;
    if (waiting != null) {
      waiting.drop(job -> true);
    }
  }

  /** Drops what has come, whatever its time: none of it can be run. */
  void dropArrived() {
    takeArrivals();
    dropBatch();
    dropWaiting();
  }

  /** Drops what waits for its time: nothing can wait for it. */
  void dropWaiting() {
    if (heap != null) {
      heap.drop(job -> true);
    }
  }

  /** Drops what {@link #hasDue} has found. */
  void dropDue() {
    dropBatch();
    while (isFirstDue()) {
      requireNonNull(heap).removeFirst().drop();
    }
  }

  private void dropBatch() {
    Job first = batch;
    batch = null;
    batchLast = null;
    dropAll(first);
  }

  @Override
  public String toString() {
    Job seen = head;
    return "SerialQueue[" + (isMark(seen) ? seen : "to be looked at") + "]";
  }

  /** What the word holds in place of a job. */
  private static final class Mark extends Job {
    private final String name;

    Mark(String name) {
      this.name = name;
    }

    @Override
    protected boolean onFailure(Throwable failure) {
      throw new AssertionError(failure);
    }

    @Override
    public String toString() {
      return name;
    }
  }
}
