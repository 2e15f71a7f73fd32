package dev.pollux.stream;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Future;
import dev.pollux.operator.BufferedIterator;
import dev.pollux.operator.BufferedIterator.Order;
import dev.pollux.operator.Counts;
import dev.pollux.operator.ItemFailures;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Works on several elements at a time within one task: {@link AsyncIterator#concurrent}.
 *
 * <pre>{@code
 * AsyncIterator<Page> pages = links.concurrent(8).map(link -> fetch(link));
 * }</pre>
 *
 * <p>What runs side by side has the task in common, and with it its thread and its budget; work
 * that shall use several threads is a matter of {@link Parallel}. Each future or inner iterator has
 * a waker of its own, and only those that were woken are polled.
 *
 * <p>A future that fails, an inner iterator that fails, and a function that throws are failures of
 * an <em>item</em>, for which there are three policies: {@link #failingFast()}, which is the
 * default, {@link #delayingFailures()}, and {@link #skippingFailures}. An {@code Error} fails the
 * stream under each of them.
 *
 * <p>A view is used once: the stream that it makes owns the iterator.
 *
 * @param <T> the type of the elements
 * @threading as the iterator that it was made of; wakers may be woken from any thread
 */
public final class Concurrent<T> {

  private final SingleUse<T> upstream;
  private final int limit;
  private final ItemFailures failures;

  private Concurrent(SingleUse<T> upstream, int limit, ItemFailures failures) {
    this.upstream = upstream;
    this.limit = limit;
    this.failures = failures;
  }

  /**
   * The view of {@code upstream}, which it owns from now on: what {@link AsyncIterator#concurrent}
   * calls.
   *
   * @param upstream where the elements come from
   * @param limit how many items are worked on at a time, at least 1
   * @param <T> the type of the elements
   * @return the view: to be used once
   * @throws IllegalArgumentException if {@code limit} is less than 1
   */
  public static <T> Concurrent<T> of(AsyncIterator<T> upstream, int limit) {
    return new Concurrent<>(
        new SingleUse<>("concurrent()", upstream),
        Counts.positive("limit", limit),
        ItemFailures.fail());
  }

  /** The failure of an item fails the stream, which cancels all others. The default. */
  public Concurrent<T> failingFast() {
    return new Concurrent<>(upstream, limit, ItemFailures.fail());
  }

  /**
   * An item that fails is left out, and the first failure is thrown when all others are through, in
   * place of the end. It carries up to 64 of those after it as suppressed exceptions; further ones
   * go to the uncaught-failure handler, as do all of a stream that is cancelled before its end. A
   * failure of the upstream is put off as well, until what is in flight is through. {@code
   * flatMapDelayError} of Reactor and RxJava.
   */
  public Concurrent<T> delayingFailures() {
    return new Concurrent<>(upstream, limit, ItemFailures.delay());
  }

  /**
   * An item that fails is left out, and {@code told} is told at once, whosever turn it is. A
   * failure of the upstream fails the stream. {@code onErrorContinue} of Reactor, for these
   * operators alone.
   *
   * @param told takes the failure of each item; what it throws fails the stream
   */
  public Concurrent<T> skippingFailures(Consumer<? super Exception> told) {
    return new Concurrent<>(upstream, limit, ItemFailures.skip(told));
  }

  /**
   * Runs the futures that {@code function} makes of the elements, up to the limit at a time, and
   * gives their outputs in the order of the elements. {@link AsyncIterator#buffered} is its short
   * form.
   *
   * <p>Holds at most {@code limit} outputs, in place of futures in flight: those that wait for an
   * earlier one. When it fails fast, what it gives does not depend on the limit: a failure is
   * thrown when its turn comes, and what would come after it is cancelled at once.
   *
   * <p>{@code flatMapSequential} of a {@code Mono} in Reactor, {@code concatMapEager} of RxJava,
   * {@code buffered} of Rust.
   *
   * @param function makes a future of an element; a null output is a failure of the item
   * @param <R> the output of the futures
   * @return the new iterator, which owns the one that this view was made of
   * @cancellation cancels the futures in flight, newest first, and {@linkplain
   *     dev.pollux.core.Discard discards} the outputs held; then cancels the upstream
   */
  public <R> AsyncIterator<R> map(Function<? super T, ? extends Future<? extends R>> function) {
    requireNonNull(function, "function");
    return make("buffered", Order.OF_ELEMENTS, false, (item, cx) -> function.apply(item));
  }

  /**
   * As {@link #map}, and gives the outputs in the order in which they come. Holds no element. When
   * it fails fast, a failure is thrown at once.
   *
   * <p>{@code flatMap} of a {@code Mono} in Reactor, {@code buffer_unordered} of Rust.
   *
   * @param function makes a future of an element; a null output is a failure of the item
   * @param <R> the output of the futures
   * @return the new iterator, which owns the one that this view was made of
   * @cancellation cancels the futures in flight, newest first, then the upstream; no output is
   *     held, so none is lost
   */
  public <R> AsyncIterator<R> mapUnordered(
      Function<? super T, ? extends Future<? extends R>> function) {
    requireNonNull(function, "function");
    return make(
        "concurrent.mapUnordered", Order.OF_COMPLETION, false, (item, cx) -> function.apply(item));
  }

  /**
   * Hands on, in order, the elements whose future completes with {@code true}; up to the limit are
   * asked about at a time. The others are dropped, not {@linkplain dev.pollux.core.Discard
   * discarded}: the future has decided on them.
   *
   * <p>Holds at most {@code limit} elements: those that are asked about, and those that wait for an
   * earlier one. An element whose future fails is discarded. {@code filterWhen} of Reactor, which
   * asks about one at a time.
   *
   * @param predicate makes a future of an element that says whether it is handed on
   * @return the new iterator, which owns the one that this view was made of
   * @cancellation cancels the futures in flight and discards the elements held, newest first; then
   *     cancels the upstream
   */
  public AsyncIterator<T> filter(Function<? super T, ? extends Future<Boolean>> predicate) {
    requireNonNull(predicate, "predicate");
    return make(
        "concurrent.filter",
        Order.OF_ELEMENTS,
        true,
        (item, cx) ->
            new FilterFuture<>(
                item,
                requireNonNull(
                    predicate.apply(item),
                    "concurrent.filter: the predicate answered null instead of a future")));
  }

  /**
   * Gives the elements of up to {@code limit} iterators that {@code function} makes of the
   * elements, as they come. Holds no element: one that nobody asks for stays where it is.
   *
   * <p>Those that have elements take turns, so that none that is always ready keeps the others
   * waiting: one element each where they are pulled, up to 32 where they are fed to a sink. The
   * next element of the upstream is asked for while less than {@code limit} are open, in turn with
   * them. {@code flatMap} of Reactor and RxJava, {@code flat_map_unordered} of Rust.
   *
   * @param function makes an iterator of an element
   * @param <R> the type of the new elements
   * @return the new iterator, which owns the one that this view was made of
   * @cancellation cancels the open iterators, newest first, then the upstream; nothing is lost
   */
  public <R> AsyncIterator<R> flatMap(
      Function<? super T, ? extends AsyncIterator<? extends R>> function) {
    requireNonNull(function, "function");
    return upstream.into(source -> new FlatMapUnordered<T, R>(source, limit, failures, function));
  }

  /**
   * Reads up to {@code limit} iterators that {@code function} makes of the elements ahead, and
   * gives their elements in the order of the elements that they were made of.
   *
   * <p>Holds at most {@code limit * held} elements: for each open iterator {@code held}, which wait
   * for those before it. Elements of the first pass straight through. When it fails fast, what it
   * gives does not depend on the limits: a failure is thrown when its turn comes, and what would
   * come after it is cancelled at once. {@code flatMapSequential} of Reactor, {@code
   * concatMapEager} of RxJava.
   *
   * @param held how many elements of one iterator are held at most, at least 1
   * @param function makes an iterator of an element
   * @param <R> the type of the new elements
   * @return the new iterator, which owns the one that this view was made of
   * @throws IllegalArgumentException if {@code held} is less than 1
   * @cancellation cancels the open iterators and {@linkplain dev.pollux.core.Discard discards} what
   *     is held, newest first; then cancels the upstream
   */
  public <R> AsyncIterator<R> flatMapOrdered(
      int held, Function<? super T, ? extends AsyncIterator<? extends R>> function) {
    int capacity = Counts.positive("held", held);
    requireNonNull(function, "function");
    return upstream.into(
        source -> new FlatMapOrdered<T, R>(source, limit, capacity, failures, function));
  }

  /**
   * Runs the futures that {@code action} makes of the elements, up to the limit at a time, for what
   * they do. Holds no element. {@code for_each_concurrent} of Rust.
   *
   * @param action makes a future of an element, whose output is dropped
   * @return a future of the end of all of them, which owns the iterator that this view was made of
   * @cancellation cancels the futures in flight, newest first, then the upstream
   */
  public Future<Void> forEach(Function<? super T, ? extends Future<?>> action) {
    requireNonNull(action, "action");
    AsyncIterator<Object> none =
        make("concurrent.forEach", Order.OF_COMPLETION, true, (item, cx) -> action.apply(item));
    return none.forEach(nothing -> {});
  }

  private <R> AsyncIterator<R> make(
      String kind, Order order, boolean nullIsNone, BufferedIterator.Start<T, R> start) {
    return upstream.into(
        source ->
            new BufferedIterator<T, R>(kind, source, limit, order, failures, nullIsNone, start));
  }
}
