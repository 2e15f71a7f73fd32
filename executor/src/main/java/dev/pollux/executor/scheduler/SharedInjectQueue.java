package dev.pollux.executor.scheduler;

import static java.lang.invoke.MethodHandles.lookup;

import com.google.errorprone.annotations.Keep;
import dev.pollux.executor.task.Task;
import java.lang.invoke.ConstantBootstraps;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * What all workers of a runtime share: the tasks that come from threads that are no workers, and
 * what overflows from a worker's ring. Roughly first in, first out.
 *
 * @threading any thread; who takes passes the ring that it owns
 */
public final class SharedInjectQueue {
  /*
   * Single tasks come through a stack linked through the tasks themselves (one CAS, nothing allocated). Whoever finds no
   * batch takes the whole stack, turns it around, keeps as many as fit in its ring and leaves the rest as batches.
   * Batches are arrays: what overflows is hot in the cache of its worker, and whoever takes it later copies it without
   * touching each task, as following links would. Rings that never run empty may keep batches here for ever; so a worker
   * that has tasks of its own, and looks here in between for a single one, first moves the stack behind the batches.
   *
   * Invariants
   *  I1  `newest` is null, CLOSED, or the newest of a chain of tasks linked through nextInQueue. A task is in one queue at
   *      most, so its link is free.
   *  I2  `next` of a batch counts the tasks that were claimed. Whoever moves it by a CAS has those that it passed. A batch
   *      without unclaimed tasks may stay at the head of `batches` until the next look.
   *  I3  CLOSED is never replaced; a push that meets it is refused.
   *
   * Ordering
   *  Push and take of the stack are read-modify-writes of `newest`; the link is written before the CAS that publishes its
   *  task. A batch is published by the queue of the JDK. Whoever turns the stack into batches holds tasks that nobody
   *  sees for a moment; it is awake, and tells the others afterwards (see the callers of take).
   *
   * Progress: lock-free.
   * Source: Treiber's stack; the batches are ours.
   */
  private static final Task<?> CLOSED =
      new Task<Void>(
          cx -> {
            throw new AssertionError("the mark closed is no task");
          });

  private static final VarHandle NEWEST =
      ConstantBootstraps.fieldVarHandle(
          lookup(), "newest", VarHandle.class, SharedInjectQueue.class, Task.class);

  @Keep private volatile @Nullable Task<?> newest;

  private final ConcurrentLinkedQueue<Batch> batches = new ConcurrentLinkedQueue<>();

  /** Makes an empty queue. */
  public SharedInjectQueue() {}

  /** Puts {@code task} in. Returns false if the queue is closed. */
  public boolean push(Task<?> task) {
    while (true) {
      Task<?> seen = newest;
      if (seen == CLOSED) {
        task.setNextInQueue(null); // from an attempt before
        return false;
      }
      task.setNextInQueue(seen);
      if (NEWEST.compareAndSet(this, seen, task)) {
        return true;
      }
    }
  }

  /**
   * Puts several tasks in, also if the queue is closed: they come from a worker, and workers go on
   * until nothing is left.
   *
   * @param tasks the oldest first; belongs to the queue from here on
   */
  public void pushBatch(Task<?>[] tasks) {
    if (tasks.length > 0) {
      batches.add(new Batch(tasks));
    }
  }

  /** Whether a take would find nothing; already wrong if others push and take. */
  public boolean isEmpty() {
    Task<?> seen = newest;
    if (seen != null && seen != CLOSED) {
      return false;
    }
    return firstBatch() == null;
  }

  /** The first batch that has a task, or null. */
  private @Nullable Batch firstBatch() {
    Batch batch = batches.peek();
    while (batch != null && batch.remaining() == 0) {
      batches.remove(batch); // at the head, or gone
      batch = batches.peek();
    }
    return batch;
  }

  /** How many tasks there are, roughly: a walk. */
  public int size() {
    int size = 0;
    for (Batch batch : batches) {
      size += batch.remaining();
    }
    Task<?> seen = newest;
    while (seen != null && seen != CLOSED) { // the links may change meanwhile; they still end
      size++;
      seen = seen.nextInQueue();
    }
    return size;
  }

  /**
   * Takes up to {@code most} tasks: the oldest is answered, the others go into {@code ring}. Who
   * takes one at a time comes to every task in the end, whatever is pushed meanwhile.
   *
   * @param most how many; at least 1 and at most one more than there is room in {@code ring}
   * @param ring of the calling thread
   * @return the oldest, or null if there was none
   */
  public @Nullable Task<?> take(int most, Ring ring) {
    if (most == 1 && firstBatch() != null) {
      moveStackBehindBatches(ring.capacity() / 2);
    }
    while (true) {
      for (Batch batch = firstBatch(); batch != null; batch = firstBatch()) {
        int first = batch.claim(most);
        if (first >= 0) {
          return batch.hand(first, Math.min(batch.tasks.length, first + most), ring);
        }
      }
      Task<?> seen = newest;
      if (seen == null || seen == CLOSED) {
        return null;
      }
      if (NEWEST.compareAndSet(this, seen, null)) {
        Task<?> oldest = turnedAround(seen);
        return handChain(oldest, most, ring);
      }
    }
  }

  private void moveStackBehindBatches(int batchSize) {
    Task<?> seen = newest;
    if (seen != null && seen != CLOSED && NEWEST.compareAndSet(this, seen, null)) {
      pushChain(turnedAround(seen), batchSize);
    }
  }

  private static Task<?> turnedAround(Task<?> newest) {
    Task<?> oldest = newest;
    Task<?> task = newest.nextInQueue();
    newest.setNextInQueue(null);
    while (task != null) {
      Task<?> older = task.nextInQueue();
      task.setNextInQueue(oldest);
      oldest = task;
      task = older;
    }
    return oldest;
  }

  private Task<?> handChain(Task<?> oldest, int most, Ring ring) {
    Task<?> rest = unlinked(oldest);
    int handed = 1;
    while (rest != null && handed < most) {
      Task<?> next = unlinked(rest);
      boolean pushed = ring.tryPush(rest);
      assert pushed : "the caller said that there was room";
      handed++;
      rest = next;
    }
    pushChain(rest, ring.capacity() / 2);
    return oldest;
  }

  /** Makes batches of a chain that was turned around. */
  private void pushChain(@Nullable Task<?> oldest, int batchSize) {
    List<Task<?>> batch = new ArrayList<>();
    for (Task<?> task = oldest; task != null; ) {
      Task<?> next = unlinked(task);
      batch.add(task);
      task = next;
      if (batch.size() == batchSize || task == null) {
        pushBatch(batch.toArray(Task<?>[]::new));
        batch.clear();
      }
    }
  }

  /** The task after this one, whose link is cleared. */
  private static @Nullable Task<?> unlinked(Task<?> task) {
    Task<?> next = task.nextInQueue();
    task.setNextInQueue(null);
    return next;
  }

  /**
   * Refuses all further pushes of single tasks. Those that are there stay, as batches.
   *
   * @param batchSize how many tasks to a batch
   */
  public void close(int batchSize) {
    Task<?> seen = (Task<?>) NEWEST.getAndSet(this, CLOSED);
    if (seen != null && seen != CLOSED) {
      pushChain(turnedAround(seen), batchSize);
    }
  }

  /** Tasks in an array, of which each is claimed once. */
  private static final class Batch {

    private static final VarHandle NEXT =
        ConstantBootstraps.fieldVarHandle(
            lookup(), "next", VarHandle.class, Batch.class, int.class);

    final Task<?>[] tasks;
    @Keep private volatile int next;

    Batch(Task<?>[] tasks) {
      this.tasks = tasks;
    }

    int remaining() {
      return tasks.length - next;
    }

    /** Claims up to {@code most} tasks. Returns the index of the first, or -1 if none is left. */
    int claim(int most) {
      while (true) {
        int first = next;
        if (first == tasks.length) {
          return -1;
        }
        if (NEXT.compareAndSet(this, first, Math.min(tasks.length, first + most))) {
          return first;
        }
      }
    }

    /** Hands out the claimed tasks. */
    @SuppressWarnings("NullAway") // a claimed slot is its claimer's, and is not looked at again
    Task<?> hand(int first, int end, Ring ring) {
      Task<?> oldest = tasks[first];
      tasks[first] = null;
      for (int i = first + 1; i < end; i++) {
        boolean pushed = ring.tryPush(tasks[i]);
        assert pushed : "the caller said that there was room";
        tasks[i] = null;
      }
      return oldest;
    }
  }
}
