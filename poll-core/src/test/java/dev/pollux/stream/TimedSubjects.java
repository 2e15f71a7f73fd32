package dev.pollux.stream;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.IteratorSubjects;
import dev.pollux.core.Value;
import dev.pollux.testing.ConformanceKit;
import dev.pollux.testing.Law;
import dev.pollux.time.Time;
import java.time.Duration;
import java.util.concurrent.TimeoutException;

/** The operators of {@link Timed}. */
public final class TimedSubjects extends IteratorSubjects {

  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration MILLI = Duration.ofMillis(1);

  private static final String NOT_POLLED =
      "the rest of its source knows no handler before its first poll";

  /** Lists them. */
  public TimedSubjects() {
    dropping();
    delaying();
    ending();
    looking();
  }

  private static AsyncIterator<Long> ticks() {
    return Time.interval(SECOND);
  }

  /** An element, and then none for ever. */
  private static AsyncIterator<Value> oneAndThenNone(ConformanceKit kit) {
    return kit.iterator("source", Value.of(1))
        .chain(kit.<Value>pendingFuture("the rest").toAsyncIterator());
  }

  private void dropping() {
    for (boolean sampling : new boolean[] {false, true}) {
      String name = sampling ? "timed.sample" : "timed.debounce";
      subject(
              "stream.DebounceIterator",
              name,
              kit ->
                  sampling
                      ? source(kit).timed().sample(SECOND)
                      : source(kit).timed().debounce(SECOND))
          .expectElements(Value.of(3))
          .discardsWhatItHolds();
      subject(
              "stream.DebounceIterator",
              name + " of ticks that are further apart",
              kit -> sampling ? ticks().timed().sample(MILLI) : ticks().timed().debounce(MILLI))
          .expectBeginning(0L, 1L, 2L);
      subject(
              "stream.DebounceIterator",
              name + ", where the time comes",
              kit ->
                  sampling
                      ? oneAndThenNone(kit).timed().sample(SECOND)
                      : oneAndThenNone(kit).timed().debounce(SECOND))
          .expectBeginning(Value.of(1))
          .without(Law.THROWING_CANCEL, NOT_POLLED)
          .discardsWhatItHolds();
    }
    subject(
            "stream.ThrottleFirstIterator",
            "timed.throttleFirst",
            kit -> source(kit).timed().throttleFirst(SECOND))
        .expectElements(Value.of(1))
        .discardsWhatItHolds();
    subject(
            "stream.ThrottleFirstIterator",
            "timed.throttleFirst of ticks",
            kit -> ticks().timed().throttleFirst(Duration.ofMillis(1_500)))
        .expectBeginning(0L, 2L, 4L);
    subject(
            "stream.ThrottleFirstIterator",
            "timed.skipFor",
            kit -> source(kit).timed().skipFor(SECOND))
        .expectElements()
        .discardsWhatItHolds();
    subject(
            "stream.ThrottleFirstIterator",
            "timed.skipFor no time",
            kit -> source(kit).timed().skipFor(Duration.ZERO))
        .expectElements(Value.of(1), Value.of(2), Value.of(3))
        .discardsWhatItHolds();
    subject(
            "stream.ThrottleFirstIterator",
            "timed.skipFor of ticks",
            kit -> ticks().timed().skipFor(Duration.ofMillis(1_500)))
        .expectBeginning(2L, 3L);
  }

  private void delaying() {
    subject("stream.SpacedIterator", "timed.spaced", kit -> source(kit).timed().spaced(SECOND))
        .expectElements(Value.of(1), Value.of(2), Value.of(3))
        .discardsWhatItHolds();
    for (int limit : new int[] {1, 2, 9}) {
      for (Duration delay : new Duration[] {Duration.ZERO, SECOND}) {
        subject(
                "stream.DelayElementsIterator",
                "timed.delayElements by " + delay + ", up to " + limit,
                kit -> source(kit).timed().delayElements(delay, limit))
            .expectElements(Value.of(1), Value.of(2), Value.of(3))
            .discardsWhatItHolds();
      }
    }
    for (Duration delay : new Duration[] {Duration.ZERO, SECOND}) {
      subject(
              "stream.DelayStartIterator",
              "timed.delayStart by " + delay,
              kit -> source(kit).timed().delayStart(delay))
          .expectElements(Value.of(1), Value.of(2), Value.of(3))
          .discardsWhatItHolds();
    }
  }

  private void ending() {
    subject(
            "stream.TimeoutEachIterator",
            "timed.timeoutEach",
            kit -> source(kit).timed().timeoutEach(SECOND))
        .expectElements(Value.of(1), Value.of(2), Value.of(3))
        .discardsWhatItHolds();
    subject(
            "stream.TimeoutEachIterator",
            "timed.timeoutEach that fails",
            kit -> oneAndThenNone(kit).timed().timeoutEach(SECOND))
        .expectFailure(TimeoutException.class, Value.of(1))
        .without(Law.THROWING_CANCEL, NOT_POLLED);
    subject("stream.TakeForIterator", "timed.timeout", kit -> source(kit).timed().timeout(SECOND))
        .expectElements(Value.of(1), Value.of(2), Value.of(3))
        .discardsWhatItHolds();
    subject(
            "stream.TakeForIterator",
            "timed.timeout that fails",
            kit -> ticks().timed().timeout(Duration.ofMillis(1_500)))
        .expectFailure(TimeoutException.class, 0L, 1L);
    subject("stream.TakeForIterator", "timed.takeFor", kit -> source(kit).timed().takeFor(SECOND))
        .expectElements(Value.of(1), Value.of(2), Value.of(3))
        .discardsWhatItHolds();
    subject(
            "stream.TakeForIterator",
            "timed.takeFor that ends",
            kit -> ticks().timed().takeFor(Duration.ofMillis(1_500)))
        .expectElements(0L, 1L);
    subject(
            "stream.TakeForIterator",
            "timed.takeFor no time",
            kit -> source(kit).timed().takeFor(Duration.ZERO))
        .expectElements();
  }

  private void looking() {
    subject("stream.ClockedIterator$OfStamps", "timed.stamped", kit -> ticks().timed().stamped())
        .expectBeginning(
            new Stamped<>(0, 0L),
            new Stamped<>(1_000_000_000, 1L),
            new Stamped<>(2_000_000_000, 2L));
    subject("stream.ClockedIterator$OfGaps", "timed.gaps", kit -> ticks().timed().gaps())
        .expectBeginning(new Gap<>(0, 0L), new Gap<>(1_000_000_000, 1L));
    subject(
            "stream.ClockedIterator$OfGaps",
            "timed.gaps of what ends",
            kit -> source(kit).timed().gaps())
        .expectElements(
            new Gap<>(0, Value.of(1)), new Gap<>(0, Value.of(2)), new Gap<>(0, Value.of(3)));
  }
}
