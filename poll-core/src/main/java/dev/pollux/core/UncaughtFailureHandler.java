package dev.pollux.core;

/**
 * The one place for failures that have no owner: of a task whose handle was detached or lost, of a
 * {@code cancel}, a waker or a close that threw, of a listener or a hook.
 *
 * <p>A runtime has a handler of its own; where no runtime is in sight (a waker that throws inside a
 * plain channel, a future cancelled before its first poll), {@link #processDefault()} is used.
 *
 * @threading called from whichever thread the failure came to light on, and from several at once
 */
@FunctionalInterface
public interface UncaughtFailureHandler {

  /**
   * Takes a failure. What this method throws is logged and goes no further.
   *
   * @param failure what was thrown
   * @param origin where it comes from, in a few words for a log line: a task with its name and
   *     spawn site, a waker
   * @threading called on whatever thread met the failure, with no lock held
   */
  void uncaught(Throwable failure, String origin);

  /**
   * A handler that writes to the {@link System.Logger} named {@code dev.pollux}, at level {@code
   * ERROR}.
   */
  static UncaughtFailureHandler logging() {
    return UncaughtFailures.LOGGING;
  }

  /** The handler used where no runtime is in sight: {@link #logging()} unless it was replaced. */
  static UncaughtFailureHandler processDefault() {
    return UncaughtFailures.processDefault();
  }

  /**
   * Replaces the handler used where no runtime is in sight, for the whole process.
   *
   * @param handler the new handler
   * @return the handler that was replaced
   */
  @com.google.errorprone.annotations.CanIgnoreReturnValue
  static UncaughtFailureHandler setProcessDefault(UncaughtFailureHandler handler) {
    return UncaughtFailures.setProcessDefault(handler);
  }
}
