package dev.pollux.stream;

import static java.util.Objects.requireNonNull;

/**
 * How a stream came to its end: see {@link Observed#whenOver}.
 *
 * @threading immutable
 */
public sealed interface Over {

  /** It ended by itself. */
  record Ended() implements Over {}

  /** It failed with {@code cause}: an {@code Exception} or an {@code Error}. */
  record Failed(Throwable cause) implements Over {

    /** Refuses a null cause. */
    public Failed {
      requireNonNull(cause, "cause");
    }
  }

  /** It was cancelled, polled or not. */
  record Cancelled() implements Over {}
}
