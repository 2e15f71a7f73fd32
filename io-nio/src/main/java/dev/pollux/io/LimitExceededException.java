package dev.pollux.io;

import java.io.IOException;
import java.io.Serial;

/** There are more bytes than the reader was ready to hold. */
public class LimitExceededException extends IOException {

  @Serial private static final long serialVersionUID = 1L;

  private final long limit;

  /**
   * Makes one.
   *
   * @param limit how many bytes were allowed
   * @param what what has more of them, for the message
   */
  public LimitExceededException(long limit, String what) {
    super(what + " has more than " + limit + " bytes");
    this.limit = limit;
  }

  /** How many bytes were allowed. */
  public long limit() {
    return limit;
  }
}
