package dev.pollux.io;

import java.io.EOFException;
import java.io.Serial;

/** The bytes ended before all that were asked for had come. */
public class EarlyEndException extends EOFException {

  @Serial private static final long serialVersionUID = 1L;

  private final long missing;

  /**
   * Makes one.
   *
   * @param missing how many more bytes would have been needed, at least 1
   * @param what what was to be read, for the message
   */
  public EarlyEndException(long missing, String what) {
    super("the bytes ended " + missing + " before the end of " + what);
    this.missing = missing;
  }

  /** How many more bytes would have been needed. */
  public long missingBytes() {
    return missing;
  }
}
