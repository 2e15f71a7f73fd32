package dev.pollux.io.limit;

import java.io.IOException;
import java.io.Serial;
import java.time.Duration;

/** A peer took more time than it was given. The connection is not closed by that. */
public final class TimeLimitException extends IOException {

  @Serial private static final long serialVersionUID = 1L;

  private final Refusal refusal;
  private final Duration limit;

  TimeLimitException(Refusal refusal, Duration limit, String message) {
    super(message);
    this.refusal = refusal;
    this.limit = limit;
  }

  /** What was not put up with. */
  public Refusal refusal() {
    return refusal;
  }

  /** The time that was given. */
  public Duration limit() {
    return limit;
  }
}
