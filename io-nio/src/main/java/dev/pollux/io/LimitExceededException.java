package dev.pollux.io;

import java.io.IOException;
import java.io.Serial;

/** There are more bytes than the reader was ready to hold. */
public class LimitExceededException extends IOException {

  @Serial private static final long serialVersionUID = 1L;

  private final long limitBytes;

  /**
   * Makes one.
   *
   * @param limitBytes how many bytes were allowed
   * @param what what has more of them, for the message
   */
  public LimitExceededException(long limitBytes, String what) {
    super(what + " has more than " + limitBytes + " bytes");
    this.limitBytes = limitBytes;
  }

  /** How many bytes were allowed. */
  public long limitBytes() {
    return limitBytes;
  }
}
