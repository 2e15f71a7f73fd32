package dev.pollux.io.codec;

import java.io.Serial;
import java.time.Duration;

/** Thrown where a frame was begun and is not complete in time. What reads it is over. */
public final class FrameTimeoutException extends FrameException {

  @Serial private static final long serialVersionUID = 1L;

  private final Duration limit;

  FrameTimeoutException(Duration limit, int present) {
    super(
        "a frame, of which " + present + " bytes came, was not complete within " + limit,
        false,
        null);
    this.limit = limit;
  }

  /** How long a frame may take. */
  public Duration limit() {
    return limit;
  }
}
