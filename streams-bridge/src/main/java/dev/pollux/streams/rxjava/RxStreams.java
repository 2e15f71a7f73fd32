package dev.pollux.streams.rxjava;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.AsyncIterators;
import dev.pollux.core.Future;
import dev.pollux.spi.Spawner;
import dev.pollux.spi.Unpolled;
import dev.pollux.streams.DemandMode;
import dev.pollux.streams.Streams;
import dev.pollux.streams.bridge.IteratorPublisher;
import dev.pollux.streams.bridge.OneShotPublisher;
import dev.pollux.streams.bridge.OutputIterator;
import dev.pollux.streams.bridge.PublisherIterator;
import io.reactivex.rxjava3.core.BackpressureStrategy;
import io.reactivex.rxjava3.core.Completable;
import io.reactivex.rxjava3.core.Flowable;
import io.reactivex.rxjava3.core.Maybe;
import io.reactivex.rxjava3.core.Observable;
import io.reactivex.rxjava3.core.Single;
import io.reactivex.rxjava3.plugins.RxJavaPlugins;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The bridges to RxJava: async iterators to and from {@code Flowable} and {@code Observable},
 * futures to and from {@code Single}, {@code Maybe} and {@code Completable}. They do what {@link
 * Streams} says of publishers in general, and what RxJava expects:
 *
 * <ul>
 *   <li>Failures that nobody can receive any more go to {@link RxJavaPlugins#onError}, as an {@code
 *       UndeliverableException} where that is RxJava's rule. An {@code Error} of the virtual
 *       machine goes to the runtime's handler. Elements that are dropped are {@linkplain
 *       dev.pollux.core.Discard discarded}.
 *   <li>Hooks on assembly and on subscription see what is made here.
 * </ul>
 *
 * <pre>{@code
 * Flowable<String> out = RxStreams.toFlowable(() -> lines(path), runtime);
 * AsyncIterator<String> in = RxStreams.fromFlowable(out, 256);
 * }</pre>
 */
public final class RxStreams {

  private RxStreams() {}

  // ---- out

  /**
   * A cold flowable: each subscription gets a source of its own, made and polled by a task of its
   * own. Runs one element ahead: {@link DemandMode#ONE_AHEAD}.
   *
   * @param source makes an iterator for each subscription; called in the task, at its first turn
   * @param spawner where the tasks run
   * @param <T> the type of the elements
   * @return the flowable, which any number may subscribe to, from any thread
   */
  public static <T> Flowable<T> toFlowable(
      Supplier<? extends AsyncIterator<T>> source, Spawner spawner) {
    return toFlowable(source, spawner, DemandMode.ONE_AHEAD);
  }

  /**
   * A cold flowable: each subscription gets a source of its own, made and polled by a task of its
   * own.
   *
   * @param source makes an iterator for each subscription; called in the task, at its first turn
   * @param spawner where the tasks run
   * @param mode how far a subscription may run ahead of demand
   * @param <T> the type of the elements
   * @return the flowable, which any number may subscribe to, from any thread
   */
  public static <T> Flowable<T> toFlowable(
      Supplier<? extends AsyncIterator<T>> source, Spawner spawner, DemandMode mode) {
    return IteratorFlowable.of(new IteratorPublisher<T>(source, spawner, mode));
  }

  /**
   * A flowable of one iterator. The first subscriber gets its elements; every other one gets an
   * {@code IllegalStateException} by {@code onError}. Runs one element ahead: {@link
   * DemandMode#ONE_AHEAD}.
   *
   * @param source the iterator; it belongs to the flowable from here on
   * @param spawner where the task of the subscription runs
   * @param <T> the type of the elements
   * @return the flowable, which may be subscribed to from any thread
   */
  public static <T> Flowable<T> toOneShotFlowable(AsyncIterator<T> source, Spawner spawner) {
    return toOneShotFlowable(source, spawner, DemandMode.ONE_AHEAD);
  }

  /**
   * A flowable of one iterator. The first subscriber gets its elements; every other one gets an
   * {@code IllegalStateException} by {@code onError}.
   *
   * @param source the iterator; it belongs to the flowable from here on
   * @param spawner where the task of the subscription runs
   * @param mode how far the subscription may run ahead of demand
   * @param <T> the type of the elements
   * @return the flowable, which may be subscribed to from any thread
   */
  public static <T> Flowable<T> toOneShotFlowable(
      AsyncIterator<T> source, Spawner spawner, DemandMode mode) {
    return IteratorFlowable.of(new OneShotPublisher<>(source, spawner, mode));
  }

  /**
   * A cold observable: as {@link #toFlowable(Supplier, Spawner)}, for subscribers without back
   * pressure. The task gives way to others when its budget is used up, and knows no other bound.
   *
   * @param source makes an iterator for each subscription; called in the task, at its first turn
   * @param spawner where the tasks run
   * @param <T> the type of the elements
   * @return the observable, which any number may subscribe to, from any thread
   */
  public static <T> Observable<T> toObservable(
      Supplier<? extends AsyncIterator<T>> source, Spawner spawner) {
    return toFlowable(source, spawner).toObservable();
  }

  /**
   * A cold single: each subscription gets a future of its own, made and polled by a task of its
   * own. Disposing of it cancels the future. An output of null is a {@code NullPointerException}.
   *
   * @param future makes a future for each subscription; called in the task, at its first turn
   * @param spawner where the tasks run
   * @param <T> the output of the future
   * @return the single, which any number may subscribe to, from any thread
   */
  public static <T> Single<T> toSingle(
      Supplier<? extends Future<? extends T>> future, Spawner spawner) {
    requireNonNull(future, "future");
    return RxStreams.<T>toFlowable(() -> AsyncIterators.fromFuture(made(future)), spawner)
        .singleOrError();
  }

  private static <T> Future<? extends T> made(Supplier<? extends Future<? extends T>> future) {
    Future<? extends T> made = future.get();
    if (made == null) {
      throw new NullPointerException("the supplier of the future returned null");
    }
    return made;
  }

  /**
   * A cold maybe: each subscription gets a future of its own, made and polled by a task of its own.
   * Disposing of it cancels the future. An output of null is an empty maybe.
   *
   * @param future makes a future for each subscription; called in the task, at its first turn
   * @param spawner where the tasks run
   * @param <T> the output of the future
   * @return the maybe, which any number may subscribe to, from any thread
   */
  public static <T> Maybe<T> toMaybe(
      Supplier<? extends Future<? extends @Nullable T>> future, Spawner spawner) {
    return RxStreams.<T>toFlowable(OutputIterator.each(future), spawner).singleElement();
  }

  /**
   * A cold completable: each subscription gets a future of its own, made and polled by a task of
   * its own. Disposing of it cancels the future.
   *
   * @param future makes a future for each subscription; called in the task, at its first turn
   * @param spawner where the tasks run
   * @return the completable, which any number may subscribe to, from any thread
   */
  public static Completable toCompletable(
      Supplier<? extends Future<@Nullable Void>> future, Spawner spawner) {
    return RxStreams.<Void>toFlowable(OutputIterator.each(future), spawner).ignoreElements();
  }

  // ---- in

  /**
   * The elements of a flowable, which is subscribed to at the first poll.
   *
   * @param flowable where the elements come from; subscribed to once
   * @param capacity how many elements may be requested and not yet taken, from 1 to 2^30
   * @param <T> the type of the elements
   * @return the iterator
   * @throws IllegalArgumentException if {@code capacity} is out of its range
   * @cancellation cancels the subscription, also one that arrives later; elements received and not
   *     taken are discarded
   */
  public static <T> AsyncIterator<T> fromFlowable(Flowable<? extends T> flowable, int capacity) {
    return Unpolled.made(iterator(requireNonNull(flowable, "flowable"), capacity));
  }

  /**
   * The elements of an observable, which is subscribed to at the first poll.
   *
   * <p>An observable can't be asked to wait. {@code strategy} says what becomes of an element for
   * which there is no room, that is, while {@code capacity} elements are received and not taken:
   *
   * <ul>
   *   <li>{@code DROP} drops it, {@code LATEST} keeps it in place of the one kept before; what they
   *       drop RxJava leaves to the garbage collector.
   *   <li>{@code ERROR} fails the iterator with a {@code MissingBackpressureException} and {@code
   *       MISSING} with an {@code IllegalStateException}, after the elements received before.
   *   <li>{@code BUFFER} keeps it, <em>without a bound</em>.
   * </ul>
   *
   * @param observable where the elements come from; subscribed to once
   * @param strategy what becomes of elements for which there is no room
   * @param capacity for how many elements there is room, from 1 to 2^30
   * @param <T> the type of the elements
   * @return the iterator
   * @throws IllegalArgumentException if {@code capacity} is out of its range
   * @cancellation disposes of the subscription; the elements in the room are discarded, those that
   *     {@code BUFFER} or {@code LATEST} keeps beside it RxJava leaves to the garbage collector
   */
  public static <T> AsyncIterator<T> fromObservable(
      Observable<? extends T> observable, BackpressureStrategy strategy, int capacity) {
    requireNonNull(observable, "observable");
    requireNonNull(strategy, "strategy");
    return fromFlowable(observable.toFlowable(strategy), capacity);
  }

  /**
   * The output of a single, which is subscribed to at the first poll.
   *
   * @param single where the output comes from; subscribed to once
   * @param <T> the type of the output
   * @return the future
   * @cancellation disposes of the subscription
   */
  public static <T> Future<T> fromSingle(Single<? extends T> single) {
    requireNonNull(single, "single");
    return RxStreams.<T>iterator(single.toFlowable(), 1).last().map(Optional::orElseThrow);
  }

  /**
   * The output of a maybe, which is subscribed to at the first poll.
   *
   * @param maybe where the output comes from; subscribed to once
   * @param <T> the type of the output
   * @return a future of the output, or of nothing if the maybe is empty
   * @cancellation disposes of the subscription
   */
  public static <T> Future<Optional<T>> fromMaybe(Maybe<? extends T> maybe) {
    requireNonNull(maybe, "maybe");
    return RxStreams.<T>iterator(maybe.toFlowable(), 1).last();
  }

  /**
   * The completion of a completable, which is subscribed to at the first poll.
   *
   * @param completable what is waited for; subscribed to once
   * @return a future that ends when it has completed, and fails if it fails
   * @cancellation disposes of the subscription
   */
  public static Future<Void> fromCompletable(Completable completable) {
    requireNonNull(completable, "completable");
    return iterator(completable.<Object>toFlowable(), 1).drain();
  }

  private static <T> AsyncIterator<T> iterator(Flowable<? extends T> flowable, int capacity) {
    return new PublisherIterator<T>(
        flowable, capacity, PublisherIterator.refillAt(capacity), FlowableRing::of);
  }
}
