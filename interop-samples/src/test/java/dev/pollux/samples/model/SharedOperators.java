package dev.pollux.samples.model;

import static dev.pollux.samples.model.Operator.Trait.ANY_ORDER;
import static dev.pollux.samples.model.Operator.Trait.CONSERVING;
import static dev.pollux.samples.model.Operator.Trait.ONLY_ENDING;
import static dev.pollux.samples.model.Operator.Trait.STREAMING;

import dev.pollux.core.AsyncIterator;
import dev.pollux.stream.Grouping;
import dev.pollux.stream.Partition;
import dev.pollux.stream.Shared;
import dev.pollux.stream.Sharing;
import java.util.List;
import java.util.function.BiFunction;
import reactor.core.publisher.Flux;

/** The operators of one upstream and several readers, put together again behind them. */
final class SharedOperators {

  static final List<Operator> ALL =
      List.of(
          shared("slowest", Sharing::slowest),
          shared("lagging", Sharing::lagging),
          shared("replaying", Sharing::replaying),
          Operator.of(
              "partition.matching",
              draw -> {
                int capacity = draw.between(1, 5);
                return Step.of(
                    "partition(n % 3 != 0, " + capacity + ").matching",
                    (it, run) -> {
                      Partition<Value> parts = it.partition(v -> v.number % 3 != 0, capacity);
                      parts.rest().cancel(); // and what is for it is discarded
                      return parts.matching();
                    },
                    model -> model.each(Failing.NEVER, n -> n % 3 != 0 ? List.of(n) : List.of()),
                    (flux, run) -> flux.filter(v -> v.number % 3 != 0));
              },
              STREAMING,
              ANY_ORDER,
              CONSERVING),
          Operator.of(
              "windowed.ofSize",
              draw -> {
                int size = draw.between(1, 7);
                return Step.of(
                    "windowed.ofSize(" + size + ").flatMap",
                    (it, run) -> it.windowed().ofSize(size).flatMap(window -> window),
                    model -> model); // a failure overtakes the elements in Reactor's windows
              },
              STREAMING,
              ANY_ORDER,
              CONSERVING),
          Operator.of(
              "windowed.until",
              draw ->
                  Step.of(
                      "windowed.until(n % 5 == 0).flatMap",
                      (it, run) ->
                          it.windowed()
                              .until(value -> value.number % 5 == 0)
                              .flatMap(window -> window),
                      model -> model),
              STREAMING,
              ANY_ORDER,
              CONSERVING),
          Operator.of(
              "groupBy",
              draw -> {
                int perGroup = draw.between(1, 5);
                return Step.of(
                    "groupBy(n mod 3, holding " + perGroup + ").flatMap",
                    (it, run) ->
                        it.groupBy(
                                value -> Math.floorMod(value.number, 3),
                                Grouping.groups(3).holding(perGroup))
                            .concurrent(3)
                            .flatMap(group -> group),
                    Model::unordered,
                    (flux, run) ->
                        flux.groupBy(value -> Math.floorMod(value.number, 3))
                            .flatMap(group -> group, 3));
              },
              ANY_ORDER,
              CONSERVING,
              ONLY_ENDING));

  private SharedOperators() {}

  private static Operator shared(
      String name, BiFunction<Sharing<Value>, Integer, Shared<Value>> sharing) {
    return Operator.of(
        "shared." + name,
        draw -> {
          int capacity = draw.between(1, 5);
          return Step.of(
              "shared." + name + "(" + capacity + ")",
              (it, run) -> {
                try (Shared<Value> shared = sharing.apply(it.shared(), capacity)) {
                  AsyncIterator<Value> reader = shared.subscribe();
                  return reader;
                }
              },
              model -> model,
              (flux, run) -> flux.publish((Flux<Value> one) -> one));
        },
        STREAMING,
        ANY_ORDER,
        CONSERVING);
  }
}
