package dev.pollux.samples.model;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.AsyncIterators;
import dev.pollux.core.Unfolded;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/**
 * Where elements come from.
 *
 * @param text for the name of a failing case
 * @param ours makes it, once for each run
 * @param model what it gives
 */
record Source(String text, Function<Run, AsyncIterator<Value>> ours, Model model) {

  private static final String FAILURE = "source";

  /** How much of an endless source is known to the model. */
  private static final int KNOWN = 700;

  static Source draw(Draw draw, int size) {
    return draw.oneIn(6) ? scripted(draw, size, FAILURE) : ending(draw, size);
  }

  static Source ending(Draw draw, int size) {
    List<Integer> numbers = draw.numbers(size);
    Model model = Model.of(numbers, null);
    return switch (draw.below(6)) {
      case 0 -> {
        int from = draw.below(50);
        List<Integer> range = new ArrayList<>();
        for (int i = 0; i < size; i++) {
          range.add(from + i);
        }
        yield new Source(
            "range(" + from + ", " + (from + size) + ")",
            run -> AsyncIterators.range(from, from + size).map(run::value),
            Model.of(range, null));
      }
      case 1 ->
          new Source(
              "iterable(" + Numbers.text(numbers) + ")",
              run -> AsyncIterators.fromIterable(numbers).map(run::value),
              model);
      case 2 ->
          new Source(
              "of(" + Numbers.text(numbers) + ")",
              run -> AsyncIterators.of(numbers.toArray(new Integer[0])).map(run::value),
              model);
      case 3 ->
          new Source(
              "stream(" + Numbers.text(numbers) + ")",
              run -> AsyncIterators.fromStream(numbers.stream()).map(run::value),
              model);
      default -> scripted(draw, size, null);
    };
  }

  /** Pending at times, or slow, and failing if there is a failure. */
  private static Source scripted(Draw draw, int size, @Nullable String failure) {
    List<Integer> numbers = draw.numbers(size);
    long seed = draw.seed();
    boolean slow = draw.oneIn(3);
    String text =
        (slow ? "slow(" : "pending(")
            + Numbers.text(numbers)
            + (failure == null ? ")" : ", fails)");
    return new Source(
        text,
        run -> run.opened(new ScriptedSource(run, numbers, failure, seed, slow)),
        Model.of(numbers, failure));
  }

  /** Never ends, and is always ready. */
  static Source endless(Draw draw) {
    int from = draw.below(50);
    List<Integer> beginning = new ArrayList<>();
    for (int i = 0; i < KNOWN; i++) {
      beginning.add(from + i);
    }
    return new Source(
        "endless(" + from + ")",
        run ->
            AsyncIterators.<Integer, Value>unfold(
                from, n -> Optional.of(new Unfolded<>(run.value(n), n + 1))),
        Model.endless(beginning));
  }

  /** The same elements and the same end, by Reactor. */
  Flux<Value> flux(Run run) {
    if (model.endless()) {
      return Flux.<Value, Integer>generate(
          () -> model.items().get(0),
          (n, sink) -> {
            sink.next(run.value(n));
            return n + 1;
          });
    }
    Flux<Value> items = Flux.fromIterable(model.items()).map(run::value);
    String failure = model.failure();
    return failure == null ? items : items.concatWith(Flux.error(new PlannedFailure(failure)));
  }
}
