package dev.pollux.spi;

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
}
