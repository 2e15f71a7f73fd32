package dev.pollux.io.codec;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Thrown where bytes are not the frame that they should be. Says whether the stream can be used
 * further.
 */
public abstract class FrameException extends IOException {

  private static final long serialVersionUID = 1L;

  private final boolean resumable;

  /**
   * Makes the exception.
   *
   * @param message what is wrong
   * @param resumable what {@link #isResumable()} answers
   * @param cause what was thrown by a part of the codec; null if nothing was
   */
  protected FrameException(String message, boolean resumable, @Nullable Throwable cause) {
    super(message, cause);
    this.resumable = resumable;
  }

  /**
   * Whether the stream can be used further. True: this one frame is lost, or was not written, and
   * the next is read or written as if it had not been there. False: nobody knows where the next
   * frame begins, and a {@link FramedReader} that has thrown this is over.
   */
  public final boolean isResumable() {
    return resumable;
  }
}
