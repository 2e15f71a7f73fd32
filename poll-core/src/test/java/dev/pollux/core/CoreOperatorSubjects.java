package dev.pollux.core;

import dev.pollux.stream.Backoff;
import dev.pollux.stream.Indexed;
import dev.pollux.testing.ConformanceKit;
import dev.pollux.testing.Law;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

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
    sources();
    resources();
    rounds();
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

  private void sources() {
    subject(
            "core.SwitchIfEmptyIterator",
            "defer",
            kit -> AsyncIterators.<Value>defer(kit.supplier(() -> source(kit))))
        .expectElements(Value.of(1), Value.of(2), Value.of(3));
    subject(
            "core.ChainIterator",
            "concat",
            kit ->
                AsyncIterators.<Value>concat(
                    List.of(
                        kit.iterator("first", Value.of(1)),
                        kit.iterator("second"),
                        kit.iterator("third", Value.of(2), Value.of(3)))))
        .expectElements(Value.of(1), Value.of(2), Value.of(3));
    subject("core.NeverIterator", "never", kit -> AsyncIterators.<Value>pending()).expectNever();
    subject(
            "core.GenerateIterator",
            "generate",
            kit -> {
              AtomicInteger count = new AtomicInteger();
              return AsyncIterators.<Value>generate(
                  kit.supplier(() -> Value.of(count.incrementAndGet())));
            })
        .expectBeginning(Value.of(1), Value.of(2), Value.of(3));
  }

  private void resources() {
    subject(
            "core.UsingIterator",
            "using",
            kit ->
                AsyncIterators.<Value, Value>using(
                    kit.callable(() -> kit.mustRelease(Value.of(7))),
                    kit.function(resource -> source(kit)),
                    kit.consumer(resource -> {})))
        .expectElements(Value.of(1), Value.of(2), Value.of(3))
        .discardsWhatItHolds();
    subject(
            "core.UsingIterator",
            "using, which closes what it has opened",
            kit -> {
              AtomicInteger open = new AtomicInteger();
              kit.invariant("the resource is closed", () -> open.get() == 0);
              return AsyncIterators.<Value, Value>using(
                  () -> Value.of(open.incrementAndGet()),
                  kit.function(resource -> source(kit)),
                  resource -> open.decrementAndGet());
            })
        .expectElements(Value.of(1), Value.of(2), Value.of(3));
    subject(
            "core.UsingAsyncIterator",
            "usingAsync",
            kit ->
                AsyncIterators.<Value, Value>usingAsync(
                    kit.supplier(() -> kit.future("open", Value.of(7))),
                    kit.function(resource -> source(kit)),
                    kit.function(resource -> kit.future("close", null))))
        .expectElements(Value.of(1), Value.of(2), Value.of(3))
        .without(Law.CHILDREN_CANCELLED, "the close goes on in a task")
        .without(Law.THROWING_CANCEL, "the same");
    subject(
            "core.UsingAsyncIterator",
            "usingAsync of what fails",
            kit ->
                AsyncIterators.<Value, Value>usingAsync(
                    kit.supplier(() -> kit.future("open", Value.of(7))),
                    kit.function(
                        resource ->
                            kit.failingIterator("source", new IOException("torn"), Value.of(1))),
                    kit.function(resource -> kit.future("close", null))))
        .expectFailure(IOException.class, Value.of(1))
        .without(Law.CHILDREN_CANCELLED, "the close goes on in a task")
        .without(Law.THROWING_CANCEL, "the same")
        .without(Law.FAILURE, "a failure of the close is a suppressed exception of the other")
        .without(Law.ERROR, "the same");
  }

  private void rounds() {
    subject(
            "core.RepeatIterator",
            "repeat of two rounds",
            kit ->
                AsyncIterators.<Value>repeat(
                    2, kit.supplier(() -> kit.iterator("round", Value.of(1), Value.of(2)))))
        .expectElements(Value.of(1), Value.of(2), Value.of(1), Value.of(2))
        .discardsWhatItHolds();
    subject(
            "core.RepeatIterator",
            "repeat of no round",
            kit -> AsyncIterators.<Value>repeat(0, kit.supplier(() -> source(kit))))
        .expectElements();
    subject(
            "core.RepeatIterator",
            "repeat without end, of nothing now and then",
            kit -> {
              AtomicInteger rounds = new AtomicInteger();
              return AsyncIterators.<Value>repeat(
                  kit.supplier(
                      () ->
                          rounds.incrementAndGet() % 2 == 0
                              ? kit.iterator("round", Value.of(rounds.get()))
                              : kit.iterator("empty round")));
            })
        .expectBeginning(Value.of(2), Value.of(4), Value.of(6));
    subject(
            "core.RetryIterator",
            "retry",
            kit ->
                AsyncIterators.retry(
                    attempts(kit), Backoff.fixed(Duration.ofSeconds(1)).onlyIf(failure -> true)))
        .expectElements(Value.of(1), Value.of(2), Value.of(3))
        .recovers();
    subject(
            "core.RetryIterator",
            "retry without a wait",
            kit -> AsyncIterators.retry(attempts(kit), Backoff.fixed(Duration.ZERO)))
        .expectElements(Value.of(1), Value.of(2), Value.of(3))
        .recovers();
    subject(
            "core.RetryIterator",
            "retry that gives up",
            kit ->
                AsyncIterators.<Value>retry(
                    kit.supplier(() -> kit.failingIterator("attempt", new IOException("torn"))),
                    Backoff.exponential(Duration.ofSeconds(1), Duration.ofSeconds(9)).attempts(3)))
        .expectFailure(IOException.class)
        .recovers();
  }

  /** Two that fail, one of them after an element, and one that does not. */
  private static Supplier<AsyncIterator<Value>> attempts(ConformanceKit kit) {
    AtomicInteger attempts = new AtomicInteger();
    return kit.supplier(
        () -> {
          int attempt = attempts.incrementAndGet();
          return switch (attempt) {
            case 1 -> kit.failingIterator("attempt 1", new IOException("torn"));
            case 2 -> kit.failingIterator("attempt 2", new IOException("torn"), Value.of(1));
            default -> kit.iterator("attempt " + attempt, Value.of(2), Value.of(3));
          };
        });
  }

  private static AsyncIterator<Value> none(ConformanceKit kit) {
    return kit.iterator("source");
  }

  private static AsyncIterator<Value> repeating(ConformanceKit kit) {
    return kit.iterator(
        "source", Value.of(1), Value.of(1), Value.of(2), Value.of(2), Value.of(1), Value.of(3));
  }
}
