package dev.pollux.streams;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Future;
import dev.pollux.spi.Spawner;
import dev.pollux.spi.Unpolled;
import dev.pollux.stream.Shared;
import dev.pollux.streams.bridge.IteratorPublisher;
import dev.pollux.streams.bridge.LeadingElement;
import dev.pollux.streams.bridge.OneShotPublisher;
import dev.pollux.streams.bridge.OutputIterator;
import dev.pollux.streams.bridge.PublisherIterator;
import dev.pollux.sync.Broadcast;
import dev.pollux.sync.Watch;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.FlowAdapters;
import org.reactivestreams.Processor;
import org.reactivestreams.Publisher;

/**
 * The bridges: async iterators to and from publishers, futures to and from completion stages.
 *
 * <p>On the way out each subscription is one task on a {@link Spawner}, such as a runtime; on the
 * way in whoever polls the iterator is the subscriber.
 *
 * <pre>{@code
 * Publisher<String> out = Streams.toPublisher(() -> lines(path), runtime);
 * AsyncIterator<String> in = Streams.fromPublisher(out, 256);
 * }</pre>
 *
 * <h2>Publishers of iterators</h2>
 *
 * A subscription asks its source for at most as many elements as were requested, plus one in mode
 * {@link DemandMode#ONE_AHEAD}, and gives way to other tasks when the budget of its turn is used
 * up. Signals come from the task, one at a time. How it ends:
 *
 * <ul>
 *   <li>The subscriber cancels: the source is cancelled by the task, soon after; an element held is
 *       discarded.
 *   <li>The subscriber requests less than 1: the source is cancelled, and the subscriber gets an
 *       {@code IllegalArgumentException}.
 *   <li>The subscriber throws: it counts as cancelled, and what it threw goes to the {@linkplain
 *       dev.pollux.core.Discard#uncaught handler}.
 *   <li>The source has a null element: it is cancelled, and the subscriber gets a {@code
 *       NullPointerException}.
 *   <li>The runtime shuts down: the subscriber gets a {@link
 *       dev.pollux.core.RuntimeShutdownException}; so does who subscribes afterwards.
 * </ul>
 *
 * <h2>Iterators of publishers</h2>
 *
 * The publisher is subscribed to at the first poll, on the polling thread. At most {@code capacity}
 * elements are requested and not yet taken at any time; three quarters of it are requested again
 * when they have been taken. Cancelling the iterator cancels the subscription and discards what was
 * received and not taken, also what arrives later. A publisher that breaks the rules (elements
 * beyond demand, null, elements or completion before {@code onSubscribe}) is cancelled, and the
 * iterator fails with an exception that names the rule, after it has given out what came before.
 * Signals after the end and second subscriptions are dropped and reported. A throw of {@code
 * subscribe} fails the iterator as it is.
 */
public final class Streams {

  private static final int COMPLETION_BATCH = 256;

  private Streams() {}

  // ---- iterators to publishers

  /**
   * A cold publisher: each subscription gets a source of its own, made and polled by a task of its
   * own. Runs one element ahead: {@link DemandMode#ONE_AHEAD}.
   *
   * @param source makes an iterator for each subscription; called in the task, at its first turn
   * @param spawner where the tasks run
   * @param <T> the type of the elements
   * @return the publisher, which any number may subscribe to, from any thread
   */
  public static <T> Publisher<T> toPublisher(
      Supplier<? extends AsyncIterator<T>> source, Spawner spawner) {
    return toPublisher(source, spawner, DemandMode.ONE_AHEAD);
  }

  /**
   * A cold publisher: each subscription gets a source of its own, made and polled by a task of its
   * own.
   *
   * @param source makes an iterator for each subscription; called in the task, at its first turn
   * @param spawner where the tasks run
   * @param mode how far a subscription may run ahead of demand
   * @param <T> the type of the elements
   * @return the publisher, which any number may subscribe to, from any thread
   */
  public static <T> Publisher<T> toPublisher(
      Supplier<? extends AsyncIterator<T>> source, Spawner spawner, DemandMode mode) {
    return new IteratorPublisher<>(source, spawner, mode);
  }

  /**
   * A publisher of one iterator. The first subscriber gets its elements; every other one gets an
   * {@code IllegalStateException} by {@code onError}. Runs one element ahead: {@link
   * DemandMode#ONE_AHEAD}.
   *
   * @param source the iterator; it belongs to the publisher from here on
   * @param spawner where the task of the subscription runs
   * @param <T> the type of the elements
   * @return the publisher, which may be subscribed to from any thread
   */
  public static <T> Publisher<T> toOneShotPublisher(AsyncIterator<T> source, Spawner spawner) {
    return toOneShotPublisher(source, spawner, DemandMode.ONE_AHEAD);
  }

  /**
   * A publisher of one iterator. The first subscriber gets its elements; every other one gets an
   * {@code IllegalStateException} by {@code onError}.
   *
   * @param source the iterator; it belongs to the publisher from here on
   * @param spawner where the task of the subscription runs
   * @param mode how far the subscription may run ahead of demand
   * @param <T> the type of the elements
   * @return the publisher, which may be subscribed to from any thread
   */
  public static <T> Publisher<T> toOneShotPublisher(
      AsyncIterator<T> source, Spawner spawner, DemandMode mode) {
    return new OneShotPublisher<>(source, spawner, mode);
  }

  /**
   * As {@link #toPublisher(Supplier, Spawner)}, for {@code java.util.concurrent.Flow}.
   *
   * @param source makes an iterator for each subscription; called in the task, at its first turn
   * @param spawner where the tasks run
   * @param <T> the type of the elements
   * @return the publisher, which any number may subscribe to, from any thread
   */
  public static <T> Flow.Publisher<T> toFlowPublisher(
      Supplier<? extends AsyncIterator<T>> source, Spawner spawner) {
    return FlowAdapters.toFlowPublisher(toPublisher(source, spawner));
  }

  /**
   * As {@link #toPublisher(Supplier, Spawner, DemandMode)}, for {@code java.util.concurrent.Flow}.
   *
   * @param source makes an iterator for each subscription; called in the task, at its first turn
   * @param spawner where the tasks run
   * @param mode how far a subscription may run ahead of demand
   * @param <T> the type of the elements
   * @return the publisher, which any number may subscribe to, from any thread
   */
  public static <T> Flow.Publisher<T> toFlowPublisher(
      Supplier<? extends AsyncIterator<T>> source, Spawner spawner, DemandMode mode) {
    return FlowAdapters.toFlowPublisher(toPublisher(source, spawner, mode));
  }

  /**
   * As {@link #toOneShotPublisher(AsyncIterator, Spawner)}, for {@code java.util.concurrent.Flow}.
   *
   * @param source the iterator; it belongs to the publisher from here on
   * @param spawner where the task of the subscription runs
   * @param <T> the type of the elements
   * @return the publisher, which may be subscribed to from any thread
   */
  public static <T> Flow.Publisher<T> toOneShotFlowPublisher(
      AsyncIterator<T> source, Spawner spawner) {
    return FlowAdapters.toFlowPublisher(toOneShotPublisher(source, spawner));
  }

  /**
   * As {@link #toOneShotPublisher(AsyncIterator, Spawner, DemandMode)}, for {@code
   * java.util.concurrent.Flow}.
   *
   * @param source the iterator; it belongs to the publisher from here on
   * @param spawner where the task of the subscription runs
   * @param mode how far the subscription may run ahead of demand
   * @param <T> the type of the elements
   * @return the publisher, which may be subscribed to from any thread
   */
  public static <T> Flow.Publisher<T> toOneShotFlowPublisher(
      AsyncIterator<T> source, Spawner spawner, DemandMode mode) {
    return FlowAdapters.toFlowPublisher(toOneShotPublisher(source, spawner, mode));
  }

  // ---- publishers to iterators

  /**
   * The elements of a publisher, which is subscribed to at the first poll.
   *
   * @param publisher where the elements come from; subscribed to once
   * @param capacity how many elements may be requested and not yet taken, from 1 to 2^30. The ring
   *     takes the next power of two of slots; no more than {@code capacity} are ever filled
   * @param <T> the type of the elements
   * @return the iterator
   * @throws IllegalArgumentException if {@code capacity} is out of its range
   * @cancellation cancels the subscription, also one that arrives later; elements received and not
   *     taken are discarded
   */
  public static <T> AsyncIterator<T> fromPublisher(Publisher<? extends T> publisher, int capacity) {
    return Unpolled.made(new PublisherIterator<>(publisher, capacity));
  }

  /**
   * As {@link #fromPublisher(Publisher, int)}, with the batch of later requests of your choice: 1
   * asks for each element as it is taken, {@code capacity} only when all have been taken.
   *
   * @param publisher where the elements come from; subscribed to once
   * @param capacity how many elements may be requested and not yet taken, from 1 to 2^30
   * @param refillAt how many elements are taken before as many are requested again, from 1 to
   *     {@code capacity}
   * @param <T> the type of the elements
   * @return the iterator
   * @throws IllegalArgumentException if {@code capacity} or {@code refillAt} is out of its range
   * @cancellation as {@link #fromPublisher(Publisher, int)}
   */
  public static <T> AsyncIterator<T> fromPublisher(
      Publisher<? extends T> publisher, int capacity, int refillAt) {
    return Unpolled.made(new PublisherIterator<>(publisher, capacity, refillAt));
  }

  /**
   * As {@link #fromPublisher(Publisher, int)}, for {@code java.util.concurrent.Flow}. A publisher
   * made by {@code toFlowPublisher} is unwrapped.
   *
   * @param publisher where the elements come from; subscribed to once
   * @param capacity how many elements may be requested and not yet taken, from 1 to 2^30
   * @param <T> the type of the elements
   * @return the iterator
   * @throws IllegalArgumentException if {@code capacity} is out of its range
   * @cancellation as {@link #fromPublisher(Publisher, int)}
   */
  public static <T> AsyncIterator<T> fromFlowPublisher(
      Flow.Publisher<? extends T> publisher, int capacity) {
    requireNonNull(publisher, "publisher");
    return fromPublisher(FlowAdapters.toPublisher(publisher), capacity);
  }

  /**
   * As {@link #fromPublisher(Publisher, int, int)}, for {@code java.util.concurrent.Flow}. A
   * publisher made by {@code toFlowPublisher} is unwrapped.
   *
   * @param publisher where the elements come from; subscribed to once
   * @param capacity how many elements may be requested and not yet taken, from 1 to 2^30
   * @param refillAt how many elements are taken before as many are requested again, from 1 to
   *     {@code capacity}
   * @param <T> the type of the elements
   * @return the iterator
   * @throws IllegalArgumentException if {@code capacity} or {@code refillAt} is out of its range
   * @cancellation as {@link #fromPublisher(Publisher, int)}
   */
  public static <T> AsyncIterator<T> fromFlowPublisher(
      Flow.Publisher<? extends T> publisher, int capacity, int refillAt) {
    requireNonNull(publisher, "publisher");
    return fromPublisher(FlowAdapters.toPublisher(publisher), capacity, refillAt);
  }

  // ---- futures to publishers, and publishers to futures

  /**
   * A cold publisher of at most one element: each subscription runs a future of its own, from the
   * start on and whether or not something is requested. A null output is an empty stream.
   *
   * @param future makes a future for each subscription; called in the task, at its first turn
   * @param spawner where the tasks run
   * @param <T> the type of the element
   * @return the publisher, which any number may subscribe to, from any thread; a cancel of the
   *     subscription cancels the future
   */
  public static <T> Publisher<T> futurePublisher(
      Supplier<? extends Future<? extends @Nullable T>> future, Spawner spawner) {
    return toPublisher(OutputIterator.each(future), spawner);
  }

  /**
   * As {@link #futurePublisher}, for {@code java.util.concurrent.Flow}.
   *
   * @param future makes a future for each subscription; called in the task, at its first turn
   * @param spawner where the tasks run
   * @param <T> the type of the element
   * @return the publisher, which any number may subscribe to, from any thread
   */
  public static <T> Flow.Publisher<T> futureFlowPublisher(
      Supplier<? extends Future<? extends @Nullable T>> future, Spawner spawner) {
    return FlowAdapters.toFlowPublisher(futurePublisher(future, spawner));
  }

  /**
   * The first element of a publisher, or empty if it completes without one. It is subscribed to at
   * the first poll; one element is requested, and the subscription cancelled when it has come.
   *
   * @param publisher where the element comes from; subscribed to once
   * @param <T> the type of the elements
   * @return the future, which fails as the publisher does
   * @cancellation cancels the subscription, also one that arrives later
   */
  public static <T> Future<Optional<T>> firstOf(Publisher<? extends T> publisher) {
    return Unpolled.made(new LeadingElement<>(publisher, false));
  }

  /**
   * As {@link #firstOf}, for {@code java.util.concurrent.Flow}.
   *
   * @param publisher where the element comes from; subscribed to once
   * @param <T> the type of the elements
   * @return the future, which fails as the publisher does
   * @cancellation as {@link #firstOf}
   */
  public static <T> Future<Optional<T>> firstOfFlow(Flow.Publisher<? extends T> publisher) {
    requireNonNull(publisher, "publisher");
    return firstOf(FlowAdapters.toPublisher(publisher));
  }

  /**
   * The only element of a publisher, which is subscribed to at the first poll. Two elements are
   * requested, since it must be known that there is no second one.
   *
   * @param publisher where the element comes from; subscribed to once
   * @param <T> the type of the elements
   * @return the future. It fails as the publisher does; with a {@code NoSuchElementException} if
   *     that completes without an element; and with an {@code IllegalStateException} if a second
   *     one comes: then both are discarded and the subscription is cancelled
   * @cancellation cancels the subscription, also one that arrives later; an element that has come
   *     is discarded
   */
  public static <T> Future<T> singleOf(Publisher<? extends T> publisher) {
    return new LeadingElement<T>(publisher, true)
        .map(
            found ->
                found.orElseThrow(() -> new NoSuchElementException("the publisher was empty")));
  }

  /**
   * As {@link #singleOf}, for {@code java.util.concurrent.Flow}.
   *
   * @param publisher where the element comes from; subscribed to once
   * @param <T> the type of the elements
   * @return the future
   * @cancellation as {@link #singleOf}
   */
  public static <T> Future<T> singleOfFlow(Flow.Publisher<? extends T> publisher) {
    requireNonNull(publisher, "publisher");
    return singleOf(FlowAdapters.toPublisher(publisher));
  }

  /**
   * The completion of a publisher, which is subscribed to at the first poll. All elements are
   * requested, 256 at a time, and dropped.
   *
   * @param publisher what is awaited; subscribed to once
   * @return the future, which fails as the publisher does
   * @cancellation cancels the subscription, also one that arrives later
   */
  public static Future<Void> completionOf(Publisher<?> publisher) {
    return fromPublisher(publisher, COMPLETION_BATCH).drain();
  }

  /**
   * As {@link #completionOf}, for {@code java.util.concurrent.Flow}.
   *
   * @param publisher what is awaited; subscribed to once
   * @return the future, which fails as the publisher does
   * @cancellation as {@link #completionOf}
   */
  public static Future<Void> completionOfFlow(Flow.Publisher<?> publisher) {
    requireNonNull(publisher, "publisher");
    return completionOf(FlowAdapters.toPublisher(publisher));
  }

  // ---- processors

  /**
   * A processor that runs one element ahead of demand: {@link DemandMode#ONE_AHEAD}.
   *
   * @param operators what happens to the elements; called once, here
   * @param capacity how many elements may be requested of the upstream and not yet taken, from 1 to
   *     2^30
   * @param spawner where the task runs, once there is a subscriber
   * @param <T> what comes in
   * @param <R> what goes out
   * @return the processor, as {@link #processor(Function, int, Spawner, DemandMode)} has it
   * @throws IllegalArgumentException if {@code capacity} is out of its range
   */
  public static <T, R> Processor<T, R> processor(
      Function<? super AsyncIterator<T>, ? extends AsyncIterator<R>> operators,
      int capacity,
      Spawner spawner) {
    return processor(operators, capacity, spawner, DemandMode.ONE_AHEAD);
  }

  /**
   * A processor: what is signalled to it goes through {@code operators} to its subscriber.
   *
   * <p>It may be subscribed to the upstream before it has a subscriber or after that; nothing is
   * requested before. It has one subscriber: every other one gets an {@code IllegalStateException}
   * (for several, publish {@link #sharedPublisher a shared stream}). When the subscriber cancels,
   * or the operators end early, the upstream is cancelled; a failure of the upstream goes through
   * the operators, and theirs to the subscriber.
   *
   * <p>In mode {@link DemandMode#EXACT} the end and a failure of the upstream come with the next
   * request, and not at once, as the TCK asks of processors; in mode {@link DemandMode#ONE_AHEAD}
   * they need none.
   *
   * @param operators what happens to the elements; called once, here
   * @param capacity how many elements may be requested of the upstream and not yet taken, from 1 to
   *     2^30
   * @param spawner where the task runs, once there is a subscriber
   * @param mode how far the subscription may run ahead of demand, behind the operators
   * @param <T> what comes in
   * @param <R> what goes out
   * @return the processor
   * @throws IllegalArgumentException if {@code capacity} is out of its range
   */
  public static <T, R> Processor<T, R> processor(
      Function<? super AsyncIterator<T>, ? extends AsyncIterator<R>> operators,
      int capacity,
      Spawner spawner,
      DemandMode mode) {
    return new IteratorProcessor<>(operators, capacity, spawner, mode);
  }

  /**
   * As {@link #processor(Function, int, Spawner)}, for {@code java.util.concurrent.Flow}.
   *
   * @param operators what happens to the elements; called once, here
   * @param capacity how many elements may be requested of the upstream and not yet taken, from 1 to
   *     2^30
   * @param spawner where the task runs, once there is a subscriber
   * @param <T> what comes in
   * @param <R> what goes out
   * @return the processor
   * @throws IllegalArgumentException if {@code capacity} is out of its range
   */
  public static <T, R> Flow.Processor<T, R> flowProcessor(
      Function<? super AsyncIterator<T>, ? extends AsyncIterator<R>> operators,
      int capacity,
      Spawner spawner) {
    return flowProcessor(operators, capacity, spawner, DemandMode.ONE_AHEAD);
  }

  /**
   * As {@link #processor(Function, int, Spawner, DemandMode)}, for {@code
   * java.util.concurrent.Flow}.
   *
   * @param operators what happens to the elements; called once, here
   * @param capacity how many elements may be requested of the upstream and not yet taken, from 1 to
   *     2^30
   * @param spawner where the task runs, once there is a subscriber
   * @param mode how far the subscription may run ahead of demand, behind the operators
   * @param <T> what comes in
   * @param <R> what goes out
   * @return the processor
   * @throws IllegalArgumentException if {@code capacity} is out of its range
   */
  public static <T, R> Flow.Processor<T, R> flowProcessor(
      Function<? super AsyncIterator<T>, ? extends AsyncIterator<R>> operators,
      int capacity,
      Spawner spawner,
      DemandMode mode) {
    return FlowAdapters.toFlowProcessor(processor(operators, capacity, spawner, mode));
  }

  // ---- hot publishers: what happens anyway

  /**
   * A hot publisher of a broadcast channel. A subscriber gets what is sent after {@code
   * subscribe()} was called. One that lags behind by more than the channel keeps gets a {@link
   * dev.pollux.sync.LaggedException}; nobody waits for it. When the senders are closed the
   * subscribers complete.
   *
   * @param channel what is published
   * @param spawner where the tasks of the subscriptions run
   * @param <T> the type of the values
   * @return the publisher, which any number may subscribe to, from any thread
   */
  public static <T> Publisher<T> broadcastPublisher(Broadcast<T> channel, Spawner spawner) {
    requireNonNull(channel, "channel");
    return new HotPublisher<>(
        channel.toString(), () -> channel.subscribe().failing(), spawner, DemandMode.ONE_AHEAD);
  }

  /**
   * As {@link #broadcastPublisher}, for {@code java.util.concurrent.Flow}.
   *
   * @param channel what is published
   * @param spawner where the tasks of the subscriptions run
   * @param <T> the type of the values
   * @return the publisher, which any number may subscribe to, from any thread
   */
  public static <T> Flow.Publisher<T> broadcastFlowPublisher(
      Broadcast<T> channel, Spawner spawner) {
    return FlowAdapters.toFlowPublisher(broadcastPublisher(channel, spawner));
  }

  /**
   * As {@link #broadcastPublisher}, but a subscriber that lags behind goes on with the oldest value
   * that the channel still keeps, without those that it has missed.
   *
   * @param channel what is published
   * @param spawner where the tasks of the subscriptions run
   * @param <T> the type of the values
   * @return the publisher, which any number may subscribe to, from any thread
   */
  public static <T> Publisher<T> lossyBroadcastPublisher(Broadcast<T> channel, Spawner spawner) {
    requireNonNull(channel, "channel");
    return new HotPublisher<>(
        channel.toString(), () -> channel.subscribe().lossy(), spawner, DemandMode.ONE_AHEAD);
  }

  /**
   * As {@link #lossyBroadcastPublisher}, for {@code java.util.concurrent.Flow}.
   *
   * @param channel what is published
   * @param spawner where the tasks of the subscriptions run
   * @param <T> the type of the values
   * @return the publisher, which any number may subscribe to, from any thread
   */
  public static <T> Flow.Publisher<T> lossyBroadcastFlowPublisher(
      Broadcast<T> channel, Spawner spawner) {
    return FlowAdapters.toFlowPublisher(lossyBroadcastPublisher(channel, spawner));
  }

  /**
   * A hot publisher of a value that changes: each subscriber gets the present value, and then the
   * latest one whenever it has requested and there is another. Values that come faster than they
   * are requested are left out. A value is looked up when it is requested, so none that is held is
   * stale ({@link DemandMode#EXACT}); the subscribers complete when the sender is closed, those
   * without open demand at their next request.
   *
   * @param value what is published
   * @param spawner where the tasks of the subscriptions run
   * @param <T> the type of the value
   * @return the publisher, which any number may subscribe to, from any thread
   */
  public static <T> Publisher<T> watchPublisher(Watch<T> value, Spawner spawner) {
    requireNonNull(value, "value");
    return new HotPublisher<>(
        value.toString(), () -> value.sender().subscribe().changes(), spawner, DemandMode.EXACT);
  }

  /**
   * As {@link #watchPublisher}, for {@code java.util.concurrent.Flow}.
   *
   * @param value what is published
   * @param spawner where the tasks of the subscriptions run
   * @param <T> the type of the value
   * @return the publisher, which any number may subscribe to, from any thread
   */
  public static <T> Flow.Publisher<T> watchFlowPublisher(Watch<T> value, Spawner spawner) {
    return FlowAdapters.toFlowPublisher(watchPublisher(value, spawner));
  }

  /**
   * A hot publisher of a shared stream: a subscriber takes part from {@code subscribe()} on, under
   * the rules that the stream is shared by.
   *
   * @param stream what is published
   * @param spawner where the tasks of the subscriptions run
   * @param <T> the type of the elements
   * @return the publisher, which any number may subscribe to, from any thread. Who subscribes after
   *     the stream was closed gets the failure by {@code onError}
   */
  public static <T> Publisher<T> sharedPublisher(Shared<T> stream, Spawner spawner) {
    requireNonNull(stream, "stream");
    return new HotPublisher<>(stream.toString(), stream::subscribe, spawner, DemandMode.ONE_AHEAD);
  }

  /**
   * As {@link #sharedPublisher}, for {@code java.util.concurrent.Flow}.
   *
   * @param stream what is published
   * @param spawner where the tasks of the subscriptions run
   * @param <T> the type of the elements
   * @return the publisher, which any number may subscribe to, from any thread
   */
  public static <T> Flow.Publisher<T> sharedFlowPublisher(Shared<T> stream, Spawner spawner) {
    return FlowAdapters.toFlowPublisher(sharedPublisher(stream, spawner));
  }

  // ---- futures and completion stages

  /**
   * Spawns a task that runs {@code future}, and completes a stage with its output or failure.
   *
   * <p>What depends on the stage runs on the task's thread. If the stage is completed by somebody
   * else (its {@code toCompletableFuture()} is cancelled, or times out) the task is asked to stop;
   * an output that was ready by then is discarded. If the runtime is or was shut down, the stage
   * fails with {@link dev.pollux.core.RuntimeShutdownException}.
   *
   * @param future what the task runs; it belongs to the task from here on
   * @param spawner where the task runs
   * @param <T> the output of the future
   * @return the stage, a {@code CompletableFuture}
   */
  public static <T extends @Nullable Object> CompletionStage<T> toCompletionStage(
      Future<T> future, Spawner spawner) {
    return TaskStage.spawn(requireNonNull(future, "future"), requireNonNull(spawner, "spawner"));
  }

  /**
   * A future of the output of {@code stage}, which is observed from the first poll on. It fails
   * with the failure of the stage, without the {@code CompletionException} that dependent stages
   * wrap it in.
   *
   * @param stage what completes the future
   * @param <T> the output of the stage
   * @return the future
   * @cancellation cancels the stage's {@code toCompletableFuture()}, which stops what made the
   *     stage if that listens. An output that the stage has by then is left to it, and not
   *     discarded
   */
  public static <T extends @Nullable Object> Future<T> fromCompletionStage(
      CompletionStage<T> stage) {
    return Unpolled.made(new StageFuture<>(stage));
  }
}
