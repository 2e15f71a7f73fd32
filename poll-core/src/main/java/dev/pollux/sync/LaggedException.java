package dev.pollux.sync;

/**
 * Thrown where a receiver of a {@link Broadcast} was so slow that values were overwritten before it
 * got them. It goes on with the oldest value that is still there.
 */
public final class LaggedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final long missed;

  LaggedException(long missed) {
    super("missed " + missed + (missed == 1 ? " value" : " values") + " of a Broadcast");
    this.missed = missed;
  }

  /** How many values this receiver will never get, since the last time that it was told. */
  public long missed() {
    return missed;
  }
}
