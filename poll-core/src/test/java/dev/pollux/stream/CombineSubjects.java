package dev.pollux.stream;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.AsyncIterators;
import dev.pollux.core.FutureQueue;
import dev.pollux.core.Futures;
import dev.pollux.core.IteratorSubjects;
import dev.pollux.core.Value;
import dev.pollux.testing.ConformanceKit;
import dev.pollux.testing.Law;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** What makes one stream of several. */
public final class CombineSubjects extends IteratorSubjects {

  /** Lists them all. */
  public CombineSubjects() {
    merge();
    inAnOrder();
    elementByElement();
    race();
    ownSets();
  }

  private static AsyncIterator<Value> odd(ConformanceKit kit) {
    return kit.iterator("odd", Value.of(1), Value.of(3), Value.of(5));
  }

  private static AsyncIterator<Value> even(ConformanceKit kit) {
    return kit.iterator("even", Value.of(2), Value.of(4));
  }

  private static Value sum(List<Value> values) {
    return values.stream().reduce(Value.of(0), Value::plus);
  }

  private void merge() {
    subject("stream.MergeIterator", "merge", kit -> Combine.merge(odd(kit), even(kit)))
        .expectElements(Value.of(1), Value.of(2), Value.of(3), Value.of(4), Value.of(5))
        .inAnyOrder()
        .discardsWhatItHolds();
    subject("stream.MergeIterator", "merge of one", kit -> Combine.merge(odd(kit)))
        .expectElements(Value.of(1), Value.of(3), Value.of(5))
        .discardsWhatItHolds();
    subject(
            "stream.MergeIterator",
            "merge with one that is empty and one that never answers",
            kit -> Combine.merge(never(kit), odd(kit), kit.iterator("empty")))
        .expectBeginning(Value.of(1), Value.of(3), Value.of(5))
        .discardsWhatItHolds();
    subject(
            "stream.MergeIterator",
            "merge of merges",
            kit ->
                Combine.merge(
                    Combine.merge(odd(kit), kit.iterator("empty")), Combine.merge(even(kit))))
        .expectElements(Value.of(1), Value.of(2), Value.of(3), Value.of(4), Value.of(5))
        .inAnyOrder()
        .discardsWhatItHolds()
        .without(
            Law.CHILDREN_CANCELLED,
            "one that fails has cancelled its own before the outer one hears of it");
    subject(
            "stream.MergeIterator",
            "merge of sources that are ready",
            kit -> Combine.merge(AsyncIterators.range(0, 2), AsyncIterators.range(2, 4)))
        .expectElements(0, 1, 2, 3)
        .inAnyOrder();
    subject(
            "stream.MergeIterator",
            "mergeDelayingFailures",
            kit -> Combine.mergeDelayingFailures(List.of(odd(kit), even(kit))))
        .expectElements(Value.of(1), Value.of(2), Value.of(3), Value.of(4), Value.of(5))
        .inAnyOrder()
        .discardsWhatItHolds();
    subject(
            "stream.MergeIterator",
            "mergeDelayingFailures of one that fails",
            kit ->
                Combine.mergeDelayingFailures(
                    List.of(
                        kit.failingIterator("failing", new IOException("torn"), Value.of(2)),
                        odd(kit))))
        .expectFailure(IOException.class, Value.of(1), Value.of(2), Value.of(3), Value.of(5))
        .inAnyOrder()
        .recovers() // the failure that comes first is thrown
        .discardsWhatItHolds();
  }

  private static AsyncIterator<Value> never(ConformanceKit kit) {
    return kit.<Value>pendingFuture("never").toAsyncIterator();
  }

  private void inAnOrder() {
    subject(
            "stream.MergeOrderedIterator",
            "mergeOrdered",
            kit ->
                Combine.mergeOrdered(Comparator.comparingInt(Value::number), odd(kit), even(kit)))
        .expectElements(Value.of(1), Value.of(2), Value.of(3), Value.of(4), Value.of(5))
        .discardsWhatItHolds();
    subject(
            "stream.MergeOrderedIterator",
            "mergeOrdered of sources that are ready",
            kit ->
                Combine.mergeOrdered(
                    Comparator.<Integer>naturalOrder(),
                    AsyncIterators.of(1, 4),
                    AsyncIterators.of(2, 3)))
        .expectElements(1, 2, 3, 4);
    subject(
            "stream.MergeOrderedIterator",
            "mergeOrdered by a comparator that may fail",
            kit ->
                Combine.mergeOrdered(
                    kit.mustRelease(
                        (Comparator<Value>)
                            (a, b) -> {
                              kit.enter("the comparator", a, b);
                              return Integer.compare(a.number(), b.number());
                            }),
                    odd(kit),
                    even(kit)))
        .expectElements(Value.of(1), Value.of(2), Value.of(3), Value.of(4), Value.of(5));
    subject(
            "stream.InterleaveIterator",
            "interleave",
            kit -> Combine.interleave(odd(kit), even(kit)))
        .expectElements(Value.of(1), Value.of(2), Value.of(3), Value.of(4), Value.of(5))
        .discardsWhatItHolds();
    for (int held : new int[] {1, 2, 9}) {
      subject(
              "stream.ConcatEagerIterator",
              "concatEager(" + held + ")",
              kit -> Combine.concatEager(held, List.of(even(kit), odd(kit))))
          .expectElements(Value.of(2), Value.of(4), Value.of(1), Value.of(3), Value.of(5))
          .discardsWhatItHolds();
    }
    subject(
            "stream.ConcatEagerIterator",
            "concatEager with one that fails",
            kit ->
                Combine.concatEager(
                    2,
                    List.of(
                        even(kit),
                        kit.failingIterator("failing", new IOException("torn"), Value.of(6)),
                        odd(kit))))
        .expectFailure(IOException.class, Value.of(2), Value.of(4), Value.of(6))
        .recovers() // the failure whose turn comes first is thrown
        .discardsWhatItHolds();
  }

  private void elementByElement() {
    subject(
            "stream.ZipIterator",
            "zip",
            kit -> Combine.zip(odd(kit), even(kit), kit.biFunction(Value::plus)))
        .expectElements(Value.of(3), Value.of(7))
        .discardsWhatItHolds();
    subject(
            "stream.ZipIterator",
            "zip of three",
            kit ->
                Combine.<Value, Value>zip(
                    List.of(even(kit), odd(kit), source(kit)),
                    values -> {
                      kit.enter("the function", values.toArray());
                      return sum(values);
                    }))
        .expectElements(Value.of(4), Value.of(9))
        .discardsWhatItHolds();
    subject(
            "stream.CombineLatestIterator",
            "combineLatest",
            kit ->
                Combine.combineLatest(
                    kit.iterator("one", Value.of(1)),
                    kit.iterator("other", Value.of(5)),
                    kit.biFunction(Value::plus)))
        .expectElements(Value.of(6))
        .discardsWhatItHolds();
    subject(
            "stream.CombineLatestIterator",
            "combineLatest with one that has no element",
            kit ->
                Combine.combineLatest(kit.iterator("none"), odd(kit), kit.biFunction(Value::plus)))
        .expectElements()
        .discardsWhatItHolds();
    subject(
            "stream.CombineLatestIterator",
            "combineLatest of three",
            kit ->
                Combine.<Value, Value>combineLatest(
                    List.of(
                        kit.iterator("a", Value.of(1)),
                        kit.iterator("b", Value.of(2)),
                        kit.iterator("c", Value.of(3))),
                    values -> {
                      kit.enter("the function", values.toArray());
                      return sum(values);
                    }))
        .expectElements(Value.of(6))
        .discardsWhatItHolds();
    subject(
            "stream.WithLatestFromIterator",
            "withLatestFrom",
            kit ->
                Combine.withLatestFrom(
                    AsyncIterators.of(Value.of(1), Value.of(2)),
                    AsyncIterators.of(Value.of(9)),
                    kit.biFunction(Value::plus)))
        .expectElements(Value.of(10), Value.of(11));
    subject(
            "stream.WithLatestFromIterator",
            "withLatestFrom one that never answers",
            kit -> Combine.withLatestFrom(odd(kit), never(kit), kit.biFunction(Value::plus)))
        .expectElements()
        .discardsWhatItHolds();
    subject(
            "stream.WithLatestFromIterator",
            "withLatestFrom one that is empty",
            kit ->
                Combine.withLatestFrom(
                    odd(kit), kit.iterator("empty"), kit.biFunction(Value::plus)))
        .expectElements()
        .discardsWhatItHolds();
  }

  private void race() {
    subject("stream.RaceIterator", "race", kit -> Combine.race(never(kit), odd(kit)))
        .expectElements(Value.of(1), Value.of(3), Value.of(5))
        .discardsWhatItHolds();
    subject(
            "stream.RaceIterator",
            "race that is won by the end",
            kit -> Combine.race(never(kit), kit.iterator("empty")))
        .expectElements();
    subject(
            "stream.RaceIterator",
            "race of sources that are ready",
            kit -> Combine.race(AsyncIterators.of(1, 2), AsyncIterators.of(3)))
        .expectElements(1, 2);
  }

  private void ownSets() {
    subject(
            "stream.StreamMap",
            "a StreamMap",
            kit -> {
              StreamMap<String, Value> map = new StreamMap<>();
              map.add("odd", odd(kit));
              map.add("even", even(kit));
              return map;
            })
        .expectElements(
            Map.entry("odd", Value.of(1)),
            Map.entry("odd", Value.of(3)),
            Map.entry("odd", Value.of(5)),
            Map.entry("even", Value.of(2)),
            Map.entry("even", Value.of(4)))
        .inAnyOrder();
    subject(
            "stream.StreamMap",
            "a StreamMap that grows while it is waited for",
            kit -> {
              StreamMap<String, Value> map = new StreamMap<>();
              map.add("never", never(kit));
              kit.event("add", () -> map.add("new", AsyncIterators.of(Value.of(1))));
              return map;
            })
        .expectBeginning(Map.entry("new", Value.of(1)));
    subject(
            "core.FutureQueue",
            "a FutureQueue",
            kit -> {
              FutureQueue<Value> queue = new FutureQueue<>();
              queue.pushBack(kit.future("second", Value.of(2)));
              queue.pushBack(kit.future("third", Value.of(3)));
              queue.pushFront(kit.future("first", Value.of(1)));
              return queue;
            })
        .expectElements(Value.of(1), Value.of(2), Value.of(3))
        .discardsWhatItHolds();
    subject(
            "core.FutureQueue",
            "a FutureQueue of futures that are ready",
            kit -> {
              FutureQueue<Value> queue = new FutureQueue<>();
              values(4).forEach(value -> queue.pushBack(Futures.ready(value)));
              return queue;
            })
        .expectElements(Value.of(0), Value.of(1), Value.of(2), Value.of(3));
    subject(
            "core.FutureQueue",
            "a FutureQueue that grows while it is waited for",
            kit -> {
              FutureQueue<Value> queue = new FutureQueue<>();
              queue.pushBack(kit.pendingFuture("never"));
              kit.event("push", () -> queue.pushFront(kit.future("new", Value.of(1))));
              return queue;
            })
        .expectBeginning(Value.of(1));
  }
}
