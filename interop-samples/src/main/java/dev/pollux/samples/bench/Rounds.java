package dev.pollux.samples.bench;

import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import java.util.Optional;
import java.util.function.Supplier;

/** A loop by combinators. */
final class Rounds {

  private int done;

  private Rounds() {}

  /** Runs what {@code body} makes {@code count} times, and outputs that number. */
  static Future<Long> of(int count, Supplier<? extends Future<?>> body) {
    Rounds rounds = new Rounds();
    return Futures.repeatUntil(
        () ->
            body.get()
                .map(
                    output ->
                        ++rounds.done == count ? Optional.of((long) count) : Optional.empty()));
  }
}
