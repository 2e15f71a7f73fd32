package dev.pollux.sync;

/**
 * Thrown where a reader was so slow that values were overwritten before it got them. A receiver of
 * a {@link Broadcast} goes on with the oldest value that is still there; an iterator is over, as
 * with every failure.
 */
public final class LaggedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final long missed;

  LaggedException(long missed) {
    this(missed, "a Broadcast");
  }

  /**
   * Says that values were missed.
   *
   * @param missed how many values, at least 1
   * @param of what they were values of, for the message
   */
  public LaggedException(long missed, String of) {
    super("missed " + missed + (missed == 1 ? " value" : " values") + " of " + of);
    this.missed = missed;
  }

  /** How many values the reader will never get, since the last time that it was told. */
  public long missed() {
    return missed;
  }
}
