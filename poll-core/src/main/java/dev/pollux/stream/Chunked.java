package dev.pollux.stream;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.AsyncIterator;
import dev.pollux.operator.Counts;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Gives elements together, in lists: {@link AsyncIterator#chunked}.
 *
 * <pre>{@code
 * AsyncIterator<List<Row>> batches = rows.chunked().ofSizeOrTime(500, Duration.ofMillis(20));
 * }</pre>
 *
 * <p>A list is never empty and can't be changed. What is left at the end is given as a last,
 * shorter one. When the upstream fails, the elements that are held are {@linkplain
 * dev.pollux.core.Discard discarded} and the failure is thrown, as in Reactor and RxJava.
 *
 * <p>A view is used once: the stream that it makes owns the iterator.
 *
 * @param <T> the type of the elements
 * @threading as the iterator that it was made of
 */
public final class Chunked<T> {

  private final SingleUse<T> upstream;

  private Chunked(AsyncIterator<T> upstream) {
    this.upstream = new SingleUse<>("chunked()", upstream);
  }

  /**
   * The view of {@code upstream}, which it owns from now on: what {@link AsyncIterator#chunked()}
   * calls.
   *
   * @param upstream where the elements come from
   * @param <T> the type of the elements
   * @return the view: to be used once
   */
  public static <T> Chunked<T> of(AsyncIterator<T> upstream) {
    return new Chunked<>(upstream);
  }

  /**
   * Lists of {@code size} elements. Holds at most {@code size} elements. {@code buffer(n)} of
   * Reactor and RxJava, {@code chunks} of Rust.
   *
   * @param size how many elements are given together, at least 1
   * @return the new iterator, which owns the one that this view was made of
   * @throws IllegalArgumentException if {@code size} is less than 1
   * @cancellation discards the elements held, then cancels the upstream
   */
  public AsyncIterator<List<T>> ofSize(int size) {
    int length = Counts.positive("size", size);
    return upstream.into(source -> new ChunksOfSize<>(source, length, false));
  }

  /**
   * Lists of those elements that are there at once, up to {@code limit}: a list is given when the
   * upstream has no more for now. Holds at most {@code limit} elements, and none while it waits.
   * {@code ready_chunks} of Rust.
   *
   * @param limit how many elements are given together at most, at least 1
   * @return the new iterator, which owns the one that this view was made of
   * @throws IllegalArgumentException if {@code limit} is less than 1
   * @cancellation nothing is held between polls, so nothing is lost; cancels the upstream
   */
  public AsyncIterator<List<T>> ready(int limit) {
    int atMost = Counts.positive("limit", limit);
    return upstream.into(source -> new ChunksOfSize<>(source, atMost, true));
  }

  /**
   * Lists by a schedule: every {@code period} from the first poll on, those that came since. Where
   * none came there is no list; one that is not asked for in time is left out, and what came
   * belongs to the next. A list that reaches {@code limit} elements is given at once. Holds at most
   * {@code limit} elements.
   *
   * <p>Elements that are there are taken in before the time is looked at. {@code buffer(Duration)}
   * of Reactor, which has no limit.
   *
   * @param period the time from list to list
   * @param limit how many elements are given together at most, at least 1
   * @return the new iterator, which owns the one that this view was made of
   * @throws IllegalArgumentException if {@code period} is not more than zero, or {@code limit} less
   *     than 1
   * @cancellation discards the elements held, then cancels the upstream
   */
  public AsyncIterator<List<T>> ofTime(Duration period, int limit) {
    long nanos = Deadline.positiveNanos("period", period);
    int atMost = Counts.positive("limit", limit);
    return upstream.into(source -> new TimedChunks<>(source, atMost, nanos, false));
  }

  /**
   * Lists of {@code size} elements, or fewer if {@code patience} has passed since the first of them
   * was taken in. Holds at most {@code size} elements.
   *
   * <p>Elements that are there are taken in before the time is looked at. {@code bufferTimeout} of
   * Reactor, {@code chunks_timeout} of tokio-stream.
   *
   * @param size how many elements are given together at most, at least 1
   * @param patience how long the first element of a list waits for the others
   * @return the new iterator, which owns the one that this view was made of
   * @throws IllegalArgumentException if {@code size} is less than 1, or {@code patience} not more
   *     than zero
   * @cancellation discards the elements held, then cancels the upstream
   */
  public AsyncIterator<List<T>> ofSizeOrTime(int size, Duration patience) {
    int length = Counts.positive("size", size);
    long nanos = Deadline.positiveNanos("patience", patience);
    return upstream.into(source -> new TimedChunks<>(source, length, nanos, true));
  }

  /**
   * Lists of {@code size} elements, each of which begins {@code step} elements after the one
   * before: they overlap if {@code step} is less than {@code size}, and elements are left out if it
   * is more; those are {@linkplain dev.pollux.core.Discard discarded}. Holds at most {@code size}
   * elements.
   *
   * <p>A last, shorter list is given if it has an element that no list has had. So {@code 1..6} by
   * 3 and 2 is {@code [1, 2, 3], [3, 4, 5], [5, 6]}, as Scala's {@code sliding}; {@code buffer(3,
   * 2)} of Reactor and RxJava would give the same, but ends 1..5 with {@code [5]}.
   *
   * @param size how many elements are given together, at least 1
   * @param step from the beginning of one list to that of the next, at least 1
   * @return the new iterator, which owns the one that this view was made of
   * @throws IllegalArgumentException if {@code size} or {@code step} is less than 1
   * @cancellation discards the elements held that no list has had, then cancels the upstream
   */
  public AsyncIterator<List<T>> sliding(int size, int step) {
    int length = Counts.positive("size", size);
    int distance = Counts.positive("step", step);
    return upstream.into(source -> new SlidingChunks<>(source, length, distance));
  }

  /**
   * Lists of elements that follow one another and have the same key. A list that reaches {@code
   * limit} elements is given at once; what follows with the same key is the next. Holds at most
   * {@code limit} elements. {@code bufferUntilChanged} of Reactor, which has no limit.
   *
   * @param key makes the key of an element, which is compared by {@code equals}; never null
   * @param limit how many elements are given together at most, at least 1
   * @return the new iterator, which owns the one that this view was made of
   * @throws IllegalArgumentException if {@code limit} is less than 1
   * @cancellation discards the elements held, then cancels the upstream
   */
  public AsyncIterator<List<T>> whileSame(Function<? super T, ?> key, int limit) {
    requireNonNull(key, "key");
    int atMost = Counts.positive("limit", limit);
    return upstream.into(source -> new ChunksWhileSame<>(source, key, atMost));
  }

  /**
   * Lists of elements up to and with one that {@code last} holds for. A list that reaches {@code
   * limit} elements is given at once. Holds at most {@code limit} elements. {@code bufferUntil} of
   * Reactor, which has no limit.
   *
   * @param last says whether an element is the last of its list
   * @param limit how many elements are given together at most, at least 1
   * @return the new iterator, which owns the one that this view was made of
   * @throws IllegalArgumentException if {@code limit} is less than 1
   * @cancellation discards the elements held, then cancels the upstream
   */
  public AsyncIterator<List<T>> until(Predicate<? super T> last, int limit) {
    requireNonNull(last, "last");
    int atMost = Counts.positive("limit", limit);
    return upstream.into(source -> new ChunksUntil<>(source, last, atMost));
  }
}
