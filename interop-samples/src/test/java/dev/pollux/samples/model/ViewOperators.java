package dev.pollux.samples.model;

import static dev.pollux.samples.model.Operator.Trait.ANY_ORDER;
import static dev.pollux.samples.model.Operator.Trait.CONSERVING;
import static dev.pollux.samples.model.Operator.Trait.ONLY_ENDING;
import static dev.pollux.samples.model.Operator.Trait.STREAMING;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.AsyncIterators;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.stream.Backoff;
import dev.pollux.stream.Failures;
import dev.pollux.stream.Gap;
import dev.pollux.stream.Stamped;
import dev.pollux.stream.StreamMetrics;
import dev.pollux.stream.Tap;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import reactor.core.publisher.Flux;

/** The operators of the views: several at a time, elements together, time, failures, a look. */
final class ViewOperators {

  private static final Duration LONG = Duration.ofDays(1);

  static final List<Operator> ALL =
      List.of(
          Operator.of(
              "concurrent.skippingFailures",
              draw -> {
                int limit = draw.between(1, 5);
                Failing output = draw.failing();
                long delays = draw.seed();
                return Step.of(
                    "concurrent(" + limit + ").skippingFailures.map(" + output + ")",
                    (it, run) ->
                        it.concurrent(limit)
                            .skippingFailures(failure -> {})
                            .map(outputs(output, delays, run)),
                    model -> {
                      List<Integer> made = new ArrayList<>(model.items());
                      if (output.at() < made.size()) {
                        made.remove(output.at());
                      }
                      return model.with(made);
                    });
              },
              STREAMING,
              CONSERVING),
          Operator.of(
              "concurrent.delayingFailures",
              draw -> {
                int limit = draw.between(1, 5);
                Failing output = draw.failing();
                long delays = draw.seed();
                return Step.of(
                    "concurrent(" + limit + ").delayingFailures.map(" + output + ")",
                    (it, run) ->
                        it.concurrent(limit).delayingFailures().map(outputs(output, delays, run)),
                    model -> {
                      List<Integer> made = new ArrayList<>(model.items());
                      if (output.at() >= made.size()) {
                        return model;
                      }
                      made.remove(output.at());
                      return model.with(made).failingWith(Failing.MESSAGE);
                    });
              },
              CONSERVING,
              ONLY_ENDING),
          Operator.of(
              "concurrent.mapUnordered",
              draw -> {
                int limit = draw.between(1, 5);
                long delays = draw.seed();
                return Step.of(
                    "concurrent(" + limit + ").mapUnordered",
                    (it, run) ->
                        it.concurrent(limit).mapUnordered(outputs(Failing.NEVER, delays, run)),
                    Model::unordered,
                    (flux, run) -> flux.flatMap(Flux::just));
              },
              ANY_ORDER,
              CONSERVING,
              ONLY_ENDING),
          Operator.of(
              "concurrent.filter",
              draw -> {
                int limit = draw.between(1, 5);
                Failing failing = draw.failing();
                long delays = draw.seed();
                return Step.of(
                    "concurrent(" + limit + ").filter(" + failing + ")",
                    (it, run) -> {
                      Random random = new Random(delays);
                      Function<Value, Boolean> keep = failing.of(value -> value.number % 3 != 1);
                      return it.concurrent(limit)
                          .filter(
                              value -> {
                                boolean kept = keep.apply(value);
                                return run.delayed(random, Futures.ready(kept));
                              });
                    },
                    model -> model.each(failing, n -> n % 3 != 1 ? List.of(n) : List.of()));
              },
              STREAMING),
          Operator.of(
              "concurrent.flatMap",
              draw -> {
                int limit = draw.between(1, 5);
                Source inner = draw.endingSource();
                return Step.of(
                    "concurrent(" + limit + ").flatMap(" + inner.text() + ")",
                    (it, run) ->
                        it.concurrent(limit)
                            .flatMap(
                                run.taking(
                                    Failing.NEVER,
                                    n -> inner.ours().apply(run).take(Math.floorMod(n, 4)))),
                    model -> inner(model, inner).unordered(),
                    (flux, run) ->
                        flux.flatMap(
                            run.taking(
                                Failing.NEVER, n -> inner.flux(run).take(Math.floorMod(n, 4))),
                            limit));
              },
              ANY_ORDER,
              CONSERVING,
              ONLY_ENDING),
          Operator.of(
              "concurrent.flatMapOrdered",
              draw -> {
                int limit = draw.between(1, 5);
                int held = draw.between(1, 5);
                Source inner = draw.endingSource();
                return Step.of(
                    "concurrent(" + limit + ").flatMapOrdered(" + held + ", " + inner.text() + ")",
                    (it, run) ->
                        it.concurrent(limit)
                            .flatMapOrdered(
                                held,
                                run.taking(
                                    Failing.NEVER,
                                    n -> inner.ours().apply(run).take(Math.floorMod(n, 4)))),
                    model -> inner(model, inner),
                    (flux, run) ->
                        flux.flatMapSequential(
                            run.taking(
                                Failing.NEVER, n -> inner.flux(run).take(Math.floorMod(n, 4))),
                            limit));
              },
              STREAMING,
              CONSERVING,
              ONLY_ENDING),
          Operator.of(
              "concurrent.forEach",
              draw -> {
                int limit = draw.between(1, 5);
                long delays = draw.seed();
                return Step.of(
                    "concurrent(" + limit + ").forEach",
                    (it, run) -> {
                      Random random = new Random(delays);
                      int[] count = {0};
                      Function<Value, Future<Void>> action =
                          run.taking(
                              Failing.NEVER,
                              n -> {
                                count[0]++;
                                return run.delayed(random, Futures.done());
                              });
                      return AsyncIterators.fromFuture(
                              it.concurrent(limit).forEach(action).map(done -> count[0]))
                          .map(run::value);
                    },
                    model -> model.answer(model.size()));
              },
              CONSERVING),
          Operator.of(
              "parallel",
              draw -> {
                int limit = draw.between(1, 4);
                Failing failing = draw.failing();
                return Step.of(
                    "parallel(" + limit + ").map(" + failing + ")",
                    (it, run) -> it.parallel(limit).map(run.mapping(failing, n -> n + 4)),
                    model -> model.each(failing, n -> List.of(n + 4)));
              },
              STREAMING,
              CONSERVING),
          Operator.of(
              "parallel.mapAsyncUnordered",
              draw -> {
                int limit = draw.between(1, 4);
                long delays = draw.seed();
                return Step.of(
                    "parallel(" + limit + ").mapAsyncUnordered",
                    (it, run) ->
                        it.parallel(limit).mapAsyncUnordered(outputs(Failing.NEVER, delays, run)),
                    Model::unordered);
              },
              ANY_ORDER,
              CONSERVING,
              ONLY_ENDING),
          chunks(
              "ofSize",
              draw -> {
                int size = draw.between(1, 9);
                return Step.of(
                    "chunked.ofSize(" + size + ")",
                    (it, run) -> it.chunked().ofSize(size).map(run::folded),
                    model -> {
                      int whole = model.size() - model.size() % size;
                      return model.failure() == null
                          ? model.changed(all -> Numbers.chunks(all, size))
                          : model.with(Numbers.chunks(model.items().subList(0, whole), size));
                    },
                    (flux, run) -> flux.buffer(size).map(run::folded));
              }),
          chunks(
              "whileSame",
              draw ->
                  Step.of(
                      "chunked.whileSame(n / 4)",
                      (it, run) ->
                          it.chunked()
                              .whileSame(value -> value.number / 4, 100_000)
                              .map(run::folded),
                      model -> ended(model, Numbers.runs(model.items(), n -> n / 4), true),
                      (flux, run) ->
                          flux.bufferUntilChanged(value -> value.number / 4).map(run::folded))),
          chunks(
              "until",
              draw ->
                  Step.of(
                      "chunked.until(n % 5 == 0)",
                      (it, run) ->
                          it.chunked()
                              .until(value -> value.number % 5 == 0, 100_000)
                              .map(run::folded),
                      model -> {
                        int[] part = {0};
                        List<List<Integer>> parts =
                            Numbers.runs(
                                model.items(),
                                n -> {
                                  int now = part[0];
                                  part[0] += n % 5 == 0 ? 1 : 0;
                                  return now;
                                });
                        boolean open =
                            model.size() > 0 && model.items().get(model.size() - 1) % 5 != 0;
                        return ended(model, parts, open);
                      },
                      (flux, run) ->
                          flux.bufferUntil(value -> value.number % 5 == 0).map(run::folded))),
          identity(
              "chunked.ready",
              it -> it.chunked().ready(5).flatMapIterable(list -> list),
              ONLY_ENDING),
          identity("observed.tap", it -> it.observed().tap(new Tap<Value>() {}), CONSERVING),
          identity("observed.whenOver", it -> it.observed().whenOver(over -> {}), CONSERVING),
          identity(
              "observed.metrics", it -> it.observed().metrics(new StreamMetrics()), CONSERVING),
          identity("timed.timeoutEach", it -> it.timed().timeoutEach(LONG), CONSERVING),
          identity("timed.timeout", it -> it.timed().timeout(LONG), CONSERVING),
          identity("timed.takeFor", it -> it.timed().takeFor(LONG), CONSERVING),
          identity(
              "timed.delayStart", it -> it.timed().delayStart(Duration.ofMillis(3)), CONSERVING),
          identity("timed.spaced", it -> it.timed().spaced(Duration.ofMillis(2)), CONSERVING),
          identity("timed.stamped", it -> it.timed().stamped().map(Stamped::value), CONSERVING),
          identity("timed.gaps", it -> it.timed().gaps().map(Gap::value), CONSERVING),
          Operator.of(
              "delayElements",
              draw -> {
                int limit = draw.between(1, 6);
                return Step.of(
                    "timed.delayElements(4 ms, " + limit + ")",
                    (it, run) -> it.timed().delayElements(Duration.ofMillis(4), limit),
                    model -> model);
              },
              CONSERVING,
              ONLY_ENDING),
          Operator.of(
              "failures.replace",
              draw ->
                  Step.of(
                      "failures.replace(55)",
                      (it, run) -> it.failures().replace(failure -> Value.constant(55)),
                      model ->
                          model.failure() == null
                              ? model
                              : model.ending().then(Model.of(List.of(55), null)),
                      (flux, run) -> flux.onErrorReturn(Value.constant(55))),
              STREAMING,
              CONSERVING),
          Operator.of(
              "failures.resume",
              draw -> {
                Source other = draw.smallSource();
                return Step.of(
                    "failures.resume(" + other.text() + ")",
                    (it, run) -> it.failures().resume(failure -> other.ours().apply(run)),
                    model -> model.failure() == null ? model : model.ending().then(other.model()),
                    (flux, run) -> flux.onErrorResume(failure -> other.flux(run)));
              },
              STREAMING,
              CONSERVING),
          Operator.of(
              "failures.map",
              draw ->
                  Step.of(
                      "failures.map(other)",
                      (it, run) -> it.failures().map(failure -> new PlannedFailure("other")),
                      model -> model.failure() == null ? model : model.failingWith("other"),
                      (flux, run) -> flux.onErrorMap(failure -> new PlannedFailure("other"))),
              STREAMING,
              ANY_ORDER,
              CONSERVING),
          Operator.of(
              "failures.end",
              draw ->
                  Step.of(
                      "failures.end",
                      (it, run) -> it.failures().end(failure -> {}),
                      model -> model.failure() == null ? model : model.ending(),
                      (flux, run) -> flux.onErrorComplete()),
              STREAMING,
              ANY_ORDER,
              CONSERVING),
          Operator.of(
              "toResults",
              draw ->
                  Step.of(
                      "fromResults(toResults)",
                      (it, run) -> Failures.fromResults(it.failures().toResults()),
                      model -> model,
                      (flux, run) -> flux.materialize().dematerialize()),
              STREAMING,
              ANY_ORDER,
              CONSERVING),
          Operator.of(
              "repeat",
              draw -> {
                int rounds = draw.below(4);
                Source source = draw.smallSource();
                return Step.of(
                    "chain(repeat(" + rounds + ", " + source.text() + "))",
                    (it, run) ->
                        it.chain(AsyncIterators.repeat(rounds, () -> source.ours().apply(run))),
                    model -> {
                      Model all = model;
                      for (int i = 0; i < rounds; i++) {
                        all = all.then(source.model());
                      }
                      return all;
                    });
              },
              STREAMING,
              CONSERVING),
          Operator.of(
              "retry",
              draw -> {
                int attempts = draw.between(1, 4);
                Source source = draw.smallSource();
                Backoff backoff = Backoff.fixed(Duration.ofMillis(3)).attempts(attempts);
                return Step.of(
                    "chain(retry(" + source.text() + ", fails at first))",
                    (it, run) -> {
                      int[] left = {attempts - 1};
                      return it.chain(
                          AsyncIterators.retry(
                              () ->
                                  left[0]-- > 0
                                      ? AsyncIterators.failed(new PlannedFailure("at first"))
                                      : source.ours().apply(run).failures().end(failure -> {}),
                              backoff));
                    },
                    model -> model.then(source.model().ending()));
              },
              STREAMING,
              CONSERVING),
          Operator.of(
              "using",
              draw -> {
                Source source = draw.smallSource();
                return Step.of(
                    "chain(using(" + source.text() + "))",
                    (it, run) ->
                        it.chain(
                            AsyncIterators.using(
                                () -> 1, resource -> source.ours().apply(run), closed -> {})),
                    model -> model.then(source.model()));
              },
              STREAMING,
              CONSERVING),
          Operator.of(
              "usingAsync",
              draw -> {
                Source source = draw.smallSource();
                long delays = draw.seed();
                return Step.of(
                    "chain(usingAsync(" + source.text() + "))",
                    (it, run) -> {
                      Random random = new Random(delays);
                      return it.chain(
                          AsyncIterators.usingAsync(
                              () -> run.delayed(random, Futures.ready(1)),
                              resource -> source.ours().apply(run),
                              resource -> run.delayed(random, Futures.done())));
                    },
                    model -> model.then(source.model()));
              },
              STREAMING,
              CONSERVING));

  private ViewOperators() {}

  private static Operator chunks(String name, Function<Draw, Step> draw) {
    return Operator.of("chunked." + name, draw, CONSERVING);
  }

  private static Operator identity(
      String name, UnaryOperator<AsyncIterator<Value>> ours, Operator.Trait... traits) {
    Operator.Trait[] all = List.of(traits).toArray(new Operator.Trait[traits.length + 2]);
    all[traits.length] = STREAMING;
    all[traits.length + 1] = ANY_ORDER;
    return Operator.of(
        name, draw -> Step.of(name, (it, run) -> ours.apply(it), model -> model), all);
  }

  /**
   * The chunks of which the last, if it is still open, is given at the end but not at a failure.
   */
  private static Model ended(Model model, List<List<Integer>> parts, boolean open) {
    int whole =
        open && model.failure() != null && !parts.isEmpty() ? parts.size() - 1 : parts.size();
    return model.with(parts.subList(0, whole).stream().map(Numbers::folded).toList());
  }

  private static Model inner(Model model, Source inner) {
    return model.each(Failing.NEVER, n -> inner.model().first(Math.floorMod(n, 4)).items());
  }

  private static Function<Value, Future<Value>> outputs(Failing output, long delays, Run run) {
    Random random = new Random(delays);
    Function<Integer, Integer> outputs = output.of(number -> number);
    return run.taking(
        Failing.NEVER,
        n -> {
          try {
            int number = outputs.apply(n);
            return run.delayed(random, Futures.lazy(() -> run.value(number)));
          } catch (PlannedFailure failure) {
            return run.delayed(random, Futures.failed(failure));
          }
        });
  }
}
