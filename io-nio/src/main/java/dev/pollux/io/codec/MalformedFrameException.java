package dev.pollux.io.codec;

import org.jspecify.annotations.Nullable;

/** Thrown where bytes can't be what the codec expects, however they go on. */
public final class MalformedFrameException extends FrameException {

  private static final long serialVersionUID = 1L;

  /**
   * Makes the exception.
   *
   * @param message what is wrong
   * @param resumable whether the stream can be used further
   */
  public MalformedFrameException(String message, boolean resumable) {
    super(message, resumable, null);
  }

  /**
   * Makes the exception.
   *
   * @param message what is wrong
   * @param resumable whether the stream can be used further
   * @param cause what was thrown by a part of the codec; null if nothing was
   */
  public MalformedFrameException(String message, boolean resumable, @Nullable Throwable cause) {
    super(message, resumable, cause);
  }
}
