package dev.pollux.executor.scheduler;

import static java.lang.invoke.MethodHandles.lookup;

import com.google.errorprone.annotations.Keep;
import dev.pollux.executor.task.Task;
import java.lang.invoke.ConstantBootstraps;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * The task that a worker runs next: the first that was woken or spawned by the one it runs now, and
 * for which the data of both is still in the cache.
 *
 * @threading {@link #tryPut} and {@link #take}: the owner; {@link #steal}: any thread
 */
public final class LifoSlot extends Padded {
  /*
   * Invariants
   *  I1  Only the owner puts a task in, and only into an empty slot; so it needs no read-modify-write for that: nobody
   *      else makes a full slot out of an empty one.
   *  I2  Whoever empties the slot by a CAS has the task.
   *
   * Ordering
   *  The put is a release, seen by the CAS of the thief. The owner may see a slot as full that was emptied just now, and
   *  then uses the ring: that costs the place in front, not the task.
   *
   * Progress: wait-free.
   */
  private static final VarHandle TASK =
      ConstantBootstraps.fieldVarHandle(
          lookup(), "task", VarHandle.class, LifoSlot.class, Task.class);

  @Keep private volatile @Nullable Task<?> task;

  /** Makes an empty slot. */
  public LifoSlot() {}

  /** Puts {@code next} in, unless there is a task already. */
  public boolean tryPut(Task<?> next) {
    if (TASK.getOpaque(this) != null) {
      return false;
    }
    TASK.setRelease(this, next);
    return true;
  }

  /** Takes the task out, or answers null. */
  public @Nullable Task<?> take() {
    Task<?> seen = (Task<?>) TASK.getOpaque(this); // only the owner's own put can have filled it
    return seen != null && TASK.compareAndSet(this, seen, null) ? seen : null;
  }

  /** Takes the task away from the owner, or answers null. */
  public @Nullable Task<?> steal() {
    Task<?> seen = task;
    return seen != null && TASK.compareAndSet(this, seen, null) ? seen : null;
  }

  /** Whether there is no task; already wrong if others put and take. */
  public boolean isEmpty() {
    return task == null;
  }
}
