package dev.pollux.streams.schedule;

import static java.lang.invoke.MethodHandles.lookup;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.core.Discard;
import java.lang.invoke.ConstantBootstraps;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * Something to run, once or again and again, unless it is disposed before: the disposable that a
 * scheduler answers.
 *
 * @threading {@link #dispose} and {@link #isDisposed} from any thread; the rest belongs to whoever
 *     runs the job
 */
public abstract class Job {
  /*
   * Invariants
   *  J1  The body is called by the one whose claim led to RUNNING, so never twice at a time, and not after a dispose
   *      that came before the claim.
   *  J2  FINISHED, DISPOSED and INTERRUPTED are never left. Whoever leads there (INTERRUPTED counts as led to by the
   *      step to INTERRUPTING) calls onEnd, once, and has the body let go: at once, or by the runner when it returns.
   *  J3  An interrupt reaches the runner while it is in this job or not at all: it can't leave INTERRUPTING, and takes the
   *      flag with it when it leaves INTERRUPTED. So the thread's next job, and the runtime, never see it.
   *  J4  `next`, `deadline`, `sequence` and `heapIndex` belong to the queue that has the job, that is to the thread that
   *      pushes it and then to the consumer. A job WAITING in the heap of its queue is in no list: whoever disposes it
   *      pushes it once more, so that the consumer takes it out of the heap.
   *
   * Transitions
   *  PENDING      --wait-->      WAITING       the consumer, when it puts the job into its heap
   *  PENDING, WAITING --claim--> RUNNING       the runner
   *  RUNNING      --again-->     PENDING       the runner, of a periodic job
   *  RUNNING      --finish-->    FINISHED      the runner
   *  PENDING      --dispose-->   DISPOSED      anybody; the body is let go
   *  WAITING      --dispose-->   DISPOSED      anybody; likewise, and the job is pushed to be taken out of the heap
   *  RUNNING      --dispose-->   DISPOSED      the runner itself, from inside the body
   *  RUNNING      --dispose-->   INTERRUPTING --> INTERRUPTED    any other thread, with the interrupt between
   *
   * Ordering: each edge is one compare-and-set in volatile mode. `runner` is written before the claim, and read by who
   * disposes after it saw RUNNING; the body is read after the claim. Progress: lock-free, but a runner waits for the one
   * call of interrupt that is meant for it.
   */
  private static final int PENDING = 0;
  private static final int WAITING = 1;
  private static final int RUNNING = 2;
  private static final int INTERRUPTING = 3;
  private static final int FINISHED = 4;
  private static final int DISPOSED = 5;
  private static final int INTERRUPTED = 6;

  private static final VarHandle STATE =
      ConstantBootstraps.fieldVarHandle(lookup(), "state", VarHandle.class, Job.class, int.class);

  private volatile int state;

  /** Null once it is over. */
  private @Nullable Runnable body;

  private @Nullable Thread runner;

  /** Where it was queued; null if nowhere. */
  private final @Nullable SerialQueue queue;

  // ---- of the queue: see J4

  @Nullable Job next;

  /** On the clock of the queue, in nanoseconds; 0 comes before every moment. */
  long deadline;

  long sequence;
  int heapIndex = -1;

  /**
   * Makes a job that nobody knows yet.
   *
   * @param body what it runs
   * @param queue the queue that it will be offered to; null if it runs on its own
   */
  protected Job(Runnable body, @Nullable SerialQueue queue) {
    this.body = body;
    this.queue = queue;
  }

  /** A mark in the word of a queue, which is never run. */
  Job() {
    this.state = FINISHED;
    this.queue = null;
  }

  /** The time from one run to the next in nanoseconds, at least 0; negative if it runs once. */
  protected long periodNanos() {
    return -1;
  }

  /**
   * Takes what the body threw. What this throws goes to the uncaught-failure handler.
   *
   * @param failure what was thrown
   * @return whether a periodic job goes on
   */
  protected abstract boolean onFailure(Throwable failure);

  /**
   * Called once, when the job is over: it has run for the last time, was disposed, or its queue was
   * closed. A body that was running then may go on for a while. Quick; must not throw.
   */
  protected void onEnd() {}

  // ---- by the runner

  /**
   * Runs the body, if that is still wanted.
   *
   * @return whether the job is to run again, at its deadline
   */
  @CanIgnoreReturnValue
  final boolean run() {
    Thread current = Thread.currentThread();
    runner = current;
    Runnable work = claim();
    if (work == null) {
      runner = null;
      return false;
    }
    boolean again = periodNanos() >= 0;
    try {
      if (queue == null || !queue.isClosed()) { // after the claim: close looks for what runs
        work.run();
      } else {
        again = false;
      }
    } catch (Throwable failure) {
      again &= goesOnAfter(failure);
    }
    if (again) {
      deadline = saturatedSum(deadline, periodNanos());
      if (STATE.compareAndSet(this, RUNNING, PENDING)) {
        return true;
      }
    } else if (STATE.compareAndSet(this, RUNNING, FINISHED)) {
      leave();
      onEnd();
      return false;
    }
    leaveDisposed();
    return false;
  }

  private boolean goesOnAfter(Throwable failure) {
    try {
      return onFailure(failure);
    } catch (Throwable second) {
      second.addSuppressed(failure);
      Discard.closing().uncaught(second, "the failure handler of a scheduler");
      return false;
    }
  }

  /** Claims the body for a run; null if the job is over. */
  private @Nullable Runnable claim() {
    for (int seen = state; seen == PENDING || seen == WAITING; seen = state) {
      if (STATE.compareAndSet(this, seen, RUNNING)) {
        return body;
      }
    }
    return null;
  }

  @SuppressWarnings("ThreadPriorityCheck") // on one core, the interrupter needs it to go on
  private void leaveDisposed() {
    while (state == INTERRUPTING) {
      Thread.yield(); // a matter of one call
    }
    if (state == INTERRUPTED) {
      Thread.interrupted();
    }
    leave();
  }

  private void leave() {
    runner = null;
    body = null;
  }

  // ---- by the consumer of the queue

  /** Says that the job is being put into the heap. False if it is over. */
  final boolean transitionToWaiting() {
    return STATE.compareAndSet(this, PENDING, WAITING);
  }

  final boolean isOver() {
    return state > INTERRUPTING;
  }

  /** Ends a job that its queue drops; one that is running is left to its runner. */
  final void drop() {
    for (int seen = state; seen == PENDING || seen == WAITING; seen = state) {
      if (STATE.compareAndSet(this, seen, DISPOSED)) {
        body = null;
        onEnd();
        return;
      }
    }
  }

  // ---- by anybody

  /**
   * Stops the job: it will not begin any more. If it is running, on another thread, that thread is
   * interrupted, for the time of this job. Idempotent.
   */
  public final void dispose() {
    while (true) {
      int seen = state;
      if (seen == PENDING || seen == WAITING) {
        if (STATE.compareAndSet(this, seen, DISPOSED)) {
          body = null;
          if (seen == WAITING && queue != null) {
            queue.remove(this);
          }
          onEnd();
          return;
        }
      } else if (seen == RUNNING) {
        Thread running = runner;
        if (running == Thread.currentThread()) {
          if (STATE.compareAndSet(this, RUNNING, DISPOSED)) {
            onEnd();
            return;
          }
        } else if (STATE.compareAndSet(this, RUNNING, INTERRUPTING)) {
          interrupt(running);
          onEnd();
          return;
        }
      } else {
        return;
      }
    }
  }

  private void interrupt(@Nullable Thread running) {
    try {
      if (running != null) {
        running.interrupt();
      }
    } finally {
      state = INTERRUPTED;
    }
  }

  /**
   * Whether the job is over: it has run for the last time, was disposed, or its queue is closed.
   */
  public final boolean isDisposed() {
    return state >= INTERRUPTING || (queue != null && queue.isClosed());
  }

  static long saturatedSum(long nanos, long delayNanos) {
    long sum = nanos + delayNanos;
    return sum < 0 ? Long.MAX_VALUE : sum;
  }

  @Override
  public String toString() {
    return getClass().getSimpleName()
        + "["
        + switch (state) {
          case PENDING, WAITING -> "pending";
          case RUNNING -> "running";
          case FINISHED -> "finished";
          default -> "disposed";
        }
        + "]";
  }
}
