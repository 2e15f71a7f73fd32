package dev.pollux.core;

import dev.pollux.stream.Indexed;
import dev.pollux.testing.ConformanceKit;
import dev.pollux.testing.Law;
import java.util.ArrayList;
import java.util.List;

/** The operators that are methods of {@link AsyncIterator} and look at one element at a time. */
public final class CoreOperatorSubjects extends IteratorSubjects {

  /** Lists them. */
  public CoreOperatorSubjects() {
    folding();
    choosing();
    ends();
    untilAFuture();
    ofFutures();
    inner();
    ifEmpty();
  }

  private void folding() {
    subject(
            "core.ScanIterator",
            "scan",
            kit -> source(kit).scan(kit.mustRelease(Value.of(10)), kit.biFunction(Value::plus)))
        .expectElements(Value.of(10), Value.of(11), Value.of(13), Value.of(16))
        .discardsWhatItHolds();
    subject(
            "core.ScanIterator",
            "scan of nothing",
            kit -> none(kit).scan(kit.mustRelease(Value.of(10)), kit.biFunction(Value::plus)))
        .expectElements(Value.of(10));
    subject("core.IndexedIterator", "indexed", kit -> source(kit).indexed())
        .expectElements(
            new Indexed<>(0, Value.of(1)),
            new Indexed<>(1, Value.of(2)),
            new Indexed<>(2, Value.of(3)));
    subject(
            "core.InspectIterator",
            "inspect",
            kit -> source(kit).inspect(kit.consumer(value -> {})))
        .expectElements(Value.of(1), Value.of(2), Value.of(3))
        .discardsWhatItHolds();
    subject(
            "core.IntersperseIterator",
            "intersperse",
            kit -> source(kit).intersperse(kit.mustRelease(Value.of(0))))
        .expectElements(Value.of(1), Value.of(0), Value.of(2), Value.of(0), Value.of(3))
        .discardsWhatItHolds();
    subject(
            "core.IntersperseIterator",
            "intersperse of one element",
            kit -> kit.iterator("source", Value.of(1)).intersperse(kit.mustRelease(Value.of(0))))
        .expectElements(Value.of(1));
    subject("core.PeekableIterator", "peekable", kit -> source(kit).peekable())
        .expectElements(Value.of(1), Value.of(2), Value.of(3))
        .discardsWhatItHolds();
  }

  private void choosing() {
    subject("core.DistinctIterator", "distinct", kit -> repeating(kit).distinct(9))
        .expectElements(Value.of(1), Value.of(2), Value.of(3));
    subject(
            "core.DistinctIterator",
            "distinct by a key",
            kit -> repeating(kit).distinct(2, kit.function(value -> value.number() % 2)))
        .expectElements(Value.of(1), Value.of(2))
        .discardsWhatItHolds();
    subject("core.DistinctIterator", "distinct of too many", kit -> source(kit).distinct(2))
        .expectFailure(IllegalStateException.class, Value.of(1), Value.of(2))
        .discardsWhatItHolds();
    subject(
            "core.DistinctUntilChangedIterator",
            "distinctUntilChanged",
            kit -> repeating(kit).distinctUntilChanged())
        .expectElements(Value.of(1), Value.of(2), Value.of(1), Value.of(3));
    subject(
            "core.DistinctUntilChangedIterator",
            "distinctUntilChanged by a key",
            kit -> source(kit).distinctUntilChanged(kit.function(value -> value.number() / 2)))
        .expectElements(Value.of(1), Value.of(2))
        .discardsWhatItHolds();
    subject(
            "core.SkipWhileIterator",
            "skipWhile",
            kit -> repeating(kit).skipWhile(kit.predicate(value -> value.number() < 2)))
        .expectElements(Value.of(2), Value.of(2), Value.of(1), Value.of(3))
        .discardsWhatItHolds();
    subject(
            "core.SkipWhileIterator",
            "skipWhile of everything",
            kit -> source(kit).skipWhile(kit.predicate(value -> true)))
        .expectElements();
    subject(
            "core.TakeThroughIterator",
            "takeThrough",
            kit -> source(kit).takeThrough(kit.predicate(value -> value.number() == 2)))
        .expectElements(Value.of(1), Value.of(2))
        .discardsWhatItHolds();
    subject(
            "core.TakeThroughIterator",
            "takeThrough of what does not come",
            kit -> source(kit).takeThrough(kit.predicate(value -> false)))
        .expectElements(Value.of(1), Value.of(2), Value.of(3));
    subject("core.OfTypeIterator", "ofType", kit -> source(kit).ofType(Value.class))
        .expectElements(Value.of(1), Value.of(2), Value.of(3))
        .discardsWhatItHolds();
    subject("core.OfTypeIterator", "ofType of none", kit -> source(kit).ofType(String.class))
        .expectElements();
  }

  private void ends() {
    for (int count : new int[] {0, 2, 9}) {
      subject("core.TakeLastIterator", "takeLast of " + count, kit -> source(kit).takeLast(count))
          .expectElements(values(4).subList(Math.max(1, 4 - count), 4).toArray(new Value[0]));
    }
    subject("core.TakeLastIterator", "takeLast of all", kit -> source(kit).takeLast(3))
        .expectElements(Value.of(1), Value.of(2), Value.of(3))
        .discardsWhatItHolds();
    for (int count : new int[] {0, 2, 9}) {
      subject("core.SkipLastIterator", "skipLast of " + count, kit -> source(kit).skipLast(count))
          .expectElements(values(4).subList(1, Math.max(1, 4 - count)).toArray(new Value[0]))
          .discardsWhatItHolds();
    }
  }

  private void untilAFuture() {
    subject(
            "core.TakeUntilIterator",
            "takeUntil of what never comes",
            kit -> source(kit).takeUntil(kit.pendingFuture("stop")))
        .expectElements(Value.of(1), Value.of(2), Value.of(3))
        .discardsWhatItHolds();
    subject(
            "core.TakeUntilIterator",
            "takeUntil of an iterator that never ends",
            kit ->
                kit.iterator("source", Value.of(1))
                    .chain(kit.<Value>pendingFuture("no second").toAsyncIterator())
                    .skip(1)
                    .takeUntil(kit.future("stop", Value.of(2))))
        .expectElements()
        .without(Law.THROWING_CANCEL, "the second knows no handler before its first poll");
    subject(
            "core.SkipUntilIterator",
            "skipUntil of what never comes",
            kit -> source(kit).skipUntil(kit.pendingFuture("start")))
        .expectElements();
    subject(
            "core.SkipUntilIterator",
            "skipUntil of what is there",
            kit -> source(kit).skipUntil(Futures.done()))
        .expectElements(Value.of(1), Value.of(2), Value.of(3))
        .discardsWhatItHolds();
    subject(
            "core.SkipUntilIterator",
            "skipUntil of an iterator that never ends",
            kit ->
                kit.<Value>pendingFuture("element")
                    .toAsyncIterator()
                    .skipUntil(kit.future("start", Value.of(2))))
        .expectNever()
        .without(Law.THROWING_CANCEL, "the element knows no handler before its first poll");
  }

  private void ofFutures() {
    subject(
            "core.MapAsyncIterator",
            "mapAsync",
            kit ->
                source(kit)
                    .mapAsync(
                        kit.function(
                            v -> kit.future("future " + v.number(), v.plus(Value.of(10))))))
        .expectElements(Value.of(11), Value.of(12), Value.of(13))
        .discardsWhatItHolds();
    subject(
            "core.MapAsyncIterator",
            "mapAsync to futures that are ready",
            kit -> source(kit).mapAsync(kit.function(Futures::ready)))
        .expectElements(Value.of(1), Value.of(2), Value.of(3));
    subject(
            "core.FilterAsyncIterator",
            "filterAsync",
            kit ->
                source(kit)
                    .filterAsync(
                        kit.function(
                            v ->
                                kit.future("future " + v.number(), v.plus(Value.of(10)))
                                    .map(kit.function(w -> w.number() != 12)))))
        .expectElements(Value.of(1), Value.of(3))
        .discardsWhatItHolds();
    subject(
            "core.FilterAsyncIterator",
            "filterAsync that lets nothing through",
            kit -> source(kit).filterAsync(kit.function(v -> Futures.ready(false))))
        .expectElements();
  }

  private void inner() {
    subject(
            "core.FlatMapIterableIterator",
            "flatMapIterable",
            kit ->
                source(kit)
                    .flatMapIterable(
                        kit.function(
                            v ->
                                v.number() == 2
                                    ? List.of()
                                    : kit.mustRelease(
                                        new ArrayList<>(List.of(v, v.plus(Value.of(10))))))))
        .expectElements(Value.of(1), Value.of(11), Value.of(3), Value.of(13))
        .discardsWhatItHolds();
    subject(
            "core.SwitchMapIterator",
            "switchMap of one",
            kit ->
                kit.iterator("source", Value.of(1))
                    .switchMap(kit.function(v -> kit.iterator("inner", v, v.plus(v), Value.of(7)))))
        .expectElements(Value.of(1), Value.of(2), Value.of(7))
        .discardsWhatItHolds();
    subject(
            "core.SwitchMapIterator",
            "switchMap from what never answers",
            kit ->
                source(kit)
                    .switchMap(
                        kit.function(
                            v ->
                                v.number() < 3
                                    ? kit.<Value>pendingFuture("inner " + v.number())
                                        .toAsyncIterator()
                                    : kit.iterator("inner 3", v, v.plus(v)))))
        .expectElements(Value.of(3), Value.of(6))
        .without(Law.THROWING_CANCEL, "an inner iterator knows no handler before its first poll");
    subject(
            "core.SwitchMapIterator",
            "switchMap of nothing",
            kit -> none(kit).switchMap(kit.function(v -> kit.iterator("inner", v))))
        .expectElements();
  }

  private void ifEmpty() {
    subject(
            "core.SwitchIfEmptyIterator",
            "defaultIfEmpty of some",
            kit -> source(kit).defaultIfEmpty(kit.mustRelease(Value.of(9))))
        .expectElements(Value.of(1), Value.of(2), Value.of(3))
        .discardsWhatItHolds();
    subject(
            "core.SwitchIfEmptyIterator",
            "defaultIfEmpty of none",
            kit -> none(kit).defaultIfEmpty(kit.mustRelease(Value.of(9))))
        .expectElements(Value.of(9));
    subject(
            "core.SwitchIfEmptyIterator",
            "switchIfEmpty",
            kit ->
                none(kit)
                    .switchIfEmpty(
                        kit.supplier(() -> kit.iterator("other", Value.of(8), Value.of(9)))))
        .expectElements(Value.of(8), Value.of(9))
        .discardsWhatItHolds();
    subject(
            "core.SwitchIfEmptyIterator",
            "switchIfEmpty of some",
            kit -> source(kit).switchIfEmpty(kit.supplier(() -> kit.iterator("other"))))
        .expectElements(Value.of(1), Value.of(2), Value.of(3));
  }

  private static AsyncIterator<Value> none(ConformanceKit kit) {
    return kit.iterator("source");
  }

  private static AsyncIterator<Value> repeating(ConformanceKit kit) {
    return kit.iterator(
        "source", Value.of(1), Value.of(1), Value.of(2), Value.of(2), Value.of(1), Value.of(3));
  }
}
