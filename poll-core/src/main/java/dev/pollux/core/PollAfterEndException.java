package dev.pollux.core;

/**
 * Thrown by a poll of a future or iterator that is over: it has answered {@code Ready} or {@code
 * End}, has thrown, or was cancelled. A future answers once; polling it again is a mistake in the
 * caller and never hangs.
 */
public final class PollAfterEndException extends IllegalStateException {

  private static final long serialVersionUID = 1L;

  /**
   * Makes the exception.
   *
   * @param what the kind of future that was polled, such as {@code "sleep"}
   */
  public PollAfterEndException(String what) {
    super(what + " was polled after it was over (completed, failed or cancelled)");
  }
}
