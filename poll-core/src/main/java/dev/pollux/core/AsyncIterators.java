package dev.pollux.core;

import static java.util.Objects.requireNonNull;

import dev.pollux.operator.Counts;
import dev.pollux.operator.EmptyIterator;
import dev.pollux.spi.Unpolled;
import dev.pollux.stream.Backoff;
import dev.pollux.stream.Emitter;
import dev.pollux.stream.Overflow;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
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
 *
 * @threading any thread; what is made belongs to the task that polls it
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
   * An iterator that {@code make} makes at the first poll.
   *
   * <p>Holds no element. Source: {@code defer} of Reactor and RxJava, {@code lazy} of Rust's
   * streams.
   *
   * @param make makes the iterator; null is the failure of this, as is what it throws
   * @param <T> the type of the elements
   * @return the iterator
   * @cancellation cancels the iterator that was made
   */
  public static <T> AsyncIterator<T> defer(Supplier<? extends AsyncIterator<? extends T>> make) {
    return Unpolled.made(
        new SwitchIfEmptyIterator<T>("defer", empty(), requireNonNull(make, "make")));
  }

  /**
   * The elements of the first of {@code parts}, then those of the second, and so on: {@link
   * AsyncIterator#chain} of many. Each is polled when the one before has ended.
   *
   * <p>Holds no element. Source: {@code concat} of Reactor and RxJava.
   *
   * @param parts what follows one upon the other; copied; none is an iterator without elements
   * @param <T> the type of the elements
   * @return the iterator, which owns {@code parts}
   * @throws NullPointerException if one of them is null
   * @cancellation cancels every part, the last first; nothing is lost
   */
  @SuppressWarnings(
      "unchecked") // an iterator only gives elements, so it may stand for a wider type
  public static <T> AsyncIterator<T> concat(
      Collection<? extends AsyncIterator<? extends T>> parts) {
    List<AsyncIterator<? extends T>> all = new ArrayList<>(requireNonNull(parts, "parts"));
    for (int i = 0; i < all.size(); i++) {
      int index = i;
      requireNonNull(all.get(i), () -> "parts[" + index + "]");
    }
    if (all.isEmpty()) {
      return empty();
    }
    AsyncIterator<T> whole = (AsyncIterator<T>) all.get(0);
    for (AsyncIterator<? extends T> part : all.subList(1, all.size())) {
      whole = whole.chain(part);
    }
    return whole;
  }

  /**
   * An iterator that gives nothing and does not end. Nothing wakes it.
   *
   * <p>Source: {@code pending} of Rust's streams, {@code never} of Reactor and RxJava.
   *
   * @param <T> any type
   * @return the iterator
   * @cancellation nothing is lost
   */
  public static <T> AsyncIterator<T> pending() {
    return Unpolled.made(new NeverIterator<>());
  }

  /**
   * What {@code supplier} makes, again and again, without end. Each element takes a unit of budget.
   *
   * <p>Holds no element. Source: {@code repeat_with} of Rust's streams, {@code Stream.generate}.
   *
   * @param supplier makes an element when it is asked for; null is the failure of this, as is what
   *     it throws
   * @param <T> the type of the elements
   * @return the iterator
   * @cancellation nothing is lost
   */
  public static <T> AsyncIterator<T> generate(Supplier<? extends T> supplier) {
    return Unpolled.made(new GenerateIterator<T>(requireNonNull(supplier, "supplier")));
  }

  /**
   * The elements of an iterator that uses a resource. The resource is opened at the first poll, and
   * closed when that iterator has ended, has failed, or was cancelled: always once, and last.
   *
   * <pre>{@code
   * AsyncIterator<String> lines =
   *     AsyncIterators.using(() -> open(path), reader -> linesOf(reader), Reader::close);
   * }</pre>
   *
   * <p>What {@code close} throws is the failure of this at its end, a suppressed exception of the
   * failure if there is one, and goes to the uncaught-failure handler if this is cancelled. The
   * functions run inside polls or {@code cancel}, so they must not block. Holds no element. Source:
   * {@code using} of Reactor and RxJava.
   *
   * @param open opens the resource; null is a failure, as is what it throws, after which nothing is
   *     closed
   * @param use makes the iterator; if it throws, the resource is closed all the same
   * @param close closes the resource
   * @param <R> the resource
   * @param <T> the type of the elements
   * @return the iterator
   * @cancellation cancels the iterator that was made, then closes the resource; before the first
   *     poll nothing was opened
   */
  public static <R, T> AsyncIterator<T> using(
      Callable<? extends R> open,
      Function<? super R, ? extends AsyncIterator<? extends T>> use,
      Consumer<? super R> close) {
    return Unpolled.made(
        new UsingIterator<R, T>(
            requireNonNull(open, "open"),
            requireNonNull(use, "use"),
            requireNonNull(close, "close")));
  }

  /**
   * As {@link #using}, with futures that open and close the resource.
   *
   * <p>The close is awaited before the end is answered or the failure thrown. A cancel can't wait:
   * there the close goes on as a task of its own, {@linkplain dev.pollux.spi.Spawner#spawnShielded
   * shielded} and with the task locals of the first poll, on the spawner of the first poll. So that
   * this is certain, a context without a spawner is refused at the first poll, with a {@link
   * MissingServiceException} and before anything is opened. If the runtime has shut down by then
   * and takes no task, that is reported to the uncaught-failure handler, and the future of the
   * close is cancelled. Holds no element. Source: {@code usingWhen} of Reactor.
   *
   * @param open makes the future that opens the resource, whose output must not be null
   * @param use makes the iterator; if it throws, the resource is closed all the same
   * @param close makes the future that closes the resource, whose output is dropped. Its failure is
   *     that of this at the end, a suppressed exception of the failure if there is one, and goes to
   *     the uncaught-failure handler after a cancel
   * @param <R> the resource
   * @param <T> the type of the elements
   * @return the iterator
   * @cancellation cancels the open in flight, or the iterator that was made, and then closes the
   *     resource in a task; a failure that was waiting for the close goes to the uncaught-failure
   *     handler
   */
  public static <R, T> AsyncIterator<T> usingAsync(
      Supplier<? extends Future<? extends R>> open,
      Function<? super R, ? extends AsyncIterator<? extends T>> use,
      Function<? super R, ? extends Future<?>> close) {
    return Unpolled.made(
        new UsingAsyncIterator<R, T>(
            requireNonNull(open, "open"),
            requireNonNull(use, "use"),
            requireNonNull(close, "close")));
  }

  /**
   * The elements of the iterators that {@code make} makes, one after the other, without end: the
   * next is made when the one before has ended. Each takes a unit of budget.
   *
   * <p>Holds no element. Source: {@code repeat} of Reactor and RxJava.
   *
   * @param make makes the next iterator; null is the failure of this, as is what it throws
   * @param <T> the type of the elements
   * @return the iterator
   * @cancellation cancels the iterator that is read; nothing is lost
   */
  public static <T> AsyncIterator<T> repeat(Supplier<? extends AsyncIterator<? extends T>> make) {
    return Unpolled.made(
        new RepeatIterator<T>(RepeatIterator.FOREVER, requireNonNull(make, "make")));
  }

  /**
   * The elements of {@code rounds} iterators that {@code make} makes, one after the other; else as
   * {@link #repeat(Supplier)}.
   *
   * @param rounds how many, at least 0
   * @param make makes the next iterator; null is the failure of this, as is what it throws
   * @param <T> the type of the elements
   * @return the iterator
   * @throws IllegalArgumentException if {@code rounds} is negative
   * @cancellation cancels the iterator that is read; nothing is lost
   */
  public static <T> AsyncIterator<T> repeat(
      long rounds, Supplier<? extends AsyncIterator<? extends T>> make) {
    return Unpolled.made(
        new RepeatIterator<T>(Counts.notNegative("rounds", rounds), requireNonNull(make, "make")));
  }

  /**
   * The elements of the iterator that {@code make} makes and, if that fails with an {@code
   * Exception}, of another one, and so on, as {@code backoff} says. What was given before a failure
   * has been given, and comes again if the next iterator gives it.
   *
   * <pre>{@code
   * AsyncIterator<Event> events =
   *     AsyncIterators.retry(
   *         () -> subscribe(topic), Backoff.exponential(Duration.ofMillis(100), Duration.ofSeconds(10)));
   * }</pre>
   *
   * <p>Attempts are counted anew once an element has come. What {@code make} throws is a failure of
   * the attempt; that it gives null is final. The failure that is final is thrown unchanged. The
   * wait is that of the timer of the context, and each attempt after the first takes a unit of
   * budget. Holds no element. Source: {@code retryWhen} of Reactor and RxJava.
   *
   * @param make makes the iterator of an attempt
   * @param backoff says how often, how soon and after which failures there is another attempt
   * @param <T> the type of the elements
   * @return the iterator; a context without a timer is a {@link MissingServiceException} where
   *     there is something to wait for
   * @cancellation cancels the iterator that is read, or the wait; nothing is lost
   */
  public static <T> AsyncIterator<T> retry(
      Supplier<? extends AsyncIterator<? extends T>> make, Backoff backoff) {
    return Unpolled.made(
        new RetryIterator<T>(requireNonNull(make, "make"), requireNonNull(backoff, "backoff")));
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
