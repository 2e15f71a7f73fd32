package dev.pollux.core;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The handle of a spawned task: a future of its output, and the way to ask it to stop.
 *
 * <p>As a future it has one waiter. It answers the output of the task once; if the task failed it
 * throws a {@link TaskFailedException}, if the task was cancelled a {@link TaskCancelledException}.
 * To let a task run without waiting for it, say {@link #detach()}: its output is then discarded and
 * its failure goes to the {@link UncaughtFailureHandler}. The failure of a task whose handle is
 * lost without a word is reported there as well, when the garbage collector finds the handle.
 *
 * <pre>{@code
 * JoinHandle<Integer> sum = cx.spawner().spawn(work);
 * Poll<Integer> answer = sum.poll(cx);   // or sum.join() on a thread that may block
 * }</pre>
 *
 * @param <T> the output of the task
 * @threading {@code poll}, {@code cancel} and {@code describe} belong to the one waiter, as with
 *     every future; everything else may be called from any thread
 * @cancellation {@code cancel()}: the waiter gives up. It asks the task to stop, unless {@link
 *     #detach()} was called, and does not wait for its end; an output that is there already is
 *     discarded
 */
public interface JoinHandle<T extends @Nullable Object> extends Future<T>, CancelHandle {

  /**
   * Asks the task to stop, and returns at once. Idempotent.
   *
   * <p>The task's future is cancelled by the thread that runs it, at its next turn. The handle
   * stays pollable and ends with the value if the task won, else with {@link
   * TaskCancelledException}.
   */
  @Override
  void requestCancel();

  /**
   * Lets the task run without a waiter: its output will be discarded, its failure goes to the
   * {@link UncaughtFailureHandler}. The handle can no longer be polled or joined. Idempotent;
   * without effect once the output was taken.
   */
  void detach();

  /**
   * Blocks until the task ends, and returns its output.
   *
   * @throws TaskFailedException if its future threw
   * @throws TaskCancelledException if it was cancelled before it had a value
   * @throws InterruptedException if the calling thread is interrupted; the task goes on and the
   *     handle stays usable
   * @throws IllegalStateException if called on a thread that is running a task of a Pollux runtime,
   *     which must not block, if another thread is in a join, or if the output was taken or the
   *     handle detached; also if the runtime was told to refuse a join that can't end because no
   *     thread is left for the job, in which case the handle stays usable
   */
  @CanIgnoreReturnValue
  T join() throws InterruptedException;

  /**
   * Blocks until the task ends or {@code timeout} has passed.
   *
   * @param timeout how long to wait; zero or negative asks without waiting
   * @throws TimeoutException if the task has not ended by then; it goes on and the handle stays
   *     usable
   * @throws TaskFailedException if its future threw
   * @throws TaskCancelledException if it was cancelled before it had a value
   * @throws InterruptedException if the calling thread is interrupted; the task goes on and the
   *     handle stays usable
   * @throws IllegalStateException as {@link #join()}
   */
  @CanIgnoreReturnValue
  T join(Duration timeout) throws InterruptedException, TimeoutException;
}
