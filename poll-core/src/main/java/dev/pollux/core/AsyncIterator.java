package dev.pollux.core;

import static java.util.Objects.requireNonNull;

import dev.pollux.operator.Counts;
import dev.pollux.operator.SinkContract;
import dev.pollux.spi.BlockOn;
import dev.pollux.spi.Unpolled;
import dev.pollux.stream.Group;
import dev.pollux.stream.Grouping;
import dev.pollux.stream.Partition;
import dev.pollux.stream.Sharing;
import dev.pollux.stream.Windowed;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collector;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * A future of many values: a stream that is pulled.
 *
 * <p>It has two ways of being read, which may be mixed between calls: {@link #pollNext} answers one
 * element, {@link #pollEach} feeds a {@link Sink} until the sink has enough, nothing is there, or
 * the iterator ends. The second is faster, for it makes no answer object per element and lets the
 * compiler see a whole pipeline as one loop.
 *
 * <p>The contract of {@link Future} holds here as well; {@code End} is the end, as a throw is. An
 * element is never null. The <em>source</em> of a pipeline takes one unit of {@linkplain
 * Context#tryProceed() budget} for each element that it produces, so that a filter that lets
 * nothing through still gives way to others.
 *
 * <p>Source: {@code std::async_iter::AsyncIterator} of Rust and {@code StreamExt} of its futures
 * library.
 *
 * @param <T> the type of the elements
 * @threading owned by one task (or one thread that polls by hand) from its first poll to its end
 */
public interface AsyncIterator<T> {

  /**
   * Answers the next element, the end, or {@code Pending} after the waker was stored.
   *
   * @param cx the waker to store, the budget, and the services; valid during this call only
   * @throws PollAfterEndException if the iterator is over
   * @throws Exception the failure of the stream, with which it is over
   */
  Next<T> pollNext(Context cx) throws Exception;

  /**
   * Feeds {@code sink} with elements until it wants no more, none is there, or the iterator ends.
   *
   * <ol>
   *   <li>An offered element is always taken; {@code false} means no more after this one. The
   *       caller passes a sink that can take at least one.
   *   <li>{@link Turn#PENDING} has registered the waker. {@link Turn#STOPPED} has registered
   *       nothing, and the caller must call again. {@link Turn#ENDED} is final.
   *   <li>Every exception out of this method comes from the stream itself: a sink never throws.
   *       What was offered before has been delivered.
   *   <li>From inside {@code sink.accept} nothing calls {@code pollNext}, {@code pollEach} or
   *       {@code cancel} of this iterator.
   * </ol>
   *
   * @param cx the waker to store, the budget, and the services; valid during this call only
   * @param sink takes the elements
   * @return how the turn ended
   * @throws PollAfterEndException if the iterator is over
   * @throws Exception the failure of the stream, with which it is over
   */
  default Turn pollEach(Context cx, Sink<? super T> sink) throws Exception {
    while (true) {
      Next<T> next = pollNext(cx);
      if (next instanceof Item<T> item) {
        T value = item.value();
        try {
          if (!sink.accept(value)) {
            return Turn.STOPPED;
          }
        } catch (Throwable violation) {
          throw SinkContract.violated(this, cx, violation);
        }
      } else {
        return next.isEnd() ? Turn.ENDED : Turn.PENDING;
      }
    }
  }

  /**
   * Stops the stream. Called by the exclusive owner, never during {@code pollNext}, {@code
   * pollEach} or a sink's {@code accept}; otherwise as {@link Future#cancel()}. Elements held are
   * discarded.
   */
  default void cancel() {}

  /**
   * Whether the iterator can say without being polled that no element will come. True only if the
   * next {@code pollNext} answers {@code End}; false means "unknown".
   */
  default boolean knownEnded() {
    return false;
  }

  /**
   * Says for a dump what this iterator is, what it waits for, and which children it has; as {@link
   * Future#describe}.
   *
   * @param description takes the answers; named after the class if this method gives no name
   */
  default void describe(Description description) {}

  /**
   * Hands on what {@code function} makes of each element.
   *
   * <pre>{@code
   * AsyncIterator<Integer> lengths = lines.map(String::length);
   * }</pre>
   *
   * @param function makes an element; null is a failure of the stream, as is what it throws
   * @param <R> the type of the new elements
   * @return the new iterator, which owns this one
   * @cancellation cancels this iterator; nothing is lost
   */
  default <R> AsyncIterator<R> map(Function<? super T, ? extends R> function) {
    return Unpolled.made(new MapIterator<>(this, requireNonNull(function, "function")), this);
  }

  /**
   * Hands on the elements that {@code predicate} holds for. The others are dropped, not {@linkplain
   * Discard discarded}: the predicate has decided on them.
   *
   * @param predicate says which elements are handed on
   * @return the new iterator, which owns this one
   * @cancellation cancels this iterator; nothing is lost
   */
  default AsyncIterator<T> filter(Predicate<? super T> predicate) {
    return Unpolled.made(new FilterIterator<>(this, requireNonNull(predicate, "predicate")), this);
  }

  /**
   * Gives, for each element in turn, all elements of the iterator that {@code function} makes of
   * it. The next element is asked for when that iterator has ended, so one is open at a time.
   *
   * @param function makes an iterator of an element
   * @param <R> the type of the new elements
   * @return the new iterator, which owns this one
   * @cancellation cancels the iterator that is open, then this one; nothing is lost
   */
  default <R> AsyncIterator<R> flatMap(
      Function<? super T, ? extends AsyncIterator<? extends R>> function) {
    return Unpolled.made(new FlatMapIterator<>(this, requireNonNull(function, "function")), this);
  }

  /**
   * Hands on the first {@code count} elements. This iterator is cancelled as soon as it has given
   * the last of them.
   *
   * @param count how many elements, at least 0
   * @return the new iterator, which owns this one
   * @throws IllegalArgumentException if {@code count} is negative
   * @cancellation cancels this iterator; nothing is lost
   */
  default AsyncIterator<T> take(long count) {
    return Unpolled.made(new TakeIterator<>(this, Counts.notNegative("count", count)), this);
  }

  /**
   * Hands on what follows the first {@code count} elements. Those are dropped, not {@linkplain
   * Discard discarded}.
   *
   * @param count how many elements are left out, at least 0
   * @return the new iterator, which owns this one
   * @throws IllegalArgumentException if {@code count} is negative
   * @cancellation cancels this iterator; nothing is lost
   */
  default AsyncIterator<T> skip(long count) {
    return Unpolled.made(new SkipIterator<>(this, Counts.notNegative("count", count)), this);
  }

  /**
   * Hands on elements up to the first that {@code predicate} does not hold for, with which this
   * iterator is cancelled. That element is dropped, not {@linkplain Discard discarded}: the
   * predicate has decided on it.
   *
   * @param predicate says whether to go on
   * @return the new iterator, which owns this one
   * @cancellation cancels this iterator; nothing is lost
   */
  default AsyncIterator<T> takeWhile(Predicate<? super T> predicate) {
    return Unpolled.made(
        new TakeWhileIterator<>(this, requireNonNull(predicate, "predicate")), this);
  }

  /**
   * Gives the elements of this iterator and then those of {@code other}, which is not polled
   * before.
   *
   * @param other what follows
   * @return the new iterator, which owns both
   * @cancellation cancels {@code other}, then this iterator; nothing is lost
   */
  default AsyncIterator<T> chain(AsyncIterator<? extends T> other) {
    AsyncIterator<T> both = ChainIterator.chain(this, requireNonNull(other, "other"));
    Unpolled.used(other);
    return Unpolled.made(both, this);
  }

  /**
   * Runs the futures that {@code function} makes of the elements, up to {@code limit} at a time,
   * and gives their outputs in the order of the elements.
   *
   * <p>What it gives does not depend on the limit. A failure is thrown when its turn comes, after
   * the outputs of all elements before it; what would come after it is cancelled at once.
   *
   * @param limit how many futures are in flight, or outputs held that wait for an earlier one, at
   *     most; at least 1
   * @param function makes a future of an element; a null output is a failure of the stream
   * @param <R> the output of the futures
   * @return the new iterator, which owns this one
   * @throws IllegalArgumentException if {@code limit} is less than 1
   * @cancellation cancels the futures in flight, newest first, and {@linkplain Discard discards}
   *     the outputs held; then cancels this iterator
   */
  default <R> AsyncIterator<R> buffered(
      int limit, Function<? super T, ? extends Future<? extends R>> function) {
    return Unpolled.made(
        new BufferedIterator<>(
            this, Counts.positive("limit", limit), requireNonNull(function, "function")),
        this);
  }

  /**
   * Folds all elements into one value.
   *
   * <pre>{@code
   * Future<Integer> total = lengths.fold(0, Integer::sum);
   * }</pre>
   *
   * @param seed the value before the first element
   * @param function makes the next value of a value and an element; never null
   * @param <R> the type of the value
   * @return a future of the last value, which owns this iterator
   * @cancellation cancels this iterator; what was folded so far is dropped
   */
  default <R> Future<R> fold(R seed, BiFunction<? super R, ? super T, ? extends R> function) {
    return Unpolled.made(
        new FoldFuture<>(this, requireNonNull(seed, "seed"), requireNonNull(function, "function")),
        this);
  }

  /**
   * Collects all elements.
   *
   * <pre>{@code
   * Future<List<String>> all = lines.collect(Collectors.toList());
   * }</pre>
   *
   * @param collector how; its container is made at the first poll
   * @param <A> the container
   * @param <R> the result, never null
   * @return a future of the result, which owns this iterator
   * @cancellation cancels this iterator; the container is dropped with what it holds
   */
  default <A, R> Future<R> collect(Collector<? super T, A, R> collector) {
    return Unpolled.made(new CollectFuture<>(this, requireNonNull(collector, "collector")), this);
  }

  /**
   * Gives each element to {@code action}.
   *
   * @param action takes the elements, on the polling thread
   * @return a future of the end, which owns this iterator
   * @cancellation cancels this iterator; nothing is lost
   */
  default Future<Void> forEach(Consumer<? super T> action) {
    return Unpolled.made(new ForEachFuture<>(this, requireNonNull(action, "action")), this);
  }

  /**
   * Counts the elements.
   *
   * @return a future of their number, which owns this iterator
   * @cancellation cancels this iterator; what was counted is gone
   */
  default Future<Long> count() {
    return Unpolled.made(new CountFuture<>(this), this);
  }

  /**
   * The next element, or nothing at the end. The future <em>borrows</em> this iterator: one at a
   * time, and once it is over or cancelled the iterator can be read on.
   *
   * <pre>{@code
   * Future<Optional<String>> first = lines.next();
   * }</pre>
   *
   * @return a future of the next element
   * @cancellation nothing is lost, and this iterator is not cancelled
   */
  default Future<Optional<T>> next() {
    return Unpolled.made(new NextFuture<>(this), this);
  }

  /**
   * The elements for a thread that may block, one pulled at a time: {@link #toIterable(BlockOn,
   * int)} with a capacity of 1.
   *
   * @param runtime runs this iterator
   * @return what can be iterated once, and owns this iterator; to be closed
   */
  default CloseableIterable<T> toIterable(BlockOn runtime) {
    return toIterable(runtime, 1);
  }

  /**
   * The elements for a thread that may block: the "for await" of Java.
   *
   * <p>Nothing is pulled before it is asked for. When an element is asked for, up to {@code
   * capacity} that are there already are pulled with it in one run, which is what a larger number
   * is good for: entering a runtime costs more than an element does.
   *
   * <p>What the stream throws is thrown by {@code hasNext} or {@code next}, after the elements
   * before it: as it is if it is unchecked, else as the cause of a {@link
   * java.util.concurrent.CompletionException}. So is the {@code InterruptedException} of a thread
   * that is interrupted while it waits; its interrupt flag is then set, and nothing is lost. On a
   * thread that runs tasks, which must not block, the runtime refuses with an {@link
   * IllegalStateException}.
   *
   * <pre>{@code
   * try (CloseableIterable<String> lines = source.toIterable(runtime, 64)) {
   *   for (String line : lines) {
   *     System.out.println(line);
   *   }
   * }
   * }</pre>
   *
   * @param runtime runs this iterator
   * @param capacity how many elements are held at most, at least 1
   * @return what can be iterated once, and owns this iterator; to be closed, which cancels this
   *     iterator and {@linkplain Discard discards} the elements held
   * @throws IllegalArgumentException if {@code capacity} is less than 1
   */
  default CloseableIterable<T> toIterable(BlockOn runtime, int capacity) {
    return new BlockingIterable<>(
        new BlockingIterator<>(
            this, requireNonNull(runtime, "runtime"), Counts.positive("capacity", capacity)));
  }

  /**
   * The elements as a sequential stream, one pulled at a time: {@link #toStream(BlockOn, int)} with
   * a capacity of 1.
   *
   * @param runtime runs this iterator
   * @return a stream that owns this iterator; to be closed
   */
  default Stream<T> toStream(BlockOn runtime) {
    return toStream(runtime, 1);
  }

  /**
   * The elements as a sequential stream, on the terms of {@link #toIterable(BlockOn, int)}. It must
   * be closed unless it is read to its end, and never splits, so that making it parallel reads
   * nothing ahead.
   *
   * @param runtime runs this iterator
   * @param capacity how many elements are held at most, at least 1
   * @return a stream that owns this iterator; to be closed, which cancels this iterator and
   *     {@linkplain Discard discards} the elements held
   * @throws IllegalArgumentException if {@code capacity} is less than 1
   */
  default Stream<T> toStream(BlockOn runtime, int capacity) {
    BlockingIterator<T> elements =
        new BlockingIterator<>(
            this, requireNonNull(runtime, "runtime"), Counts.positive("capacity", capacity));
    return StreamSupport.stream(new ElementSpliterator<>(elements), false).onClose(elements::close);
  }

  // ---- one upstream, several readers

  /**
   * This iterator for several readers, with a choice of what becomes of slow and late ones.
   *
   * <pre>{@code
   * Shared<String> shared = lines.shared().slowest(16);
   * AsyncIterator<String> one = shared.subscribe();
   * AsyncIterator<String> another = shared.subscribe();
   * shared.close();
   * }</pre>
   *
   * @return a view that owns this iterator; its methods say how many elements are held
   */
  default Sharing<T> shared() {
    return Sharing.of(this);
  }

  /**
   * Divides this iterator: the elements for which {@code predicate} holds, and the others.
   *
   * <pre>{@code
   * Partition<Order> orders = all.partition(Order::isUrgent, 16);
   * Future<Void> both = Futures.join(
   *     orders.matching().forEach(this::shipToday), orders.rest().forEach(this::ship), (a, b) -> a);
   * }</pre>
   *
   * <p>Each part holds at most {@code capacity} elements. Nothing is pulled while one of them is
   * full, so each must be read or cancelled: see {@link Partition}. If {@code predicate} throws,
   * both parts fail. Corresponds to {@code partition} of Java's collectors; Reactor has {@code
   * groupBy} only.
   *
   * @param predicate says where an element belongs
   * @param capacity how many elements each part holds at most, at least 1
   * @return the two parts, which own this iterator together
   * @throws IllegalArgumentException if {@code capacity} is less than 1
   */
  default Partition<T> partition(Predicate<? super T> predicate, int capacity) {
    return Partition.of(this, predicate, capacity);
  }

  /**
   * Divides this iterator into groups of elements with equal keys, each an iterator of its own that
   * is given when its first element comes.
   *
   * <pre>{@code
   * AsyncIterator<Group<User, Event>> byUser =
   *     events.groupBy(Event::user, Grouping.groups(100).holding(16));
   * }</pre>
   *
   * <p>{@code grouping} says how many groups are open at a time, how many elements each holds, and
   * what becomes of one too many: see {@link Grouping}. If {@code key} throws, all groups and the
   * iterator of the groups fail. Corresponds to {@code groupBy} of Reactor and RxJava, which hold
   * groups without limit.
   *
   * @param key makes the key of an element, never null
   * @param grouping the limits
   * @param <K> the type of the keys
   * @return the groups in the order of their first elements; they own this iterator together
   * @cancellation no group is opened any more, and those that were not given yet are cancelled;
   *     those that were go on. The upstream is cancelled with the last of them
   */
  default <K> AsyncIterator<Group<K, T>> groupBy(
      Function<? super T, ? extends K> key, Grouping grouping) {
    return requireNonNull(grouping, "grouping").group(this, key);
  }

  /**
   * This iterator in windows, each an iterator of its own, one after the other.
   *
   * @return a view that owns this iterator
   */
  default Windowed<T> windowed() {
    return Windowed.of(this);
  }
}
