package dev.pollux.io.codec;

import dev.pollux.io.EarlyEndException;

/** Thrown where the bytes end in the middle of a frame. What reads them is over. */
public final class TruncatedFrameException extends EarlyEndException {

  private static final long serialVersionUID = 1L;

  private final int present;

  /**
   * Makes the exception.
   *
   * @param present how many bytes of the frame are there
   * @param missing how many are missing at least, at least 1; 1 if nothing more is known
   */
  public TruncatedFrameException(int present, int missing) {
    super(missing, "a frame (at least), of which " + present + " came");
    this.present = present;
  }

  /** How many bytes of the frame are there. */
  public int presentBytes() {
    return present;
  }
}
