package dev.pollux.stream;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.AsyncIterators;
import dev.pollux.core.Futures;
import dev.pollux.core.IteratorSubjects;
import dev.pollux.core.Value;
import dev.pollux.testing.ConformanceKit;
import java.io.IOException;

/** The operators of {@link Concurrent}. */
public final class ConcurrentSubjects extends IteratorSubjects {

  private static final String BUFFERED = "operator.BufferedIterator";

  /** Lists them. */
  public ConcurrentSubjects() {
    for (int limit : new int[] {1, 2, 9}) {
      maps(limit);
      flatMaps(limit);
    }
    policies();
  }

  private static Value ten(Value v) {
    return v.plus(Value.of(10));
  }

  private static AsyncIterator<Value> inner(ConformanceKit kit, Value v) {
    return kit.iterator("inner " + v.number(), v.plus(Value.of(0)), ten(v));
  }

  private static AsyncIterator<Value> failingInner(ConformanceKit kit, Value v) {
    return v.number() == 2
        ? kit.failingIterator("inner 2", new IOException("torn"), ten(v))
        : inner(kit, v);
  }

  private void maps(int limit) {
    String of = "(" + limit + ")";
    subject(
            BUFFERED,
            "concurrent.map" + of,
            kit ->
                source(kit)
                    .concurrent(limit)
                    .map(kit.function(v -> kit.future("future " + v.number(), ten(v)))))
        .expectElements(Value.of(11), Value.of(12), Value.of(13))
        .discardsWhatItHolds();
    subject(
            BUFFERED,
            "concurrent.mapUnordered" + of,
            kit ->
                source(kit)
                    .concurrent(limit)
                    .mapUnordered(kit.function(v -> kit.future("future " + v.number(), ten(v)))))
        .expectElements(Value.of(11), Value.of(12), Value.of(13))
        .inAnyOrder()
        .discardsWhatItHolds();
    subject(
            BUFFERED,
            "concurrent.mapUnordered of ready futures" + of,
            kit -> source(kit).concurrent(limit).mapUnordered(kit.function(Futures::ready)))
        .expectElements(Value.of(1), Value.of(2), Value.of(3))
        .inAnyOrder();
    subject(
            BUFFERED,
            "concurrent.filter" + of,
            kit ->
                source(kit)
                    .concurrent(limit)
                    .filter(kit.function(v -> kit.future("future " + v.number(), v.number() != 2))))
        .expectElements(Value.of(1), Value.of(3));
  }

  private void flatMaps(int limit) {
    String of = "(" + limit + ")";
    subject(
            "stream.FlatMapUnordered",
            "concurrent.flatMap" + of,
            kit -> source(kit).concurrent(limit).flatMap(kit.function(v -> inner(kit, v))))
        .expectElements(
            Value.of(1), Value.of(2), Value.of(3), Value.of(11), Value.of(12), Value.of(13))
        .inAnyOrder();
    for (int held : new int[] {1, 3}) {
      subject(
              "stream.FlatMapOrdered",
              "concurrent.flatMapOrdered" + of + " that holds " + held,
              kit ->
                  source(kit)
                      .concurrent(limit)
                      .flatMapOrdered(held, kit.function(v -> inner(kit, v))))
          .expectElements(
              Value.of(1), Value.of(11), Value.of(2), Value.of(12), Value.of(3), Value.of(13))
          .discardsWhatItHolds();
    }
    subject(
            "stream.FlatMapUnordered",
            "concurrent.flatMap of empty ones" + of,
            kit ->
                source(kit)
                    .concurrent(limit)
                    .flatMap(kit.function(v -> kit.<Value>iterator("inner " + v.number()))))
        .expectElements();
    subject(
            "stream.FlatMapOrdered",
            "concurrent.flatMapOrdered of empty ones" + of,
            kit ->
                source(kit)
                    .concurrent(limit)
                    .flatMapOrdered(
                        1, kit.function(v -> kit.<Value>iterator("inner " + v.number()))))
        .expectElements();
    subject(
            "stream.FlatMapUnordered",
            "concurrent.flatMap of nothing" + of,
            kit ->
                kit.<Value>iterator("source")
                    .concurrent(limit)
                    .flatMap(kit.function(v -> AsyncIterators.of(v))))
        .expectElements();
  }

  private void policies() {
    subject(
            BUFFERED,
            "concurrent.map that delays failures",
            kit ->
                source(kit)
                    .concurrent(2)
                    .delayingFailures()
                    .map(
                        kit.function(
                            v ->
                                v.number() == 2
                                    ? kit.<Value>failingFuture("2", new IOException("torn"))
                                    : kit.future("future " + v.number(), ten(v)))))
        .expectFailure(IOException.class, Value.of(11), Value.of(13))
        .recovers();
    subject(
            BUFFERED,
            "concurrent.mapUnordered that skips failures",
            kit ->
                source(kit)
                    .concurrent(2)
                    .skippingFailures(kit.consumer(failure -> {}))
                    .mapUnordered(
                        kit.function(
                            v ->
                                v.number() == 2
                                    ? kit.<Value>failingFuture("2", new IOException("torn"))
                                    : kit.future("future " + v.number(), ten(v)))))
        .expectElements(Value.of(11), Value.of(13))
        .inAnyOrder()
        .recovers();
    subject(
            "stream.FlatMapUnordered",
            "concurrent.flatMap that delays failures",
            kit ->
                source(kit)
                    .concurrent(2)
                    .delayingFailures()
                    .flatMap(kit.function(v -> failingInner(kit, v))))
        .expectFailure(
            IOException.class, Value.of(1), Value.of(11), Value.of(12), Value.of(3), Value.of(13))
        .inAnyOrder()
        .recovers();
    subject(
            "stream.FlatMapOrdered",
            "concurrent.flatMapOrdered that delays failures",
            kit ->
                source(kit)
                    .concurrent(2)
                    .delayingFailures()
                    .flatMapOrdered(2, kit.function(v -> failingInner(kit, v))))
        .expectFailure(
            IOException.class, Value.of(1), Value.of(11), Value.of(12), Value.of(3), Value.of(13))
        .recovers();
    subject(
            "stream.FlatMapOrdered",
            "concurrent.flatMapOrdered that skips failures",
            kit ->
                source(kit)
                    .concurrent(3)
                    .skippingFailures(kit.consumer(failure -> {}))
                    .flatMapOrdered(1, kit.function(v -> failingInner(kit, v))))
        .expectElements(Value.of(1), Value.of(11), Value.of(12), Value.of(3), Value.of(13))
        .recovers();
    subject(
            "stream.FlatMapUnordered",
            "concurrent.flatMap that skips failures",
            kit ->
                source(kit)
                    .concurrent(3)
                    .skippingFailures(kit.consumer(failure -> {}))
                    .flatMap(kit.function(v -> failingInner(kit, v))))
        .expectElements(Value.of(1), Value.of(11), Value.of(12), Value.of(3), Value.of(13))
        .inAnyOrder()
        .recovers();
  }
}
