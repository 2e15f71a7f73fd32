package dev.pollux.core;

import static java.util.Objects.requireNonNull;

import dev.pollux.operator.Counts;
import dev.pollux.operator.SinkContract;
import dev.pollux.spi.BlockOn;
import dev.pollux.spi.Spawner;
import dev.pollux.spi.Unpolled;
import dev.pollux.stream.Chunked;
import dev.pollux.stream.Concurrent;
import dev.pollux.stream.Failures;
import dev.pollux.stream.Group;
import dev.pollux.stream.Grouping;
import dev.pollux.stream.Indexed;
import dev.pollux.stream.Observed;
import dev.pollux.stream.Parallel;
import dev.pollux.stream.Partition;
import dev.pollux.stream.Sharing;
import dev.pollux.stream.Timed;
import dev.pollux.stream.Windowed;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
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
    return Unpolled.made(MapIterator.of(this, requireNonNull(function, "function")), this);
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
    return Unpolled.made(FilterIterator.of(this, requireNonNull(predicate, "predicate")), this);
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
    return concurrent(limit).map(function);
  }

  /**
   * A view of this iterator for what is done by time: fewer elements, later ones, time-outs.
   *
   * <pre>{@code
   * AsyncIterator<Query> queries = keys.map(Query::new).timed().debounce(Duration.ofMillis(300));
   * }</pre>
   *
   * @return the view, whose stream owns this iterator
   */
  default Timed<T> timed() {
    return Timed.of(this);
  }

  /**
   * A view of this iterator to give elements together, in lists.
   *
   * <pre>{@code
   * AsyncIterator<List<Row>> batches = rows.chunked().ofSizeOrTime(500, Duration.ofMillis(20));
   * }</pre>
   *
   * @return the view, whose stream owns this iterator
   */
  default Chunked<T> chunked() {
    return Chunked.of(this);
  }

  /**
   * A view of this iterator to work on several elements at a time, within one task: futures, inner
   * iterators and their failures.
   *
   * <pre>{@code
   * AsyncIterator<Page> pages = links.concurrent(8).mapUnordered(link -> fetch(link));
   * }</pre>
   *
   * @param limit how many elements are worked on at a time, at least 1
   * @return the view, whose stream owns this iterator
   * @throws IllegalArgumentException if {@code limit} is less than 1
   */
  default Concurrent<T> concurrent(int limit) {
    return Concurrent.of(this, limit);
  }

  /**
   * A view of this iterator to work on several elements at a time, each in a task of its own,
   * spawned by the spawner of the context that the stream is polled with.
   *
   * <pre>{@code
   * AsyncIterator<Image> small = images.parallel(4).map(image -> image.scaledTo(200));
   * }</pre>
   *
   * @param limit how many tasks are in flight at most, at least 1
   * @return the view, whose stream owns this iterator
   * @throws IllegalArgumentException if {@code limit} is less than 1
   */
  default Parallel<T> parallel(int limit) {
    return Parallel.of(this, limit);
  }

  /**
   * As {@link #parallel(int)}, with tasks spawned by {@code spawner}: those of another runtime, or
   * ones that inherit task locals.
   *
   * @param limit how many tasks are in flight at most, at least 1
   * @param spawner spawns the tasks
   * @return the view, whose stream owns this iterator
   * @throws IllegalArgumentException if {@code limit} is less than 1
   */
  default Parallel<T> parallel(int limit, Spawner spawner) {
    return Parallel.of(this, limit, spawner);
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
    return Unpolled.made(ForEachFuture.of(this, requireNonNull(action, "action")), this);
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
   * Reads this in a task of its own, spawned at the first poll by the spawner of its context, ahead
   * of the reader by at most {@code capacity} elements: what stands before this call runs beside
   * what stands after it, on another worker if there is one.
   *
   * <p>Holds at most {@code capacity} elements. They are handed over many at a time, so a large
   * capacity costs less per element; 256 is a good one where nothing speaks against it. A failure
   * of the upstream is thrown unchanged, after the elements before it. If the task is cut short,
   * because its runtime shuts down, a {@link TaskCancelledException} is thrown.
   *
   * <p>Source: {@code publishOn} of Reactor, {@code observeOn} of RxJava, {@code flowOn} of Kotlin.
   *
   * @param capacity how many elements may wait to be read, from 1 to 2^30
   * @throws IllegalArgumentException if {@code capacity} is less than 1 or more than 2^30
   * @cancellation the task is asked to stop, which cancels the upstream; the elements that wait are
   *     discarded
   */
  default AsyncIterator<T> spawned(int capacity) {
    return Unpolled.made(new SpawnedIterator<>(this, capacity, null), this);
  }

  /**
   * As {@link #spawned(int)}, by a spawner of choice: to read this in another runtime, say.
   *
   * @param capacity how many elements may wait to be read, from 1 to 2^30
   * @param spawner what spawns the task
   * @throws IllegalArgumentException if {@code capacity} is less than 1 or more than 2^30
   * @cancellation the task is asked to stop, which cancels the upstream; the elements that wait are
   *     discarded
   */
  default AsyncIterator<T> spawned(int capacity, Spawner spawner) {
    return Unpolled.made(
        new SpawnedIterator<>(this, capacity, requireNonNull(spawner, "spawner")), this);
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

  // ---- element by element

  /**
   * Gives {@code seed}, and then what {@code function} makes of the value given before and each
   * element: a fold that shows its steps.
   *
   * <pre>{@code
   * AsyncIterator<Integer> balances = payments.scan(0, Integer::sum);
   * }</pre>
   *
   * <p>Holds no element but the value that it gave last. Source: {@code scan} of Reactor and
   * RxJava, with the seed first, and {@code runningFold} of Kotlin; {@code scan} of Rust leaves the
   * seed out.
   *
   * @param seed the first element
   * @param function makes the next element of the one before and an element of this iterator; null
   *     is a failure of the stream, as is what it throws
   * @param <R> the type of the new elements
   * @return the new iterator, which owns this one
   * @cancellation cancels this iterator; nothing is lost
   */
  default <R> AsyncIterator<R> scan(
      R seed, BiFunction<? super R, ? super T, ? extends R> function) {
    return Unpolled.made(
        new ScanIterator<>(
            this, requireNonNull(seed, "seed"), requireNonNull(function, "function")),
        this);
  }

  /**
   * Hands on the elements that have not come before, as {@code equals} says.
   *
   * <p>Remembers at most {@code limit} elements, which it has handed on, and holds no other. One
   * more different element is a failure of the stream, an {@link IllegalStateException} that names
   * it: a set that grows with the stream is a leak. Elements that came before are dropped, not
   * {@linkplain Discard discarded}. Source: {@code distinct} of Reactor and RxJava, whose set has
   * no limit.
   *
   * @param limit how many different elements there may be, at least 1
   * @return the new iterator, which owns this one
   * @throws IllegalArgumentException if {@code limit} is less than 1
   * @cancellation cancels this iterator; nothing is lost
   */
  default AsyncIterator<T> distinct(int limit) {
    return distinct(limit, element -> element);
  }

  /**
   * Hands on the elements whose key has not come before, as {@code equals} of the key says.
   *
   * <p>Remembers at most {@code limit} keys and holds no element. One more different key is a
   * failure of the stream, an {@link IllegalStateException} that names the key; its element is
   * {@linkplain Discard discarded}. Elements whose key came before are dropped, not discarded.
   *
   * @param limit how many different keys there may be, at least 1
   * @param key makes the key of an element; null is a failure of the stream, as is what it throws
   * @param <K> the type of the keys
   * @return the new iterator, which owns this one
   * @throws IllegalArgumentException if {@code limit} is less than 1
   * @cancellation cancels this iterator; nothing is lost
   */
  default <K> AsyncIterator<T> distinct(int limit, Function<? super T, ? extends K> key) {
    return Unpolled.made(
        new DistinctIterator<>(this, Counts.positive("limit", limit), requireNonNull(key, "key")),
        this);
  }

  /**
   * Hands on the elements that differ from the one before, as {@code equals} says. The others are
   * dropped, not {@linkplain Discard discarded}.
   *
   * <p>Holds no element but the one that it handed on last. Source: the operator of the same name
   * of Reactor, RxJava and Kotlin.
   *
   * @return the new iterator, which owns this one
   * @cancellation cancels this iterator; nothing is lost
   */
  default AsyncIterator<T> distinctUntilChanged() {
    return distinctUntilChanged(element -> element);
  }

  /**
   * Hands on the elements whose key differs from that of the element before, as {@code equals} of
   * the key says. The others are dropped, not {@linkplain Discard discarded}.
   *
   * <p>Remembers the last key and holds no element.
   *
   * @param key makes the key of an element; null is a failure of the stream, as is what it throws
   * @param <K> the type of the keys
   * @return the new iterator, which owns this one
   * @cancellation cancels this iterator; nothing is lost
   */
  default <K> AsyncIterator<T> distinctUntilChanged(Function<? super T, ? extends K> key) {
    return Unpolled.made(
        new DistinctUntilChangedIterator<>(this, requireNonNull(key, "key")), this);
  }

  /**
   * Hands on what follows from the first element on that {@code predicate} does not hold for. Those
   * before it are dropped, not {@linkplain Discard discarded}.
   *
   * <p>Holds no element. Source: {@code skip_while} of Rust, {@code skipWhile} of Reactor and
   * RxJava.
   *
   * @param predicate says which elements are left out; not asked again once it has not held; what
   *     it throws is a failure of the stream
   * @return the new iterator, which owns this one
   * @cancellation cancels this iterator; nothing is lost
   */
  default AsyncIterator<T> skipWhile(Predicate<? super T> predicate) {
    return Unpolled.made(
        new SkipWhileIterator<>(this, requireNonNull(predicate, "predicate")), this);
  }

  /**
   * Hands on elements up to <em>and with</em> the first that {@code predicate} holds for. This
   * iterator is cancelled as soon as it has given that one.
   *
   * <pre>{@code
   * AsyncIterator<String> head = lines.takeThrough(String::isEmpty);
   * }</pre>
   *
   * <p>Holds no element. Source: {@code takeUntil(Predicate)} of Reactor and RxJava, under another
   * name since {@link #takeUntil} waits for a future.
   *
   * @param predicate says which element is the last; what it throws is a failure of the stream
   * @return the new iterator, which owns this one
   * @cancellation cancels this iterator; nothing is lost
   */
  default AsyncIterator<T> takeThrough(Predicate<? super T> predicate) {
    return Unpolled.made(
        new TakeThroughIterator<>(this, requireNonNull(predicate, "predicate")), this);
  }

  /**
   * Gives the last {@code count} elements, once this iterator has ended.
   *
   * <p>Holds at most {@code count} elements. Those before them are dropped, not {@linkplain Discard
   * discarded}. Source: {@code takeLast} of Reactor and RxJava.
   *
   * @param count how many elements, at least 0
   * @return the new iterator, which owns this one
   * @throws IllegalArgumentException if {@code count} is negative
   * @cancellation cancels this iterator, and {@linkplain Discard discards} the elements held; so
   *     does a failure
   */
  default AsyncIterator<T> takeLast(int count) {
    return Unpolled.made(
        new TakeLastIterator<>(this, (int) Counts.notNegative("count", count)), this);
  }

  /**
   * Hands on all elements but the last {@code count}: each when that many have come after it.
   *
   * <p>Holds at most {@code count} elements, which at the end are dropped, not {@linkplain Discard
   * discarded}. Source: {@code skipLast} of Reactor and RxJava.
   *
   * @param count how many elements are left out, at least 0
   * @return the new iterator, which owns this one
   * @throws IllegalArgumentException if {@code count} is negative
   * @cancellation cancels this iterator, and {@linkplain Discard discards} the elements held; so
   *     does a failure
   */
  default AsyncIterator<T> skipLast(int count) {
    return Unpolled.made(
        new SkipLastIterator<>(this, (int) Counts.notNegative("count", count)), this);
  }

  /**
   * Hands on elements until {@code stop} completes, with which this iterator is cancelled. A
   * failure of {@code stop} is a failure of the stream; its output is dropped.
   *
   * <pre>{@code
   * AsyncIterator<Line> lines = source.takeUntil(token.whenCancelled());
   * }</pre>
   *
   * <p>Each poll asks {@code stop} first: an element that is there when it completes is not taken.
   * Holds no element. Source: {@code take_until} of Rust, {@code takeUntilOther} of Reactor, {@code
   * takeUntil} of RxJava.
   *
   * @param stop ends the stream; polled from the first poll on
   * @return the new iterator, which owns this one and {@code stop}
   * @cancellation cancels {@code stop}, then this iterator; nothing is lost. The end of this
   *     iterator cancels {@code stop}
   */
  default AsyncIterator<T> takeUntil(Future<?> stop) {
    AsyncIterator<T> made = new TakeUntilIterator<>(this, requireNonNull(stop, "stop"));
    Unpolled.used(stop);
    return Unpolled.made(made, this);
  }

  /**
   * Hands on the elements that come once {@code start} has completed. Those before it are read, and
   * dropped, not {@linkplain Discard discarded}. A failure of {@code start} is a failure of the
   * stream; its output is dropped.
   *
   * <p>Each poll asks {@code start} first: an element that is there when it completes is handed on.
   * Holds no element. Source: {@code skipUntilOther} of Reactor, {@code skipUntil} of RxJava.
   *
   * @param start begins the stream; polled from the first poll on
   * @return the new iterator, which owns this one and {@code start}
   * @cancellation cancels {@code start}, then this iterator; nothing is lost. The end of this
   *     iterator cancels {@code start}, and is the end of the stream
   */
  default AsyncIterator<T> skipUntil(Future<?> start) {
    AsyncIterator<T> made = new SkipUntilIterator<>(this, requireNonNull(start, "start"));
    Unpolled.used(start);
    return Unpolled.made(made, this);
  }

  /**
   * Hands on each element with the number of elements before it, from 0.
   *
   * <p>Holds no element. Source: {@code enumerate} of Rust, {@code index} of Reactor.
   *
   * @return the new iterator, which owns this one
   * @cancellation cancels this iterator; nothing is lost
   */
  default AsyncIterator<Indexed<T>> indexed() {
    return Unpolled.made(new IndexedIterator<>(this), this);
  }

  /**
   * Hands on the elements that are instances of {@code type}. The others are dropped, not
   * {@linkplain Discard discarded}.
   *
   * <p>Holds no element. Source: {@code ofType} of Reactor and RxJava.
   *
   * @param type the class of the elements handed on, not that of a primitive
   * @param <R> the type of the elements handed on
   * @return the new iterator, which owns this one
   * @throws IllegalArgumentException if {@code type} is that of a primitive
   * @cancellation cancels this iterator; nothing is lost
   */
  default <R> AsyncIterator<R> ofType(Class<R> type) {
    return Unpolled.made(new OfTypeIterator<>(this, requireNonNull(type, "type")), this);
  }

  /**
   * Shows each element to {@code action}, and hands it on. What else there is to see of a stream
   * shows {@link #observed()}.
   *
   * <p>Holds no element. Source: {@code inspect} of Rust, {@code doOnNext} of Reactor and RxJava.
   *
   * @param action sees the elements; what it throws is a failure of the stream
   * @return the new iterator, which owns this one
   * @cancellation cancels this iterator; nothing is lost
   */
  default AsyncIterator<T> inspect(Consumer<? super T> action) {
    return Unpolled.made(new InspectIterator<>(this, requireNonNull(action, "action")), this);
  }

  /**
   * Gives the outputs of the futures that {@code function} makes of the elements, one future at a
   * time: the next element is asked for when it is asked for its output. Several at a time are
   * {@link #buffered}.
   *
   * <p>Holds no element. Source: {@code then} of Rust, {@code concatMap} of Reactor with a {@code
   * Mono}.
   *
   * @param function makes a future of an element; a null output is a failure of the stream, as is
   *     the failure of a future
   * @param <R> the output of the futures
   * @return the new iterator, which owns this one
   * @cancellation cancels the future in flight, then this iterator; nothing is lost
   */
  default <R> AsyncIterator<R> mapAsync(
      Function<? super T, ? extends Future<? extends R>> function) {
    return Unpolled.made(new MapAsyncIterator<>(this, requireNonNull(function, "function")), this);
  }

  /**
   * Hands on the elements for which the future that {@code predicate} makes answers true, one
   * future at a time. The others are dropped, not {@linkplain Discard discarded}.
   *
   * <p>Holds at most one element: that which is decided on. Source: {@code filter} of Rust's
   * streams, {@code filterWhen} of Reactor.
   *
   * @param predicate makes a future of an element, which says whether it is handed on; the failure
   *     of a future is a failure of the stream
   * @return the new iterator, which owns this one
   * @cancellation cancels the future in flight and {@linkplain Discard discards} the element that
   *     it decides on, then cancels this iterator; a failure discards the element as well
   */
  default AsyncIterator<T> filterAsync(Function<? super T, ? extends Future<Boolean>> predicate) {
    return Unpolled.made(
        new FilterAsyncIterator<>(this, requireNonNull(predicate, "predicate")), this);
  }

  /**
   * Gives, for each element in turn, the elements of the {@code Iterable} that {@code function}
   * makes of it.
   *
   * <p>The iterable's iterator runs inside polls, so it must not block; each of its elements takes
   * a unit of budget, so it may be endless. Holds one such iterator and no element. Source: {@code
   * flatMapIterable} of Reactor, {@code concatMapIterable} of RxJava.
   *
   * @param function makes an iterable of an element; null is a failure of the stream, as is a null
   *     among its elements
   * @param <R> the type of the new elements
   * @return the new iterator, which owns this one
   * @cancellation cancels this iterator; what an iterable has not given yet is still the user's and
   *     is not discarded
   */
  default <R> AsyncIterator<R> flatMapIterable(
      Function<? super T, ? extends Iterable<? extends R>> function) {
    return Unpolled.made(
        new FlatMapIterableIterator<>(this, requireNonNull(function, "function")), this);
  }

  /**
   * Gives the elements of the iterator that {@code function} makes of the <em>latest</em> element:
   * when the next element comes, that iterator is cancelled and the next one read. It ends when
   * both this iterator and the last of those have ended.
   *
   * <pre>{@code
   * AsyncIterator<Hit> hits = queries.switchMap(query -> index.search(query));
   * }</pre>
   *
   * <p>Each poll asks this iterator first, for all that it has: of several elements that are there
   * only the last is followed. The operator of the same name of Reactor and RxJava follows each of
   * them as far as it comes at once, which depends on the demand. Holds no element.
   *
   * @param function makes an iterator of an element
   * @param <R> the type of the new elements
   * @return the new iterator, which owns this one
   * @cancellation cancels the iterator that is open, then this one; nothing is lost
   */
  default <R> AsyncIterator<R> switchMap(
      Function<? super T, ? extends AsyncIterator<? extends R>> function) {
    return Unpolled.made(new SwitchMapIterator<>(this, requireNonNull(function, "function")), this);
  }

  /**
   * This iterator, with a way to look at the next element before it is taken.
   *
   * <p>Holds at most one element. Source: {@code peekable} of Rust's futures library.
   *
   * @return the new iterator, which owns this one
   * @cancellation cancels this iterator, and {@linkplain Discard discards} the element held
   */
  default Peekable<T> peekable() {
    return Unpolled.made(new PeekableIterator<>(this), this);
  }

  /**
   * Hands on the elements or, if there are none, gives {@code element}.
   *
   * <p>Holds no element of this iterator. Source: the operator of the same name of Reactor and
   * RxJava.
   *
   * @param element what is given at the end if nothing came before it; else it stays the caller's
   *     and is not discarded
   * @return the new iterator, which owns this one
   * @cancellation cancels this iterator; nothing is lost
   */
  default AsyncIterator<T> defaultIfEmpty(T element) {
    requireNonNull(element, "element");
    return Unpolled.made(
        new SwitchIfEmptyIterator<T>(
            "defaultIfEmpty", this, () -> AsyncIterators.<T>fromIterable(List.of(element))),
        this);
  }

  /**
   * Hands on the elements or, if there are none, those of the iterator that {@code other} makes
   * then.
   *
   * <p>Holds no element. Source: the operator of the same name of Reactor and RxJava.
   *
   * @param other called at the end if nothing came before it; null is a failure of the stream, as
   *     is what it throws
   * @return the new iterator, which owns this one
   * @cancellation cancels whichever of the two iterators is read; nothing is lost
   */
  default AsyncIterator<T> switchIfEmpty(Supplier<? extends AsyncIterator<? extends T>> other) {
    return Unpolled.made(
        new SwitchIfEmptyIterator<T>("switchIfEmpty", this, requireNonNull(other, "other")), this);
  }

  /**
   * Gives {@code separator} between each two elements. It takes a unit of budget each time.
   *
   * <p>A separator is given when the element after it has come, so none follows the last. Holds at
   * most one element. Source: {@code intersperse} of Akka Streams and of Rust's itertools.
   *
   * @param separator what is given between two elements, again and again the same object
   * @return the new iterator, which owns this one
   * @cancellation cancels this iterator, and {@linkplain Discard discards} the element held
   */
  default AsyncIterator<T> intersperse(T separator) {
    return Unpolled.made(
        new IntersperseIterator<>(this, requireNonNull(separator, "separator")), this);
  }

  // ---- to one value

  /**
   * Folds all elements into one, starting with the first of them.
   *
   * <pre>{@code
   * Future<Optional<Integer>> longest = lengths.reduce(Math::max);
   * }</pre>
   *
   * <p>Holds the value so far. Source: {@code reduce} of Reactor and RxJava.
   *
   * @param function makes the next value of a value and an element; null is a failure
   * @return a future of the last value, or of nothing if there are no elements; it owns this
   *     iterator
   * @cancellation cancels this iterator, and {@linkplain Discard discards} the first element if
   *     {@code function} has not been given it yet; what was folded so far is dropped. So does a
   *     failure
   */
  default Future<Optional<T>> reduce(BiFunction<? super T, ? super T, ? extends T> function) {
    return Unpolled.made(new ReduceFuture<>(this, requireNonNull(function, "function")), this);
  }

  /**
   * Runs the future that {@code action} makes of each element, one at a time: the next element is
   * asked for when it has completed. Several at a time are {@code concurrent(limit).forEach}.
   *
   * <p>Holds no element. Source: {@code for_each} of Rust's streams.
   *
   * @param action makes a future of an element, whose output is dropped
   * @return a future of the end, which owns this iterator
   * @cancellation cancels the future in flight, then this iterator; nothing is lost
   */
  default Future<Void> forEachAsync(Function<? super T, ? extends Future<?>> action) {
    return Unpolled.made(new ForEachAsyncFuture<>(this, requireNonNull(action, "action")), this);
  }

  /**
   * Folds all elements into one value, each step being a future. The next element is asked for when
   * the step before has completed.
   *
   * <p>Holds the value so far. Source: {@code fold} of Rust's streams.
   *
   * @param seed the value before the first element
   * @param function makes a future of the next value of a value and an element; null is a failure,
   *     as is a null output
   * @param <R> the type of the value
   * @return a future of the last value, which owns this iterator
   * @cancellation cancels the step in flight, then this iterator; what was folded so far is dropped
   */
  default <R> Future<R> foldAsync(
      R seed, BiFunction<? super R, ? super T, ? extends Future<? extends R>> function) {
    return Unpolled.made(
        new FoldAsyncFuture<>(
            this, requireNonNull(seed, "seed"), requireNonNull(function, "function")),
        this);
  }

  /**
   * Collects all elements in a list.
   *
   * <p>Holds all elements. Source: {@code collectList} of Reactor, {@code toList} of RxJava.
   *
   * @return a future of an unmodifiable list, which owns this iterator
   * @cancellation cancels this iterator, and {@linkplain Discard discards} the elements collected;
   *     so does a failure
   */
  default Future<List<T>> toList() {
    return Unpolled.made(new ToListFuture<>(this), this);
  }

  /**
   * The last element, or nothing if there is none.
   *
   * <p>Holds at most one element; those before it are dropped, not {@linkplain Discard discarded}.
   * Source: {@code last} of Reactor and RxJava, which fail if there is none.
   *
   * @return a future of the last element, which owns this iterator
   * @cancellation cancels this iterator, and {@linkplain Discard discards} the element held; so
   *     does a failure
   */
  default Future<Optional<T>> last() {
    return Unpolled.made(new LastFuture<>(this), this);
  }

  /**
   * The first element that {@code predicate} holds for, or nothing. This iterator is cancelled once
   * it is found; the elements before it are dropped, not {@linkplain Discard discarded}.
   *
   * <p>Holds no element. Source: {@code find} of Kotlin's sequences.
   *
   * @param predicate says which element is looked for
   * @return a future of the element, which owns this iterator
   * @cancellation cancels this iterator; nothing is lost
   */
  default Future<Optional<T>> find(Predicate<? super T> predicate) {
    return Unpolled.made(
        new SearchFuture<T, Optional<T>>(
            "find", this, requireNonNull(predicate, "predicate"), Optional::ofNullable),
        this);
  }

  /**
   * Whether {@code predicate} holds for an element; false if there is none. This iterator is
   * cancelled once that is known.
   *
   * <p>Holds no element. Source: {@code any} of Rust, Reactor and RxJava.
   *
   * @param predicate what is asked
   * @return a future of the answer, which owns this iterator
   * @cancellation cancels this iterator; nothing is lost
   */
  default Future<Boolean> anyMatch(Predicate<? super T> predicate) {
    return Unpolled.made(
        new SearchFuture<T, Boolean>(
            "anyMatch", this, requireNonNull(predicate, "predicate"), found -> found != null),
        this);
  }

  /**
   * Whether {@code predicate} holds for all elements; true if there are none. This iterator is
   * cancelled once that is known.
   *
   * <p>Holds no element. Source: {@code all} of Rust, Reactor and RxJava.
   *
   * @param predicate what is asked
   * @return a future of the answer, which owns this iterator
   * @cancellation cancels this iterator; nothing is lost
   */
  default Future<Boolean> allMatch(Predicate<? super T> predicate) {
    Predicate<? super T> fails = requireNonNull(predicate, "predicate").negate();
    return Unpolled.made(
        new SearchFuture<T, Boolean>("allMatch", this, fails, found -> found == null), this);
  }

  /**
   * Whether {@code predicate} holds for no element; true if there are none. This iterator is
   * cancelled once that is known.
   *
   * <p>Holds no element. Source: {@code noneMatch} of {@code java.util.stream}.
   *
   * @param predicate what is asked
   * @return a future of the answer, which owns this iterator
   * @cancellation cancels this iterator; nothing is lost
   */
  default Future<Boolean> noneMatch(Predicate<? super T> predicate) {
    return Unpolled.made(
        new SearchFuture<T, Boolean>(
            "noneMatch", this, requireNonNull(predicate, "predicate"), found -> found == null),
        this);
  }

  /**
   * Reads this iterator to its end. The elements are dropped, not {@linkplain Discard discarded}.
   *
   * <p>Holds no element. Source: {@code then} of Reactor, {@code ignoreElements} of RxJava.
   *
   * @return a future of the end, which owns this iterator
   * @cancellation cancels this iterator; nothing is lost
   */
  default Future<Void> drain() {
    return Unpolled.made(new DrainFuture<>(this), this);
  }

  // ---- views

  /**
   * What is done about the failure of this iterator: resume, replace, end, or tell of it as a
   * value.
   *
   * <pre>{@code
   * AsyncIterator<Quote> quotes = live.failures().resume(failure -> lastKnown());
   * }</pre>
   *
   * @return a view of this iterator, to be used once
   */
  default Failures<T> failures() {
    return Failures.of(this);
  }

  /**
   * A look at what passes: the elements, the end, a failure, a cancel.
   *
   * <pre>{@code
   * AsyncIterator<Row> rows = query.rows().observed().whenOver(how -> connection.release());
   * }</pre>
   *
   * @return a view of this iterator, to be used once
   */
  default Observed<T> observed() {
    return Observed.of(this);
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
