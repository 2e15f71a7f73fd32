package dev.pollux.executor.scheduler;

import static java.lang.invoke.MethodHandles.lookup;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.executor.task.Task;
import java.lang.invoke.ConstantBootstraps;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * The way into a scheduler from threads that are not its own: an intrusive stack of tasks, taken
 * whole and turned round, and the word on which its owner sleeps.
 *
 * @threading {@link #push} from any thread; everything else from the owner, one thread at a time
 */
public final class InjectQueue {
  /*
   * Invariants
   *  I1  `head` is null (empty, owner awake), PARKED (empty, owner asleep or about to be), CLOSED, or the newest of a chain
   *      of tasks linked through nextInQueue. A task is in one queue at most, so its link is free.
   *  I2  Only the owner writes PARKED, and only over null. Only a push that replaces PARKED wakes the owner: one unpark a
   *      sleep, however many tasks arrive.
   *  I3  CLOSED is never replaced; a push that meets it is refused.
   *
   * Transitions
   *  null    --push-->  task          task  --push-->  task       PARKED  --push-->  task   (pusher unparks the owner)
   *  task    --takeAll-->  null       null  --tryPark-->  PARKED       PARKED  --unpark-->  null
   *  any     --close-->  CLOSED
   *
   * Ordering
   *  Everything happens on one word by read-modify-writes. The check "nothing was pushed" and the announcement "I sleep"
   *  are the same CAS, so there is no moment between them for a push to fall into: with a flag beside the queue the owner
   *  would have to look again after raising it. The link is written before the CAS that publishes the task.
   *
   * Progress: push and takeAll are lock-free.
   * Source: Treiber's stack, with the sleeper's mark in its head.
   */
  private static final Task<?> PARKED = mark("parked");
  private static final Task<?> CLOSED = mark("closed");

  private static Task<?> mark(String name) {
    return new Task<Void>(
        cx -> {
          throw new AssertionError("the mark " + name + " is no task");
        });
  }

  private static final VarHandle HEAD =
      ConstantBootstraps.fieldVarHandle(
          lookup(), "head", VarHandle.class, InjectQueue.class, Task.class);

  private volatile @Nullable Task<?> head;

  /** Makes an empty queue whose owner is awake. */
  public InjectQueue() {}

  /** What became of a push. */
  public enum Pushed {
    /** The owner is awake and will find the task. */
    QUEUED,
    /** The owner slept: the caller must unpark it. */
    OWNER_SLEEPS,
    /** The queue is closed; the task was not taken. */
    REFUSED
  }

  /** Puts {@code task} in. */
  public Pushed push(Task<?> task) {
    while (true) {
      Task<?> seen = head;
      if (seen == CLOSED) {
        return Pushed.REFUSED;
      }
      task.setNextInQueue(seen == PARKED ? null : seen);
      if (HEAD.compareAndSet(this, seen, task)) {
        return seen == PARKED ? Pushed.OWNER_SLEEPS : Pushed.QUEUED;
      }
    }
  }

  /** Whether {@link #takeAll} would find tasks. */
  public boolean hasTasks() {
    Task<?> seen = head;
    return seen != null && seen != PARKED && seen != CLOSED;
  }

  /**
   * Moves all tasks to the end of {@code queue}, the oldest first.
   *
   * @return how many they were
   */
  @CanIgnoreReturnValue
  public int takeAll(LocalQueue queue) {
    if (!hasTasks()) {
      return 0;
    }
    Task<?> newest = (Task<?>) HEAD.getAndSet(this, null);
    Task<?> oldest = null;
    while (newest != null) {
      Task<?> next = newest.nextInQueue();
      newest.setNextInQueue(oldest);
      oldest = newest;
      newest = next;
    }
    int count = 0;
    while (oldest != null) {
      Task<?> next = oldest.nextInQueue();
      queue.addLast(oldest);
      oldest = next;
      count++;
    }
    return count;
  }

  /**
   * Announces that the owner will sleep. Returns false if there are tasks, or if the queue is
   * closed.
   */
  public boolean tryPark() {
    return head == PARKED || HEAD.compareAndSet(this, null, PARKED);
  }

  /** Takes the announcement back, if a push has not done so. */
  public void unpark() {
    if (head == PARKED) {
      HEAD.compareAndSet(this, PARKED, null);
    }
  }

  /**
   * Refuses all further tasks, and moves those that are there to the end of {@code queue}.
   *
   * @return how many they were
   */
  @CanIgnoreReturnValue
  public int close(LocalQueue queue) {
    int count = 0;
    while (true) {
      Task<?> seen = head;
      if (seen == CLOSED) {
        return count;
      }
      if (seen == null || seen == PARKED) {
        if (HEAD.compareAndSet(this, seen, CLOSED)) {
          return count;
        }
      } else {
        count += takeAll(queue);
      }
    }
  }
}
