package dev.pollux.testing;

import java.util.List;
import java.util.concurrent.Callable;

/** Looks whether a poll is refused. */
final class Refusal {

  private Refusal() {}

  /**
   * Runs {@code poll}, twice; returns what it did instead of throwing an {@code
   * IllegalStateException}.
   */
  static List<String> of(String what, Callable<?> poll) {
    for (int i = 0; i < 2; i++) {
      try {
        return List.of(what + " answered " + poll.call());
      } catch (IllegalStateException refused) {
        // as it should be
      } catch (Throwable other) {
        return List.of(what + " threw " + other);
      }
    }
    return List.of();
  }
}
