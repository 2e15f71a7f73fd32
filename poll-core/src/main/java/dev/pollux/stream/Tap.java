package dev.pollux.stream;

/**
 * Sees what passes through a stream: see {@link Observed#tap}. Each method does nothing unless it
 * is implemented.
 *
 * <p>Of {@link #onEnd}, {@link #onFailure} and {@link #onCancel} one is called, once, and nothing
 * after it. A stream that was never polled is cancelled without {@link #onFirstPoll}.
 *
 * @param <T> the type of the elements
 * @threading called by whoever polls or cancels the stream, so by one thread at a time; must not
 *     block, nor touch the stream
 */
public interface Tap<T> {

  /** The stream is polled for the first time. What this throws is a failure of the stream. */
  default void onFirstPoll() {}

  /**
   * An element passes. What this throws is a failure of the stream.
   *
   * @param element the element, which is handed on after this
   */
  default void onElement(T element) {}

  /** The stream ends. What this throws is a failure of the stream, in place of the end. */
  default void onEnd() {}

  /**
   * The stream fails. What this throws is a suppressed exception of the failure.
   *
   * @param failure what is thrown after this: an {@code Exception} or an {@code Error}, also one
   *     that another method of this has thrown
   */
  default void onFailure(Throwable failure) {}

  /**
   * The stream is cancelled, before what it reads is. What this throws goes to the uncaught-failure
   * handler.
   */
  default void onCancel() {}
}
