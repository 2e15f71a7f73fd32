package dev.pollux.samples.model;

import static dev.pollux.samples.model.Operator.Trait.ANY_ORDER;
import static dev.pollux.samples.model.Operator.Trait.CONSERVING;
import static dev.pollux.samples.model.Operator.Trait.ONLY_ENDING;
import static dev.pollux.samples.model.Operator.Trait.STREAMING;

import dev.pollux.core.AsyncIterators;
import dev.pollux.core.FutureQueue;
import dev.pollux.core.Futures;
import dev.pollux.stream.Combine;
import dev.pollux.stream.StreamMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import reactor.core.publisher.Flux;

/** The operators that make one stream of several: here of the pipeline and another source. */
final class CombineOperators {

  static final List<Operator> ALL =
      List.of(
          Operator.of(
              "merge",
              draw -> {
                Source other = draw.endingSource();
                return Step.of(
                    "merge(" + other.text() + ")",
                    (it, run) -> Combine.merge(it, other.ours().apply(run)),
                    model -> model.then(other.model()).unordered(),
                    (flux, run) -> flux.mergeWith(other.flux(run)));
              },
              ANY_ORDER,
              CONSERVING,
              ONLY_ENDING),
          Operator.of(
              "mergeDelayingFailures",
              draw -> {
                Source other = draw.endingSource();
                return Step.of(
                    "mergeDelayingFailures(" + other.text() + ")",
                    (it, run) ->
                        Combine.mergeDelayingFailures(List.of(it, other.ours().apply(run))),
                    model -> both(model, other.model()).unordered(),
                    (flux, run) -> Flux.mergeDelayError(1, flux, other.flux(run)));
              },
              ANY_ORDER,
              CONSERVING),
          Operator.of(
              "StreamMap",
              draw -> {
                Source other = draw.endingSource();
                return Step.of(
                    "StreamMap(" + other.text() + ")",
                    (it, run) -> {
                      StreamMap<String, Value> streams = new StreamMap<>();
                      streams.add("this", it);
                      streams.add("other", other.ours().apply(run));
                      return streams.map(Map.Entry::getValue);
                    },
                    model -> model.then(other.model()).unordered());
              },
              ANY_ORDER,
              CONSERVING,
              ONLY_ENDING),
          Operator.of(
              "mergeOrdered",
              draw -> {
                Source other = draw.endingSource();
                return Step.of(
                    "mergeOrdered(" + other.text() + ")",
                    (it, run) ->
                        Combine.mergeOrdered(Value::compareTo, it, other.ours().apply(run)),
                    model -> model.with(leastFirst(model.items(), other.model().items())),
                    (flux, run) -> Flux.mergeComparing(Value::compareTo, flux, other.flux(run)));
              },
              CONSERVING,
              ONLY_ENDING),
          Operator.of(
              "interleave",
              draw -> {
                Source other = draw.endingSource();
                return Step.of(
                    "interleave(" + other.text() + ")",
                    (it, run) -> Combine.interleave(it, other.ours().apply(run)),
                    model -> {
                      List<Integer> turns = turns(model.items(), other.model().items());
                      return model.failure() == null
                          ? model.with(turns)
                          : model.with(
                              turns.subList(
                                  0, model.size() + Math.min(model.size(), other.model().size())));
                    });
              },
              CONSERVING),
          Operator.of(
              "concatEager",
              draw -> {
                int held = draw.between(1, 5);
                Source other = draw.smallSource();
                return Step.of(
                    "concatEager(" + held + ", " + other.text() + ")",
                    (it, run) -> Combine.concatEager(held, List.of(it, other.ours().apply(run))),
                    model -> model.then(other.model()),
                    (flux, run) -> flux.concatWith(other.flux(run)));
              },
              CONSERVING),
          Operator.of(
              "zip",
              draw -> {
                Source other = draw.endingSource();
                return Step.of(
                    "zip(" + other.text() + ")",
                    (it, run) ->
                        Combine.zip(
                            it, other.ours().apply(run), (a, b) -> run.folded(List.of(a, b))),
                    model -> zipped(model, other.model()),
                    (flux, run) ->
                        Flux.zip(flux, other.flux(run), (a, b) -> run.folded(List.of(a, b))));
              },
              STREAMING,
              CONSERVING,
              ONLY_ENDING),
          Operator.of(
              "combineLatest",
              draw ->
                  Step.of(
                      "combineLatest(66)",
                      (it, run) ->
                          Combine.combineLatest(
                              AsyncIterators.of(Value.constant(66)),
                              it,
                              (a, b) -> run.folded(List.of(a, b))),
                      CombineOperators::with66,
                      (flux, run) ->
                          Flux.combineLatest(
                              Flux.just(Value.constant(66)),
                              flux,
                              (a, b) -> run.folded(List.of(a, b)))),
              STREAMING,
              ANY_ORDER,
              CONSERVING),
          Operator.of(
              "withLatestFrom",
              draw ->
                  Step.of(
                      "withLatestFrom(66)",
                      (it, run) ->
                          Combine.withLatestFrom(
                              it,
                              AsyncIterators.of(Value.constant(66)),
                              (a, b) -> run.folded(List.of(b, a))),
                      CombineOperators::with66,
                      (flux, run) ->
                          flux.withLatestFrom(
                              Flux.just(Value.constant(66)), (a, b) -> run.folded(List.of(b, a)))),
              STREAMING,
              ANY_ORDER,
              CONSERVING),
          Operator.of(
              "race",
              draw ->
                  Step.of(
                      "race(never)",
                      (it, run) ->
                          Combine.race(it, AsyncIterators.fromFuture(Futures.<Value>pending())),
                      model -> model,
                      (flux, run) -> flux.or(Flux.never())),
              STREAMING,
              ANY_ORDER,
              CONSERVING),
          Operator.of(
              "FutureQueue",
              draw -> {
                long delays = draw.seed();
                return Step.of(
                    "flatMap(FutureQueue)",
                    (it, run) -> {
                      Random random = new Random(delays);
                      return it.flatMap(
                          run.taking(
                              Failing.NEVER,
                              n -> {
                                FutureQueue<Value> queue = new FutureQueue<>();
                                queue.pushBack(
                                    run.delayed(random, Futures.lazy(() -> run.value(n))));
                                queue.pushBack(
                                    run.delayed(random, Futures.lazy(() -> run.value(n + 1))));
                                return queue;
                              }));
                    },
                    model -> model.each(Failing.NEVER, n -> List.of(n, n + 1)));
              },
              STREAMING,
              ANY_ORDER,
              CONSERVING));

  private CombineOperators() {}

  private static Model both(Model one, Model other) {
    List<Integer> all = Stream.of(one.items(), other.items()).flatMap(List::stream).toList();
    return one.with(all);
  }

  private static List<Integer> leastFirst(List<Integer> a, List<Integer> b) {
    List<Integer> made = new ArrayList<>();
    int i = 0;
    int j = 0;
    while (i < a.size() || j < b.size()) {
      boolean first = j == b.size() || (i < a.size() && a.get(i) <= b.get(j));
      made.add(first ? a.get(i++) : b.get(j++));
    }
    return made;
  }

  private static List<Integer> turns(List<Integer> a, List<Integer> b) {
    List<Integer> made = new ArrayList<>();
    for (int i = 0; i < Math.max(a.size(), b.size()); i++) {
      if (i < a.size()) {
        made.add(a.get(i));
      }
      if (i < b.size()) {
        made.add(b.get(i));
      }
    }
    return made;
  }

  private static Model zipped(Model a, Model b) {
    List<Integer> made = new ArrayList<>();
    for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
      made.add(Numbers.folded(List.of(a.items().get(i), b.items().get(i))));
    }
    return Model.of(made, null);
  }

  private static Model with66(Model model) {
    return model.each(Failing.NEVER, n -> List.of(Numbers.folded(List.of(66, n))));
  }
}
