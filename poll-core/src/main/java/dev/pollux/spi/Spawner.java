package dev.pollux.spi;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.Future;
import dev.pollux.core.JoinHandle;
import org.jspecify.annotations.Nullable;

/**
 * Where tasks are spawned.
 *
 * @threading every method may be called from any thread
 */
public interface Spawner {

  /**
   * Spawns a task that runs {@code future}, and returns at once: nothing is polled inline.
   *
   * @param future what the task runs; it belongs to the task from here on. If it is {@link
   *     FailureOwned}, its failure is not reported when nobody joins
   * @param <T> the output of the task
   * @return the handle; say {@link JoinHandle#detach()} if nobody will wait for it
   * @throws dev.pollux.core.RuntimeShutdownException if the runtime was shut down; {@code future}
   *     has been cancelled
   */
  <T extends @Nullable Object> JoinHandle<T> spawn(Future<T> future);

  /**
   * As {@link #spawn(Future)}, with a name for messages and dumps.
   *
   * @param name the name of the task
   * @param future what the task runs
   * @param <T> the output of the task
   * @return the handle
   * @throws dev.pollux.core.RuntimeShutdownException if the runtime was shut down; {@code future}
   *     has been cancelled
   */
  <T extends @Nullable Object> JoinHandle<T> spawn(String name, Future<T> future);

  /**
   * As {@link #spawn(Future)}, for work that a shutdown is to let run to its end if it has the
   * time: how {@link Future#shielded()} spawns. A spawner without a shutdown of that kind spawns as
   * ever, which is the default.
   *
   * @param future what the task runs
   * @param <T> the output of the task
   * @return the handle; who has it may still ask the task to stop
   * @throws dev.pollux.core.RuntimeShutdownException if the runtime was shut down, and no longer
   *     waits for work of this kind; {@code future} has been cancelled
   */
  default <T extends @Nullable Object> JoinHandle<T> spawnShielded(Future<T> future) {
    return spawn(future);
  }

  /**
   * This spawner, for tasks that inherit task locals, which a task does not by itself: what is
   * spawned by the spawner returned is {@linkplain Future#withLocals polled with} {@code locals}.
   *
   * <pre>{@code
   * cx.spawner().inheriting(cx.locals()).spawn(child).detach();
   * }</pre>
   *
   * <p>If this is a runtime, a {@link BlockOn}, then so is the spawner returned.
   *
   * @param locals what holds in the tasks
   */
  default Spawner inheriting(TaskLocals locals) {
    return InheritingSpawner.of(this, requireNonNull(locals, "locals"));
  }
}
