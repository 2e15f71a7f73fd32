package dev.pollux.structure;

/**
 * A callback that waits for the cancellation of a token, and the way to take it back: see {@link
 * CancellationToken#onCancel}.
 *
 * @threading every method may be called from any thread, the callback included
 */
public sealed interface CancelRegistration extends AutoCloseable permits CancelCallback {

  /**
   * Takes the callback back. It will not start after this, and neither the callback nor what it
   * holds is reachable through the token any more. Never blocks, never throws; idempotent.
   *
   * <p>Without effect on a callback that has started, which {@link #hasStarted()} then says. It may
   * still be running on another thread.
   */
  @Override
  void close();

  /** Whether the callback was started. After {@link #close()} the answer is final. */
  boolean hasStarted();
}
