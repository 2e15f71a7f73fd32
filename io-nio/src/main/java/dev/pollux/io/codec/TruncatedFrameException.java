package dev.pollux.io.codec;

import java.io.EOFException;

/** Thrown where the bytes end in the middle of a frame. What reads them is over. */
public final class TruncatedFrameException extends EOFException {

  private static final long serialVersionUID = 1L;

  private final int presentBytes;
  private final int missingBytes;

  /**
   * Makes the exception.
   *
   * @param presentBytes how many bytes of the frame are there
   * @param missingBytes how many are missing at least, at least 1
   */
  public TruncatedFrameException(int presentBytes, int missingBytes) {
    super(
        "the bytes end in the middle of a frame: "
            + presentBytes
            + " are there, at least "
            + missingBytes
            + " are missing");
    this.presentBytes = presentBytes;
    this.missingBytes = missingBytes;
  }

  /** How many bytes of the frame are there. */
  public int presentBytes() {
    return presentBytes;
  }

  /** How many bytes are missing at least; 1 if nothing more is known. */
  public int missingBytes() {
    return missingBytes;
  }
}
