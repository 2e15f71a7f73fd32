package dev.pollux.io.codec;

/** Thrown where a frame is longer than the limit of its codec, when it is read or written. */
public final class FrameTooLongException extends FrameException {

  private static final long serialVersionUID = 1L;

  private final int limitBytes;

  /**
   * Makes the exception.
   *
   * @param message what is too long
   * @param limitBytes the limit
   * @param resumable whether the stream can be used further
   */
  public FrameTooLongException(String message, int limitBytes, boolean resumable) {
    super(message, resumable, null);
    this.limitBytes = limitBytes;
  }

  /** How many bytes a frame may have, in the sense of its codec. */
  public int limitBytes() {
    return limitBytes;
  }
}
