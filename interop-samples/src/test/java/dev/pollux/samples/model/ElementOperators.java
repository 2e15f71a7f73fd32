package dev.pollux.samples.model;

import static dev.pollux.samples.model.Operator.Trait.ANY_ORDER;
import static dev.pollux.samples.model.Operator.Trait.CONSERVING;
import static dev.pollux.samples.model.Operator.Trait.STREAMING;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.AsyncIterators;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The operators that look at the elements one at a time. */
final class ElementOperators {

  static final List<Operator> ALL =
      List.of(
          Operator.of(
              "scan",
              draw -> {
                Failing failing = draw.failing();
                return Step.of(
                    "scan(" + failing + ")",
                    (it, run) -> {
                      Function<Value, Value> next = added(failing, run);
                      int[] sum = {5};
                      return it.scan(
                          run.value(5),
                          (before, item) -> {
                            check(before, sum[0]);
                            Value after = next.apply(item);
                            sum[0] = after.number;
                            return after;
                          });
                    },
                    model -> {
                      List<Integer> sums = new ArrayList<>(List.of(5));
                      sums.addAll(
                          model.each(failing, List::of).changed(ElementOperators::sums).items());
                      return model.each(failing, List::of).with(sums);
                    },
                    (flux, run) -> {
                      Function<Value, Value> next = added(failing, run);
                      return flux.scan(run.value(5), (before, item) -> next.apply(item));
                    });
              },
              STREAMING),
          Operator.of(
              "distinct",
              draw ->
                  Step.of(
                      "distinct(100000, n % 40)",
                      (it, run) -> it.distinct(100_000, value -> Math.floorMod(value.number, 40)),
                      model ->
                          model.changed(all -> Numbers.distinct(all, n -> Math.floorMod(n, 40))),
                      (flux, run) -> flux.distinct(value -> Math.floorMod(value.number, 40)))),
          Operator.of(
              "distinctUntilChanged",
              draw ->
                  Step.of(
                      "distinctUntilChanged(n / 3)",
                      (it, run) -> it.distinctUntilChanged(value -> value.number / 3),
                      model -> model.changed(all -> Numbers.changes(all, n -> n / 3)),
                      (flux, run) -> flux.distinctUntilChanged(value -> value.number / 3)),
              STREAMING),
          Operator.of(
              "skipWhile",
              draw -> {
                int bound = draw.below(30);
                return Step.of(
                    "skipWhile(n < " + bound + ")",
                    (it, run) -> it.skipWhile(run.keeping(Failing.NEVER, n -> n >= bound).negate()),
                    model -> model.from(Numbers.indexOf(model.items(), n -> n >= bound)),
                    (flux, run) ->
                        flux.skipWhile(run.keeping(Failing.NEVER, n -> n >= bound).negate()));
              },
              STREAMING,
              CONSERVING),
          Operator.of(
              "takeThrough",
              draw -> {
                int bound = draw.below(60);
                return Step.of(
                    "takeThrough(n >= " + bound + ")",
                    (it, run) -> it.takeThrough(value -> value.number >= bound),
                    model -> model.first(Numbers.indexOf(model.items(), n -> n >= bound) + 1),
                    (flux, run) -> flux.takeUntil(value -> value.number >= bound));
              },
              STREAMING,
              CONSERVING),
          Operator.of(
              "takeLast",
              draw -> {
                int count = draw.count();
                return Step.of(
                    "takeLast(" + count + ")",
                    (it, run) -> it.takeLast(count),
                    model ->
                        model.failure() == null
                            ? model.from(Math.max(0, model.size() - count))
                            : model.with(List.of()),
                    (flux, run) -> flux.takeLast(count));
              }),
          Operator.of(
              "skipLast",
              draw -> {
                int count = draw.count();
                return Step.of(
                    "skipLast(" + count + ")",
                    (it, run) -> it.skipLast(count),
                    model ->
                        model.with(model.items().subList(0, Math.max(0, model.size() - count))),
                    (flux, run) -> flux.skipLast(count));
              },
              STREAMING),
          Operator.of(
              "takeUntil",
              draw ->
                  draw.oneIn(4)
                      ? Step.of(
                          "takeUntil(done)",
                          (it, run) -> it.takeUntil(Futures.done()),
                          model -> Model.of(List.of(), null),
                          (flux, run) -> flux.takeUntilOther(Mono.empty()))
                      : Step.of(
                          "takeUntil(never)",
                          (it, run) -> it.takeUntil(Futures.pending()),
                          model -> model,
                          (flux, run) -> flux.takeUntilOther(Mono.never())),
              STREAMING,
              CONSERVING),
          Operator.of(
              "skipUntil",
              draw ->
                  draw.oneIn(4)
                      ? Step.of(
                          "skipUntil(never).chain(of(1, 2))",
                          (it, run) ->
                              it.skipUntil(Futures.pending())
                                  .chain(AsyncIterators.of(1, 2).map(run::value)),
                          model -> model.with(List.of()).then(Model.of(List.of(1, 2), null)),
                          (flux, run) ->
                              flux.skipUntilOther(Mono.never())
                                  .concatWith(Flux.just(1, 2).map(run::value)))
                      : Step.of(
                          "skipUntil(done)",
                          (it, run) -> it.skipUntil(Futures.done()),
                          model -> model,
                          (flux, run) -> flux.skipUntilOther(Mono.empty()))),
          Operator.of(
              "indexed",
              draw ->
                  Step.of(
                      "indexed",
                      (it, run) ->
                          it.indexed()
                              .map(
                                  indexed ->
                                      run.taking(
                                              Failing.NEVER,
                                              n -> run.value(n + (int) indexed.index()))
                                          .apply(indexed.value())),
                      model -> {
                        List<Integer> sums = new ArrayList<>();
                        for (int i = 0; i < model.size(); i++) {
                          sums.add(model.items().get(i) + i);
                        }
                        return model.with(sums);
                      },
                      (flux, run) ->
                          flux.index((index, value) -> run.value(value.number + index.intValue()))),
              STREAMING,
              CONSERVING),
          Operator.of(
              "ofType",
              draw ->
                  Step.of(
                      "map(odd to text).ofType(Value)",
                      (it, run) -> it.<Object>map(ElementOperators::oddToText).ofType(Value.class),
                      model -> model.each(Failing.NEVER, n -> n % 2 == 0 ? List.of(n) : List.of()),
                      (flux, run) ->
                          flux.<Object>map(ElementOperators::oddToText).ofType(Value.class)),
              STREAMING,
              ANY_ORDER,
              CONSERVING),
          Operator.of(
              "inspect",
              draw -> {
                Failing failing = draw.failing();
                return Step.of(
                    "inspect(" + failing + ")",
                    (it, run) -> it.inspect(looking(failing)),
                    model -> model.each(failing, List::of),
                    (flux, run) -> flux.doOnNext(looking(failing)));
              },
              STREAMING,
              ANY_ORDER),
          Operator.of(
              "mapAsync",
              draw -> {
                Failing failing = draw.failing();
                long delays = draw.seed();
                return Step.of(
                    "mapAsync(" + failing + ")",
                    (it, run) -> {
                      Random random = new Random(delays);
                      return it.mapAsync(
                          run.taking(
                              failing,
                              n -> run.delayed(random, Futures.lazy(() -> run.value(n + 2)))));
                    },
                    model -> model.each(failing, n -> List.of(n + 2)),
                    (flux, run) ->
                        flux.concatMap(run.taking(failing, n -> Mono.just(run.value(n + 2))), 1));
              },
              STREAMING,
              ANY_ORDER,
              CONSERVING),
          Operator.of(
              "filterAsync",
              draw -> {
                Failing failing = draw.failing();
                long delays = draw.seed();
                return Step.of(
                    "filterAsync(" + failing + ")",
                    (it, run) -> {
                      Random random = new Random(delays);
                      Function<Value, Boolean> keep = failing.of(value -> value.number % 4 != 0);
                      return it.filterAsync(
                          value -> {
                            boolean kept = keep.apply(value);
                            return run.delayed(random, Futures.ready(kept));
                          });
                    },
                    model -> model.each(failing, n -> n % 4 != 0 ? List.of(n) : List.of()),
                    // Reactor puts off the failure of this predicate to the end
                    failing.equals(Failing.NEVER)
                        ? (flux, run) ->
                            flux.filterWhen(value -> Mono.just(value.number % 4 != 0), 1)
                        : (flux, run) -> {
                          Function<Value, Boolean> keep =
                              failing.of(value -> value.number % 4 != 0);
                          return flux.filter(keep::apply);
                        });
              },
              STREAMING,
              ANY_ORDER),
          Operator.of(
              "flatMapIterable",
              draw -> {
                Failing failing = draw.failing();
                return Step.of(
                    "flatMapIterable(" + failing + ")",
                    (it, run) ->
                        it.flatMapIterable(run.taking(failing, ElementOperators::several))
                            .map(run::value),
                    model -> model.each(failing, ElementOperators::several),
                    (flux, run) ->
                        flux.concatMapIterable(run.taking(failing, ElementOperators::several))
                            .map(run::value));
              },
              STREAMING,
              ANY_ORDER,
              CONSERVING),
          Operator.of(
              "switchMap",
              draw -> {
                Source inner = draw.smallSource();
                return Step.of(
                    "takeLast(1).switchMap(" + inner.text() + ")",
                    (it, run) ->
                        it.takeLast(1)
                            .switchMap(run.taking(Failing.NEVER, n -> inner.ours().apply(run))),
                    model ->
                        model.failure() != null || model.size() == 0
                            ? model.with(List.of())
                            : inner.model(),
                    (flux, run) ->
                        flux.takeLast(1)
                            .switchMap(run.taking(Failing.NEVER, n -> inner.flux(run))));
              }),
          Operator.of(
              "peekable",
              draw -> Step.of("peekable", (it, run) -> it.peekable(), model -> model),
              STREAMING,
              ANY_ORDER,
              CONSERVING),
          Operator.of(
              "defaultIfEmpty",
              draw ->
                  Step.of(
                      "defaultIfEmpty(77)",
                      (it, run) -> it.defaultIfEmpty(Value.constant(77)),
                      model ->
                          model.size() == 0 && model.failure() == null
                              ? model.with(List.of(77))
                              : model,
                      (flux, run) -> flux.defaultIfEmpty(Value.constant(77))),
              CONSERVING,
              ANY_ORDER),
          Operator.of(
              "switchIfEmpty",
              draw -> {
                Source other = draw.smallSource();
                return Step.of(
                    "switchIfEmpty(" + other.text() + ")",
                    (it, run) -> it.switchIfEmpty(() -> other.ours().apply(run)),
                    model -> model.size() == 0 ? model.then(other.model()) : model,
                    (flux, run) -> flux.switchIfEmpty(Flux.defer(() -> other.flux(run))));
              },
              CONSERVING),
          Operator.of(
              "intersperse",
              draw ->
                  Step.of(
                      "intersperse(88)",
                      (it, run) -> it.intersperse(Value.constant(88)),
                      model -> {
                        List<Integer> made = new ArrayList<>();
                        for (int item : model.items()) {
                          if (!made.isEmpty()) {
                            made.add(88);
                          }
                          made.add(item);
                        }
                        return model.with(made);
                      }),
              STREAMING,
              CONSERVING),
          Operator.of(
              "toList",
              draw ->
                  Step.of(
                      "toList",
                      (it, run) -> AsyncIterators.fromFuture(it.toList()).map(run::folded),
                      model -> model.answer(Numbers.folded(model.items())),
                      (flux, run) -> flux.collectList().map(run::folded).flux())),
          Operator.of(
              "reduce",
              draw ->
                  Step.of(
                      "reduce",
                      (it, run) ->
                          AsyncIterators.fromFuture(it.reduce((a, b) -> run.folded(List.of(a, b))))
                              .flatMapIterable(ElementOperators::listOf),
                      model ->
                          model.size() == 0
                              ? model
                              : model.answer(
                                  model.items().stream()
                                      .reduce((a, b) -> Numbers.folded(List.of(a, b)))
                                      .orElseThrow()),
                      (flux, run) -> flux.reduce((a, b) -> run.folded(List.of(a, b))).flux())),
          Operator.of(
              "last",
              draw ->
                  Step.of(
                      "last",
                      (it, run) ->
                          AsyncIterators.fromFuture(it.last())
                              .flatMapIterable(ElementOperators::listOf),
                      model ->
                          model.size() == 0
                              ? model
                              : model.answer(model.items().get(model.size() - 1)),
                      (flux, run) -> flux.takeLast(1))),
          Operator.of(
              "find",
              draw -> {
                int bound = draw.below(60);
                return Step.of(
                    "find(n >= " + bound + ")",
                    (it, run) ->
                        AsyncIterators.fromFuture(
                                it.find(run.keeping(Failing.NEVER, n -> n >= bound)))
                            .flatMapIterable(ElementOperators::listOf),
                    model ->
                        model
                            .with(model.items().stream().filter(n -> n >= bound).toList())
                            .first(1),
                    (flux, run) ->
                        flux.filter(run.keeping(Failing.NEVER, n -> n >= bound)).take(1));
              }),
          Operator.of(
              "anyMatch",
              draw -> {
                int bound = draw.below(60);
                return Step.of(
                    "anyMatch(n >= " + bound + ")",
                    (it, run) -> answer(it.anyMatch(value -> value.number >= bound), run),
                    model ->
                        model.items().stream().anyMatch(n -> n >= bound)
                            ? Model.of(List.of(1), null)
                            : model.answer(0),
                    (flux, run) -> answer(flux.any(value -> value.number >= bound), run));
              }),
          Operator.of(
              "allMatch",
              draw -> {
                int bound = draw.below(60);
                return Step.of(
                    "allMatch(n < " + bound + ")",
                    (it, run) -> answer(it.allMatch(value -> value.number < bound), run),
                    model ->
                        model.items().stream().anyMatch(n -> n >= bound)
                            ? Model.of(List.of(0), null)
                            : model.answer(1),
                    (flux, run) -> answer(flux.all(value -> value.number < bound), run));
              }),
          Operator.of(
              "noneMatch",
              draw -> {
                int bound = draw.below(60);
                return Step.of(
                    "noneMatch(n >= " + bound + ")",
                    (it, run) -> answer(it.noneMatch(value -> value.number >= bound), run),
                    model ->
                        model.items().stream().anyMatch(n -> n >= bound)
                            ? Model.of(List.of(0), null)
                            : model.answer(1));
              }),
          Operator.of(
              "foldAsync",
              draw -> {
                Failing failing = draw.failing();
                long delays = draw.seed();
                return Step.of(
                    "foldAsync(" + failing + ")",
                    (it, run) -> {
                      Random random = new Random(delays);
                      Function<Value, Integer> number = run.taking(failing, n -> n);
                      return AsyncIterators.fromFuture(
                              it.foldAsync(
                                  3,
                                  (sum, value) -> {
                                    int next = Numbers.folded(List.of(sum, number.apply(value)));
                                    return run.delayed(random, Futures.ready(next));
                                  }))
                          .map(run::value);
                    },
                    model ->
                        model
                            .each(failing, List::of)
                            .answer(
                                model.items().stream()
                                    .reduce(3, (a, b) -> Numbers.folded(List.of(a, b)))));
              },
              CONSERVING),
          Operator.of(
              "forEachAsync",
              draw -> {
                Failing failing = draw.failing();
                long delays = draw.seed();
                return Step.of(
                    "forEachAsync(" + failing + ")",
                    (it, run) -> {
                      Random random = new Random(delays);
                      int[] count = {0};
                      Future<Void> all =
                          it.forEachAsync(
                              run.taking(
                                  failing,
                                  n -> {
                                    count[0]++;
                                    return run.delayed(random, Futures.done());
                                  }));
                      return AsyncIterators.fromFuture(all.map(done -> count[0])).map(run::value);
                    },
                    model -> model.each(failing, List::of).answer(model.size()));
              },
              CONSERVING),
          Operator.of(
              "drain",
              draw ->
                  Step.of(
                      "drain",
                      (it, run) ->
                          AsyncIterators.fromFuture(it.drain().map(done -> 9)).map(run::value),
                      model -> model.answer(9),
                      (flux, run) -> flux.then(Mono.fromCallable(() -> run.value(9))).flux())));

  private ElementOperators() {}

  private static Function<Value, Value> added(Failing failing, Run run) {
    int[] sum = {5};
    return run.taking(
        failing,
        n -> {
          sum[0] = (sum[0] + n) % 1_009;
          return run.value(sum[0]);
        });
  }

  private static List<Integer> sums(List<Integer> numbers) {
    List<Integer> made = new ArrayList<>();
    int sum = 5;
    for (int number : numbers) {
      sum = (sum + number) % 1_009;
      made.add(sum);
    }
    return made;
  }

  private static void check(Value before, int sum) {
    if (before.number != sum) {
      throw new AssertionError(before + " instead of " + sum);
    }
  }

  private static Object oddToText(Value value) {
    if (value.number % 2 == 0) {
      return value;
    }
    value.meets(Value.Fate.TAKEN);
    return "odd";
  }

  private static Consumer<Value> looking(Failing failing) {
    Function<Value, Value> look = failing.of(value -> value);
    return value -> {
      Value unused = look.apply(value);
    };
  }

  private static List<Integer> several(int n) {
    return Collections.nCopies(Math.floorMod(n, 4), n);
  }

  private static List<Value> listOf(Optional<Value> value) {
    return value.stream().toList();
  }

  private static AsyncIterator<Value> answer(Future<Boolean> answer, Run run) {
    return AsyncIterators.fromFuture(answer.map(yes -> yes ? 1 : 0)).map(run::value);
  }

  private static Flux<Value> answer(Mono<Boolean> answer, Run run) {
    return answer.map(yes -> run.value(yes ? 1 : 0)).flux();
  }
}
