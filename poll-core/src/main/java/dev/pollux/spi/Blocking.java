package dev.pollux.spi;

import dev.pollux.core.JoinHandle;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Where calls run that block a thread: file reads, name look-ups, drivers without an asynchronous
 * form.
 *
 * @threading every method may be called from any thread
 */
public interface Blocking {

  /**
   * Queues {@code job} for a thread that may block, and returns at once.
   *
   * @param job what to run; its throw fails the handle
   * @param <T> the output of the job
   * @return the handle: {@link JoinHandle#requestCancel()} takes back a job that has not begun; one
   *     that has begun runs to its end
   * @throws dev.pollux.core.RuntimeShutdownException if the runtime was shut down
   */
  <T extends @Nullable Object> JoinHandle<T> spawnBlocking(Callable<T> job);

  /**
   * As {@link #spawnBlocking(Callable)}, with a name for messages and dumps.
   *
   * @param name the name of the job
   * @param job what to run
   * @param <T> the output of the job
   * @return the handle
   * @throws dev.pollux.core.RuntimeShutdownException if the runtime was shut down
   */
  <T extends @Nullable Object> JoinHandle<T> spawnBlocking(String name, Callable<T> job);
}
