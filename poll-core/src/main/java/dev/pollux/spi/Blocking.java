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
   * @throws java.util.concurrent.RejectedExecutionException if the queue is bounded and full, or no
   *     thread can be had; the job will not run
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
   * @throws java.util.concurrent.RejectedExecutionException if the queue is bounded and full, or no
   *     thread can be had; the job will not run
   */
  <T extends @Nullable Object> JoinHandle<T> spawnBlocking(String name, Callable<T> job);

  /**
   * As {@link #spawnBlocking(Callable)}, for a job that can be interrupted: {@link
   * JoinHandle#requestCancel()} also interrupts the thread of a job that has begun, and so does the
   * end of the runtime.
   *
   * <p>A value wins: a job that answers one in spite of the interrupt completes with it. One that
   * throws after it was interrupted so is cancelled if it threw for that reason, which is an
   * exception that is, or has among its causes, an {@link InterruptedException}, an {@link
   * java.io.InterruptedIOException} (a {@link java.net.SocketTimeoutException} is none), a {@link
   * java.nio.channels.ClosedByInterruptException} or a {@link
   * java.nio.channels.FileLockInterruptionException}. Whatever else it throws, and every {@link
   * Error}, fails the handle. The interrupt reaches nothing but the job: neither a job that has
   * ended nor the next one of the same thread.
   *
   * @param job what to run; it must bear an interrupt at any point
   * @param <T> the output of the job
   * @return the handle
   * @throws dev.pollux.core.RuntimeShutdownException if the runtime was shut down
   * @throws java.util.concurrent.RejectedExecutionException if the queue is bounded and full, or no
   *     thread can be had; the job will not run
   */
  <T extends @Nullable Object> JoinHandle<T> spawnInterruptible(Callable<T> job);

  /**
   * As {@link #spawnInterruptible(Callable)}, with a name for messages and dumps.
   *
   * @param name the name of the job
   * @param job what to run; it must bear an interrupt at any point
   * @param <T> the output of the job
   * @return the handle
   * @throws dev.pollux.core.RuntimeShutdownException if the runtime was shut down
   * @throws java.util.concurrent.RejectedExecutionException if the queue is bounded and full, or no
   *     thread can be had; the job will not run
   */
  <T extends @Nullable Object> JoinHandle<T> spawnInterruptible(String name, Callable<T> job);
}
