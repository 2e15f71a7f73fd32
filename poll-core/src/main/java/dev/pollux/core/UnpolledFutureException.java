package dev.pollux.core;

/**
 * Reported in debug mode ({@code -Dpollux.debug=true}) for a future or an iterator that was made
 * and then forgotten: nothing polled it, cancelled it, or took it over, so what it was made for was
 * not done. The stack trace says where it was made.
 *
 * @see dev.pollux.spi.Unpolled
 */
public final class UnpolledFutureException extends IllegalStateException {

  private static final long serialVersionUID = 1L;

  /**
   * Makes the report.
   *
   * @param maker the method that made the future, as {@code Futures.join}
   * @param madeAt the call of that method, and its callers; not empty
   */
  public UnpolledFutureException(String maker, StackTraceElement... madeAt) {
    super(
        "what "
            + maker
            + " made at "
            + madeAt[0]
            + " was never used: nobody has polled it, cancelled it, or handed it to what would");
    setStackTrace(madeAt);
  }
}
