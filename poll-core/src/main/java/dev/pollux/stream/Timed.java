package dev.pollux.stream;

import dev.pollux.core.AsyncIterator;
import dev.pollux.operator.Counts;
import java.time.Duration;

/**
 * What makes of one stream another by time: {@link AsyncIterator#timed}.
 *
 * <pre>{@code
 * AsyncIterator<Query> queries = keys.map(Query::new).timed().debounce(Duration.ofMillis(300));
 * }</pre>
 *
 * <p>The time is that of the timer of the context that the stream is polled with, and begins with
 * the first poll. Nothing happens between polls: an element counts as having come when it is taken
 * in, and a stream that nobody polls takes nothing in. Deadlines are looked at outside the budget,
 * so an upstream that is always busy does not hold off the time.
 *
 * <p>A view is used once: the stream that it makes owns the iterator. Where a duration may not be
 * what it is, an {@link IllegalArgumentException} names it; one that is longer than 292 years never
 * comes to its end.
 *
 * @param <T> the type of the elements
 * @threading as the iterator that it was made of
 */
public final class Timed<T> {

  private final SingleUse<T> upstream;

  private Timed(AsyncIterator<T> upstream) {
    this.upstream = new SingleUse<>("timed()", upstream);
  }

  /**
   * The view of {@code upstream}, which it owns from now on: what {@link AsyncIterator#timed()}
   * calls.
   *
   * @param upstream where the elements come from
   * @param <T> the type of the elements
   * @return the view: to be used once
   */
  public static <T> Timed<T> of(AsyncIterator<T> upstream) {
    return new Timed<>(upstream);
  }

  /**
   * Gives an element once {@code quiet} has passed without another; one that is followed earlier is
   * {@linkplain dev.pollux.core.Discard discarded}. The last is given at the end, at once. Holds at
   * most one element.
   *
   * <p>The time is looked at first: an element that is due is given though another is there. {@code
   * debounce} of RxJava, {@code sampleTimeout} of Reactor.
   *
   * @param quiet how long nothing must follow; more than zero
   * @return the new iterator, which owns the one that this view was made of
   * @throws IllegalArgumentException if {@code quiet} is not more than zero
   * @cancellation discards the element held, then cancels the upstream
   */
  public AsyncIterator<T> debounce(Duration quiet) {
    long nanos = Deadline.positiveNanos("quiet", quiet);
    return upstream.into(source -> new DebounceIterator<>(source, nanos, false));
  }

  /**
   * Gives every {@code period} the latest element that has come since; nothing where none came. The
   * others are {@linkplain dev.pollux.core.Discard discarded}. The last is given at the end, at
   * once. Holds at most one element.
   *
   * <p>The time is looked at first: an element that is due is given though another is there. {@code
   * sample} of Reactor, and of RxJava with {@code emitLast}.
   *
   * @param period from one time to the next; more than zero
   * @return the new iterator, which owns the one that this view was made of
   * @throws IllegalArgumentException if {@code period} is not more than zero
   * @cancellation discards the element held, then cancels the upstream
   */
  public AsyncIterator<T> sample(Duration period) {
    long nanos = Deadline.positiveNanos("period", period);
    return upstream.into(source -> new DebounceIterator<>(source, nanos, true));
  }

  /**
   * Hands an element on, and then none for {@code pause}: those that come within it are {@linkplain
   * dev.pollux.core.Discard discarded}. Holds no element. {@code throttleFirst} of RxJava, {@code
   * sampleFirst} of Reactor.
   *
   * @param pause the time after an element; more than zero
   * @return the new iterator, which owns the one that this view was made of
   * @throws IllegalArgumentException if {@code pause} is not more than zero
   * @cancellation cancels the upstream; nothing is lost
   */
  public AsyncIterator<T> throttleFirst(Duration pause) {
    long nanos = Deadline.positiveNanos("pause", pause);
    return upstream.into(source -> new ThrottleFirstIterator<>(source, nanos, false));
  }

  /**
   * Gives elements at least {@code distance} apart: the upstream is not asked for the next before.
   * Nothing is dropped, and nothing is held. {@code throttle} of tokio-stream; {@code
   * delayElements} of Reactor delays the first as well.
   *
   * @param distance from one element to the next; more than zero
   * @return the new iterator, which owns the one that this view was made of
   * @throws IllegalArgumentException if {@code distance} is not more than zero
   * @cancellation cancels the upstream; nothing is lost
   */
  public AsyncIterator<T> spaced(Duration distance) {
    long nanos = Deadline.positiveNanos("distance", distance);
    return upstream.into(source -> new SpacedIterator<>(source, nanos));
  }

  /**
   * Gives each element {@code delay} after it was taken in, up to {@code limit} of which are on
   * their way. Holds at most {@code limit} elements. A failure is thrown after them; neither it nor
   * the end is delayed itself. {@code delay} of RxJava, which has no limit; {@code delaySequence}
   * of Reactor.
   *
   * @param delay how much later; not negative
   * @param limit how many elements are held at most, at least 1
   * @return the new iterator, which owns the one that this view was made of
   * @throws IllegalArgumentException if {@code delay} is negative, or {@code limit} less than 1
   * @cancellation discards the elements held, newest first, then cancels the upstream
   */
  public AsyncIterator<T> delayElements(Duration delay, int limit) {
    long nanos = Deadline.notNegativeNanos("delay", delay);
    int atMost = Counts.positive("limit", limit);
    return upstream.into(source -> new DelayElementsIterator<>(source, nanos, atMost));
  }

  /**
   * Polls the upstream for the first time {@code delay} after it was polled itself. Holds no
   * element. {@code delaySubscription} of Reactor and RxJava.
   *
   * @param delay how much later; not negative
   * @return the new iterator, which owns the one that this view was made of
   * @throws IllegalArgumentException if {@code delay} is negative
   * @cancellation cancels the upstream; nothing is lost
   */
  public AsyncIterator<T> delayStart(Duration delay) {
    long nanos = Deadline.notNegativeNanos("delay", delay);
    return upstream.into(source -> new DelayStartIterator<>(source, nanos));
  }

  /**
   * Fails with {@link java.util.concurrent.TimeoutException} if an element is waited for longer
   * than {@code limit}: {@link #timeoutEach(Duration, Duration)} with one limit for all.
   *
   * @param limit how long each may take; more than zero
   * @return the new iterator, which owns the one that this view was made of
   * @throws IllegalArgumentException if {@code limit} is not more than zero
   * @cancellation cancels the upstream; nothing is lost
   */
  public AsyncIterator<T> timeoutEach(Duration limit) {
    long nanos = Deadline.positiveNanos("limit", limit);
    return upstream.into(source -> new TimeoutEachIterator<>(source, nanos, nanos));
  }

  /**
   * Fails with {@link java.util.concurrent.TimeoutException} if the first element is waited for
   * longer than {@code first}, or another one longer than {@code each}. So is the end. Holds no
   * element.
   *
   * <p>The time is counted from the first poll that has to wait for the element, so what the
   * consumer does in between does not count. An element that is there in the poll that finds the
   * time over wins. {@code timeout} of Reactor, RxJava and tokio-stream.
   *
   * @param first how long the first may take; more than zero
   * @param each how long each other one may take; more than zero
   * @return the new iterator, which owns the one that this view was made of
   * @throws IllegalArgumentException if {@code first} or {@code each} is not more than zero
   * @cancellation cancels the upstream; nothing is lost
   */
  public AsyncIterator<T> timeoutEach(Duration first, Duration each) {
    long firstNanos = Deadline.positiveNanos("first", first);
    long eachNanos = Deadline.positiveNanos("each", each);
    return upstream.into(source -> new TimeoutEachIterator<>(source, firstNanos, eachNanos));
  }

  /**
   * Fails with {@link java.util.concurrent.TimeoutException} if the stream has not ended {@code
   * limit} after its first poll. Holds no element.
   *
   * <p>The time is looked at first, once in each turn: what is there when it is over, an element or
   * the end, loses.
   *
   * @param limit how long all may take; more than zero
   * @return the new iterator, which owns the one that this view was made of
   * @throws IllegalArgumentException if {@code limit} is not more than zero
   * @cancellation cancels the upstream; nothing is lost
   */
  public AsyncIterator<T> timeout(Duration limit) {
    long nanos = Deadline.positiveNanos("limit", limit);
    return upstream.into(source -> new TakeForIterator<>(source, nanos, true));
  }

  /**
   * Hands on what comes within {@code time} from its first poll on, and ends then: the upstream is
   * cancelled. Holds no element.
   *
   * <p>The time is looked at first, once in each turn: an element that is there when it is over is
   * not taken. {@code take(Duration)} of Reactor and RxJava.
   *
   * @param time how long; zero ends at once
   * @return the new iterator, which owns the one that this view was made of
   * @throws IllegalArgumentException if {@code time} is negative
   * @cancellation cancels the upstream; nothing is lost
   */
  public AsyncIterator<T> takeFor(Duration time) {
    long nanos = Deadline.notNegativeNanos("time", time);
    return upstream.into(source -> new TakeForIterator<>(source, nanos, false));
  }

  /**
   * {@linkplain dev.pollux.core.Discard Discards} what comes within {@code time} from its first
   * poll on, and hands on the rest. Holds no element. {@code skip(Duration)} of Reactor and RxJava.
   *
   * @param time how long; zero lets everything through
   * @return the new iterator, which owns the one that this view was made of
   * @throws IllegalArgumentException if {@code time} is negative
   * @cancellation cancels the upstream; nothing is lost
   */
  public AsyncIterator<T> skipFor(Duration time) {
    long nanos = Deadline.notNegativeNanos("time", time);
    return upstream.into(source -> new ThrottleFirstIterator<>(source, nanos, true));
  }

  /**
   * Hands on each element with the time at which it was taken in. Holds no element. {@code
   * timestamp} of Reactor and RxJava, by the clock of the timer and not that of the wall.
   *
   * @return the new iterator, which owns the one that this view was made of
   * @cancellation cancels the upstream; nothing is lost
   */
  public AsyncIterator<Stamped<T>> stamped() {
    return upstream.into(source -> new ClockedIterator.OfStamps<>(source));
  }

  /**
   * Hands on each element with the time since the one before it was taken in. Holds no element.
   * {@code elapsed} of Reactor, {@code timeInterval} of RxJava.
   *
   * @return the new iterator, which owns the one that this view was made of
   * @cancellation cancels the upstream; nothing is lost
   */
  public AsyncIterator<Gap<T>> gaps() {
    return upstream.into(source -> new ClockedIterator.OfGaps<>(source));
  }
}
