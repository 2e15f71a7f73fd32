package dev.pollux.samples.model;

import static dev.pollux.samples.model.Operator.Trait.ANY_ORDER;
import static dev.pollux.samples.model.Operator.Trait.CONSERVING;
import static dev.pollux.samples.model.Operator.Trait.STREAMING;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.AsyncIterators;
import dev.pollux.core.Futures;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Stream;
import reactor.core.publisher.Flux;

/** The operators that pipelines are built of: how each is built, and what it does to a list. */
final class Operators {

  static final Operator TAKE =
      Operator.of("take", draw -> take(draw.count()), STREAMING, CONSERVING);

  private static final List<Operator> OWN =
      List.of(
          TAKE,
          Operator.of(
              "map",
              draw -> {
                Failing failing = draw.failing();
                return Step.of(
                    "map(" + failing + ")",
                    (it, run) -> it.map(run.mapping(failing, n -> 3 * n + 1)),
                    model -> model.each(failing, n -> List.of(3 * n + 1)),
                    (flux, run) -> flux.map(run.mapping(failing, n -> 3 * n + 1)));
              },
              STREAMING,
              ANY_ORDER,
              CONSERVING),
          Operator.of(
              "filter",
              draw -> {
                Failing failing = draw.failing();
                return Step.of(
                    "filter(" + failing + ")",
                    (it, run) -> it.filter(run.keeping(failing, n -> n % 3 != 0)),
                    model -> model.each(failing, n -> n % 3 != 0 ? List.of(n) : List.of()),
                    (flux, run) -> flux.filter(run.keeping(failing, n -> n % 3 != 0)));
              },
              STREAMING,
              ANY_ORDER,
              CONSERVING),
          Operator.of(
              "skip",
              draw -> {
                int count = draw.count();
                return Step.of(
                    "skip(" + count + ")",
                    (it, run) -> it.skip(count),
                    model -> model.from(count),
                    (flux, run) -> flux.skip(count));
              },
              STREAMING),
          Operator.of(
              "takeWhile",
              draw -> {
                Failing failing = draw.failing();
                return Step.of(
                    "takeWhile(" + failing + ")",
                    (it, run) -> it.takeWhile(run.keeping(failing, n -> n % 50 != 49)),
                    model -> {
                      int end = Numbers.indexOf(model.items(), n -> n % 50 == 49);
                      return failing.at() <= end && failing.at() < model.size()
                          ? model.first(failing.at()).failingWith(Failing.MESSAGE)
                          : end < model.size() ? model.first(end) : model;
                    },
                    (flux, run) -> flux.takeWhile(run.keeping(failing, n -> n % 50 != 49)));
              },
              STREAMING,
              CONSERVING),
          Operator.of(
              "flatMap",
              draw -> {
                Failing failing = draw.failing();
                List<Source> sources = List.of(draw.endingSource(), draw.endingSource());
                return Step.of(
                    "flatMap("
                        + failing
                        + ", "
                        + sources.get(0).text()
                        + ", "
                        + sources.get(1).text()
                        + ")",
                    (it, run) -> it.flatMap(run.taking(failing, n -> inner(sources, n, run))),
                    model -> model.each(failing, n -> inner(sources, n)),
                    (flux, run) ->
                        flux.concatMap(run.taking(failing, n -> innerFlux(sources, n, run)), 1));
              },
              STREAMING,
              ANY_ORDER,
              CONSERVING),
          Operator.of(
              "chain",
              draw -> {
                Source next = draw.smallSource();
                return Step.of(
                    "chain(" + next.text() + ")",
                    (it, run) -> it.chain(next.ours().apply(run)),
                    model -> model.then(next.model()),
                    (flux, run) -> flux.concatWith(next.flux(run)));
              },
              STREAMING,
              CONSERVING),
          Operator.of(
              "buffered",
              draw -> {
                int limit = draw.between(1, 5);
                Failing failing = draw.failing();
                Failing output = draw.failing();
                long delays = draw.seed();
                return Step.of(
                    "buffered(" + limit + ", " + failing + ", output " + output + ")",
                    (it, run) -> {
                      Random random = new Random(delays);
                      Function<Value, Value> outputs = output.of(value -> value);
                      return it.buffered(
                          limit,
                          run.taking(
                              failing,
                              n -> {
                                // Called in the order of the elements, though run in another.
                                try {
                                  Value value = outputs.apply(new Value(n + 7));
                                  return run.delayed(
                                      random, Futures.lazy(() -> run.value(value.number)));
                                } catch (PlannedFailure failure) {
                                  return run.delayed(random, Futures.failed(failure));
                                }
                              }));
                    },
                    model ->
                        model.each(
                            new Failing(Math.min(failing.at(), output.at())), n -> List.of(n + 7)));
              },
              STREAMING,
              CONSERVING));

  static final List<Operator> ALL =
      Stream.of(
              OWN,
              ElementOperators.ALL,
              CombineOperators.ALL,
              ViewOperators.ALL,
              SharedOperators.ALL)
          .flatMap(List::stream)
          .toList();

  private Operators() {}

  static Step take(int count) {
    return Step.of(
        "take(" + count + ")",
        (it, run) -> it.take(count),
        model -> model.first(count),
        (flux, run) -> flux.take(count));
  }

  /** An inner stream of at most a few elements, a different one for different elements. */
  private static AsyncIterator<Value> inner(List<Source> sources, int n, Run run) {
    return switch (Math.floorMod(n, 4)) {
      case 0 -> AsyncIterators.empty();
      case 1 -> AsyncIterators.of(n).chain(AsyncIterators.of(-n)).map(run::value);
      case 2 -> sources.get(0).ours().apply(run).take(2);
      default -> sources.get(1).ours().apply(run).take(3);
    };
  }

  private static List<Integer> inner(List<Source> sources, int n) {
    return switch (Math.floorMod(n, 4)) {
      case 0 -> List.of();
      case 1 -> List.of(n, -n);
      case 2 -> sources.get(0).model().first(2).items();
      default -> sources.get(1).model().first(3).items();
    };
  }

  private static Flux<Value> innerFlux(List<Source> sources, int n, Run run) {
    return Flux.fromIterable(inner(sources, n)).map(run::value);
  }
}
