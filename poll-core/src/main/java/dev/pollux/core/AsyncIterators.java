package dev.pollux.core;

import static java.util.Objects.requireNonNull;

import dev.pollux.operator.EmptyIterator;
import dev.pollux.spi.Unpolled;
import dev.pollux.stream.Emitter;
import dev.pollux.stream.Overflow;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The sources of async iterators. What is done with their elements are methods of {@link
 * AsyncIterator}.
 *
 * <pre>{@code
 * Future<Integer> sum = AsyncIterators.range(0, 100).map(n -> n * n).fold(0, Integer::sum);
 * }</pre>
 *
 * <p>A source does nothing until it is polled, and takes one unit of {@linkplain
 * Context#tryProceed() budget} for each element.
 */
public final class AsyncIterators {

  private AsyncIterators() {}

  /**
   * An iterator of the given elements.
   *
   * <pre>{@code
   * AsyncIterator<String> greeting = AsyncIterators.of("hello", "world");
   * }</pre>
   *
   * @param elements the elements, which are copied
   * @param <T> the type of the elements
   * @return the iterator
   * @throws NullPointerException if an element is null
   */
  @SafeVarargs
  @SuppressWarnings("varargs") // the array is copied, and only read
  public static <T> AsyncIterator<T> of(T... elements) {
    return Unpolled.made(new ArrayIterator<>(requireNonNull(elements, "elements")));
  }

  /**
   * The numbers from {@code from} up to and without {@code to}; none if {@code from} is not less
   * than {@code to}.
   *
   * @param from the first number
   * @param to the number before which it ends
   * @return the iterator
   */
  public static AsyncIterator<Integer> range(int from, int to) {
    return Unpolled.made(new RangeIterator(from, to));
  }

  /**
   * The numbers from {@code from} up to and without {@code to}; none if {@code from} is not less
   * than {@code to}.
   *
   * @param from the first number
   * @param to the number before which it ends
   * @return the iterator
   */
  public static AsyncIterator<Long> rangeLong(long from, long to) {
    return Unpolled.made(new RangeLongIterator(from, to));
  }

  /**
   * The elements of {@code iterable}, which is asked for its iterator at the first poll.
   *
   * <p>The iterable's iterator runs inside polls, so it must not block.
   *
   * @param iterable where the elements come from; a null among them is the iterator's failure
   * @param <T> the type of the elements
   * @return the iterator
   * @cancellation what was not given yet is still the caller's and is not discarded
   */
  public static <T> AsyncIterator<T> fromIterable(Iterable<? extends T> iterable) {
    return Unpolled.made(new IterableIterator<>(requireNonNull(iterable, "iterable")));
  }

  /**
   * The elements of {@code stream}, which is closed at its end, at a failure and by cancel.
   *
   * <p>The stream's work is done inside polls, one element at a time, so it must not block.
   *
   * @param stream where the elements come from; a null among them is the iterator's failure
   * @param <T> the type of the elements
   * @return the iterator
   * @cancellation closes the stream, polled or not
   */
  public static <T> AsyncIterator<T> fromStream(Stream<? extends T> stream) {
    return Unpolled.made(new StreamIterator<>(requireNonNull(stream, "stream")));
  }

  /**
   * Unfolds a state into elements: each step gives an element and the state of the next step, or
   * nothing at the end.
   *
   * <pre>{@code
   * AsyncIterator<Integer> powers =
   *     AsyncIterators.unfold(1, n -> n > 1000 ? Optional.empty() : Optional.of(new Unfolded<>(n, 2 * n)));
   * }</pre>
   *
   * @param seed the first state
   * @param step makes an element and the next state of a state
   * @param <S> the type of the state
   * @param <T> the type of the elements
   * @return the iterator
   */
  public static <S, T> AsyncIterator<T> unfold(
      S seed, Function<? super S, Optional<Unfolded<T, S>>> step) {
    return Unpolled.made(
        new UnfoldIterator<>(requireNonNull(seed, "seed"), requireNonNull(step, "step")));
  }

  /**
   * As {@link #unfold}, each step being a future.
   *
   * @param seed the first state
   * @param step makes a future of an element and the next state; called when the element is asked
   *     for
   * @param <S> the type of the state
   * @param <T> the type of the elements
   * @return the iterator
   * @cancellation cancels the step in flight
   */
  public static <S, T> AsyncIterator<T> unfoldAsync(
      S seed, Function<? super S, ? extends Future<Optional<Unfolded<T, S>>>> step) {
    return Unpolled.made(
        new UnfoldAsyncIterator<>(requireNonNull(seed, "seed"), requireNonNull(step, "step")));
  }

  /**
   * An iterator that is polled by {@code poll}, which owns no child.
   *
   * <p>Beyond what the bare function does, it takes budget for each element and refuses to be
   * polled once it is over.
   *
   * <pre>{@code
   * AsyncIterator<String> lines = AsyncIterators.pollFn(cx -> queue.pollLine(cx));
   * }</pre>
   *
   * @param poll keeps the contract of {@link AsyncIterator#pollNext}
   * @param <T> the type of the elements
   * @return the iterator
   */
  public static <T> AsyncIterator<T> pollFn(PollNextFunction<T> poll) {
    return Unpolled.made(new PollFnIterator<>(requireNonNull(poll, "poll"), null, null));
  }

  /**
   * An iterator that is polled by {@code poll} and cancelled by {@code cancel}.
   *
   * @param poll keeps the contract of {@link AsyncIterator#pollNext}
   * @param cancel releases what {@code poll} owns; run once if the iterator is cancelled, polled or
   *     not, and not after the end or a failure
   * @param <T> the type of the elements
   * @return the iterator
   * @cancellation runs {@code cancel}; what it throws is reported to {@link Discard#uncaught}
   */
  public static <T> AsyncIterator<T> pollFn(PollNextFunction<T> poll, Runnable cancel) {
    return Unpolled.made(
        new PollFnIterator<>(requireNonNull(poll, "poll"), requireNonNull(cancel, "cancel"), null));
  }

  /**
   * An iterator that is polled by {@code poll}, cancelled by {@code cancel}, and described by
   * {@code describe}.
   *
   * @param poll keeps the contract of {@link AsyncIterator#pollNext}
   * @param cancel releases what {@code poll} owns, as in {@link #pollFn(PollNextFunction,
   *     Runnable)}
   * @param describe names the children, as {@link AsyncIterator#describe} does
   * @param <T> the type of the elements
   * @return the iterator
   * @cancellation runs {@code cancel}; what it throws is reported to {@link Discard#uncaught}
   */
  public static <T> AsyncIterator<T> pollFn(
      PollNextFunction<T> poll, Runnable cancel, Consumer<? super Description> describe) {
    return Unpolled.made(
        new PollFnIterator<>(
            requireNonNull(poll, "poll"),
            requireNonNull(cancel, "cancel"),
            requireNonNull(describe, "describe")));
  }

  /**
   * An iterator without elements.
   *
   * @param <T> the type of the elements
   * @return the iterator
   */
  public static <T> AsyncIterator<T> empty() {
    return new EmptyIterator<>();
  }

  /**
   * An iterator that fails at its first poll.
   *
   * @param failure what it throws, unchanged: an {@code Exception} or an {@code Error}
   * @param <T> the type of the elements
   * @return the iterator
   * @throws IllegalArgumentException if {@code failure} is neither
   */
  public static <T> AsyncIterator<T> failed(Throwable failure) {
    return new FailedIterator<>(requireNonNull(failure, "failure"));
  }

  /**
   * An iterator of one element, the output of {@code future}: {@link Future#toAsyncIterator} as a
   * source.
   *
   * @param future what is polled; a null output is the iterator's failure
   * @param <T> the type of the element
   * @return the iterator
   * @cancellation cancels the future
   */
  @SuppressWarnings("unchecked") // a future only gives its output, so it may stand for a wider type
  public static <T> AsyncIterator<T> fromFuture(Future<? extends T> future) {
    return Unpolled.made(new SingleElement<>((Future<T>) requireNonNull(future, "future")), future);
  }

  /**
   * An iterator whose elements come from outside, by an {@link Emitter}: for callbacks and
   * listeners.
   *
   * <pre>{@code
   * AsyncIterator<Key> keys =
   *     AsyncIterators.emitter(
   *         16,
   *         Overflow.DROP_NEWEST,
   *         emitter -> {
   *           Listener listener = keyboard.listen(emitter::emit);
   *           emitter.onCancel(listener::remove);
   *         });
   * }</pre>
   *
   * <p>Holds at most {@code capacity} elements; {@code overflow} says what becomes of one more.
   * Corresponds to {@code Flux.create}.
   *
   * @param capacity how many elements are held at most, at least 1
   * @param overflow what becomes of one more
   * @param start called once, at the first poll, by the polling thread, with what is written to;
   *     what it throws is the failure of the stream
   * @param <T> the type of the elements
   * @return the iterator
   * @throws IllegalArgumentException if {@code capacity} is less than 1
   * @cancellation {@linkplain Discard discards} what is held and runs what the emitter was given
   *     for {@link Emitter#onCancel}
   */
  public static <T> AsyncIterator<T> emitter(
      int capacity, Overflow overflow, Consumer<? super Emitter<T>> start) {
    return Emitter.started(capacity, overflow, start);
  }
}
