package dev.pollux.stream;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.AsyncIterators;
import dev.pollux.operator.Counts;
import dev.pollux.spi.Unpolled;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * Makes one stream of several.
 *
 * <pre>{@code
 * AsyncIterator<Event> events = Combine.merge(clicks, keys, ticks);
 * AsyncIterator<String> lines = Combine.zip(names, ages, (name, age) -> name + ": " + age);
 * }</pre>
 *
 * <p>What is made owns its sources: it polls them in one task, only those that were woken, and
 * cancels what is left of them, newest first, when it ends, fails or is cancelled. It is
 * demand-driven: no source runs ahead of what is asked for further than the method says, so that no
 * element waits anywhere but where it says so. Unless it says otherwise, the first failure of a
 * source, or of the function, ends it at once.
 *
 * <p>Source: {@code select_all} and {@code zip} of futures-rs, and the names of Reactor and RxJava.
 * Those push, and let a source that has elements give all of them before the next is asked; here
 * the sources have turns. What depends on timing there depends on timing here.
 *
 * @threading any thread; what is made belongs to the task that polls it
 */
public final class Combine {

  private Combine() {}

  // ---- as they come

  /**
   * Gives the elements of all sources as they come, those of each source in their order, and ends
   * when all have ended. Holds no element.
   *
   * <p>It is fair: of the sources that have elements each has its turn, with one element when they
   * are asked for one at a time, and up to 16 in internal iteration; none can keep the others from
   * their turn. {@code merge} of Reactor and RxJava, {@code select_all} of futures-rs.
   *
   * @param sources what is merged; copied
   * @param <T> the type of the elements
   * @return the elements of all
   * @cancellation cancels the sources; nothing is lost
   */
  @SafeVarargs
  @SuppressWarnings("varargs") // the array is copied, and only read
  public static <T> AsyncIterator<T> merge(AsyncIterator<? extends T>... sources) {
    return merge(Arrays.asList(requireNonNull(sources, "sources")));
  }

  /**
   * Gives the elements of all sources as they come; as {@link #merge(AsyncIterator[])}.
   *
   * @param sources what is merged; copied
   * @param <T> the type of the elements
   * @return the elements of all
   * @cancellation cancels the sources; nothing is lost
   */
  public static <T> AsyncIterator<T> merge(
      Collection<? extends AsyncIterator<? extends T>> sources) {
    List<AsyncIterator<T>> all = listOf(sources);
    return all.isEmpty() ? AsyncIterators.empty() : Unpolled.made(new MergeIterator<>(all, false));
  }

  /**
   * Merges as {@link #merge(Collection)}, and lets the other sources go on when one has failed. The
   * first failure is thrown when all sources are over; later ones are its suppressed exceptions. An
   * {@code Error} is thrown at once. Holds no element.
   *
   * @param sources what is merged; copied
   * @param <T> the type of the elements
   * @return the elements of all
   * @cancellation cancels the sources; nothing is lost, and a failure that was not thrown yet goes
   *     to the uncaught-failure handler
   */
  public static <T> AsyncIterator<T> mergeDelayingFailures(
      Collection<? extends AsyncIterator<? extends T>> sources) {
    List<AsyncIterator<T>> all = listOf(sources);
    return all.isEmpty() ? AsyncIterators.empty() : Unpolled.made(new MergeIterator<>(all, true));
  }

  // ---- in an order

  /**
   * Gives the elements of all sources in the order of {@code comparator}, if each source is in that
   * order itself; else the least of the next elements of all. Of equal ones that of the first
   * source comes first. Holds at most one element of each source: the next, which must be there, or
   * the source have ended, before anything is given. {@code mergeComparing} of Reactor.
   *
   * @param comparator tells the order; what it throws is the failure of the stream
   * @param sources what is merged; copied
   * @param <T> the type of the elements
   * @return the elements of all
   * @cancellation cancels the sources; the elements held are discarded, as they are when it fails
   */
  @SafeVarargs
  @SuppressWarnings("varargs") // the array is copied, and only read
  public static <T> AsyncIterator<T> mergeOrdered(
      Comparator<? super T> comparator, AsyncIterator<? extends T>... sources) {
    return mergeOrdered(comparator, Arrays.asList(requireNonNull(sources, "sources")));
  }

  /**
   * Merges in the order of {@code comparator}; as {@link #mergeOrdered(Comparator,
   * AsyncIterator[])}.
   *
   * @param comparator tells the order; what it throws is the failure of the stream
   * @param sources what is merged; copied
   * @param <T> the type of the elements
   * @return the elements of all
   * @cancellation cancels the sources; the elements held are discarded, as they are when it fails
   */
  public static <T> AsyncIterator<T> mergeOrdered(
      Comparator<? super T> comparator, Collection<? extends AsyncIterator<? extends T>> sources) {
    requireNonNull(comparator, "comparator");
    List<AsyncIterator<T>> all = listOf(sources);
    return all.isEmpty()
        ? AsyncIterators.empty()
        : Unpolled.made(new MergeOrderedIterator<>(all, comparator));
  }

  /**
   * Gives one element of each source in turn, and waits for the source whose turn it is. One that
   * has ended has no turn any more; it ends when all have. Holds no element.
   *
   * @param sources what is interleaved; copied
   * @param <T> the type of the elements
   * @return the elements of all
   * @cancellation cancels the sources; nothing is lost
   */
  @SafeVarargs
  @SuppressWarnings("varargs") // the array is copied, and only read
  public static <T> AsyncIterator<T> interleave(AsyncIterator<? extends T>... sources) {
    return interleave(Arrays.asList(requireNonNull(sources, "sources")));
  }

  /**
   * Gives one element of each source in turn; as {@link #interleave(AsyncIterator[])}.
   *
   * @param sources what is interleaved; copied
   * @param <T> the type of the elements
   * @return the elements of all
   * @cancellation cancels the sources; nothing is lost
   */
  public static <T> AsyncIterator<T> interleave(
      Collection<? extends AsyncIterator<? extends T>> sources) {
    List<AsyncIterator<T>> all = listOf(sources);
    return all.isEmpty() ? AsyncIterators.empty() : Unpolled.made(new InterleaveIterator<>(all));
  }

  /**
   * Gives the elements of one source after the other, as {@link AsyncIterator#chain} does, while
   * those whose turn has not come run ahead by up to {@code held} elements each. Holds at most
   * {@code held} elements of each source.
   *
   * <p>What it gives does not depend on {@code held}. A failure is thrown when its turn comes,
   * after all elements before it; what would come after it is cancelled at once. An {@code Error}
   * is thrown at once. {@code mergeSequential} of Reactor, {@code concatEager} of RxJava.
   *
   * @param held how many elements of a source may wait for its turn, at least 1
   * @param sources what is read; copied
   * @param <T> the type of the elements
   * @return the elements of all
   * @throws IllegalArgumentException if {@code held} is less than 1
   * @cancellation cancels the sources; the elements held are discarded
   */
  public static <T> AsyncIterator<T> concatEager(
      int held, Collection<? extends AsyncIterator<? extends T>> sources) {
    int limit = Counts.positive("held", held);
    List<AsyncIterator<T>> all = listOf(sources);
    return all.isEmpty()
        ? AsyncIterators.empty()
        : Unpolled.made(new ConcatEagerIterator<>(limit, all));
  }

  // ---- element by element

  /**
   * Gives what {@code function} makes of the first elements of both sources, then of the second
   * ones, and so on. Ends as soon as one source has no more; the other is cancelled then, and an
   * element of it that waits is discarded. Holds at most one element of each source. {@code zip} of
   * Reactor, RxJava and futures-rs.
   *
   * @param a asked first
   * @param b asked second
   * @param function makes an element; null is a failure of the stream, as is what it throws
   * @param <A> the type of the elements of the first source
   * @param <B> the type of the elements of the second source
   * @param <R> the type of the new elements
   * @return the new elements
   * @cancellation cancels both; an element that waits for that of the other is discarded, as it is
   *     when it fails
   */
  public static <A, B, R> AsyncIterator<R> zip(
      AsyncIterator<? extends A> a,
      AsyncIterator<? extends B> b,
      BiFunction<? super A, ? super B, ? extends R> function) {
    return zip(pair(a, b), onPair(function));
  }

  /**
   * Gives what {@code function} makes of the first elements of all sources, and so on; as {@link
   * #zip(AsyncIterator, AsyncIterator, BiFunction)}. Of no sources it is empty.
   *
   * @param sources what is read; copied
   * @param function makes an element of an immutable list, one element of each source in their
   *     order; null is a failure of the stream, as is what it throws
   * @param <T> the type of the elements of the sources
   * @param <R> the type of the new elements
   * @return the new elements
   * @cancellation cancels the sources; elements that wait for those of others are discarded, as
   *     they are when it fails
   */
  public static <T, R> AsyncIterator<R> zip(
      Collection<? extends AsyncIterator<? extends T>> sources,
      Function<? super List<T>, ? extends R> function) {
    requireNonNull(function, "function");
    List<AsyncIterator<T>> all = listOf(sources);
    return all.isEmpty() ? AsyncIterators.empty() : Unpolled.made(new ZipIterator<>(all, function));
  }

  /**
   * Gives what {@code function} makes of the latest elements of both sources, whenever one of them
   * has an element and both have given one. Ends when both have ended, or one has without an
   * element. Holds at most one element of each source. {@code combineLatest} of Reactor and RxJava;
   * there a source that is ready gives all of its elements before the next one gives any, here they
   * have turns.
   *
   * @param a asked first
   * @param b asked second
   * @param function makes an element; null is a failure of the stream, as is what it throws
   * @param <A> the type of the elements of the first source
   * @param <B> the type of the elements of the second source
   * @param <R> the type of the new elements
   * @return the new elements
   * @cancellation cancels both; an element that the function has not seen is discarded, as it is
   *     when another takes its place
   */
  public static <A, B, R> AsyncIterator<R> combineLatest(
      AsyncIterator<? extends A> a,
      AsyncIterator<? extends B> b,
      BiFunction<? super A, ? super B, ? extends R> function) {
    return combineLatest(pair(a, b), onPair(function));
  }

  /**
   * Gives what {@code function} makes of the latest elements of all sources; as {@link
   * #combineLatest(AsyncIterator, AsyncIterator, BiFunction)}. Of no sources it is empty.
   *
   * @param sources what is read; copied
   * @param function makes an element of an immutable list, the latest element of each source in
   *     their order; null is a failure of the stream, as is what it throws
   * @param <T> the type of the elements of the sources
   * @param <R> the type of the new elements
   * @return the new elements
   * @cancellation cancels the sources; an element that the function has not seen is discarded, as
   *     it is when another takes its place
   */
  public static <T, R> AsyncIterator<R> combineLatest(
      Collection<? extends AsyncIterator<? extends T>> sources,
      Function<? super List<T>, ? extends R> function) {
    requireNonNull(function, "function");
    List<AsyncIterator<T>> all = listOf(sources);
    return all.isEmpty()
        ? AsyncIterators.empty()
        : Unpolled.made(new CombineLatestIterator<>(all, function));
  }

  /**
   * Gives, for each element of {@code main}, what {@code function} makes of it and of the latest
   * element of {@code other}. An element of {@code main} that comes before the first of {@code
   * other} is discarded. Ends with {@code main}, or when {@code other} ends without an element.
   * Holds at most one element, the latest of {@code other}. {@code withLatestFrom} of Reactor and
   * RxJava.
   *
   * <p>If both have elements, {@code other} is read first, by up to 64 elements at a time, so that
   * an endless one does not keep {@code main} from its turn.
   *
   * @param main what sets the pace
   * @param other where the latest element is taken from
   * @param function makes an element; null is a failure of the stream, as is what it throws
   * @param <A> the type of the elements of {@code main}
   * @param <B> the type of the elements of {@code other}
   * @param <R> the type of the new elements
   * @return the new elements
   * @cancellation cancels {@code other}, then {@code main}; an element of {@code other} that the
   *     function has not seen is discarded, as it is when another takes its place
   */
  public static <A, B, R> AsyncIterator<R> withLatestFrom(
      AsyncIterator<? extends A> main,
      AsyncIterator<? extends B> other,
      BiFunction<? super A, ? super B, ? extends R> function) {
    requireNonNull(main, "main");
    requireNonNull(other, "other");
    requireNonNull(function, "function");
    Unpolled.used(other);
    return Unpolled.made(new WithLatestFromIterator<>(main, other, function), main);
  }

  // ---- one of several

  /**
   * Is the first of the sources that answers something, be it an element, its end or a failure; the
   * others are cancelled before that is given on. Of several that are ready at the first poll the
   * first in the list wins. Holds no element. {@code firstWithSignal} of Reactor, {@code amb} of
   * RxJava.
   *
   * @param sources at least one; copied
   * @param <T> the type of the elements
   * @return the elements of the winner
   * @throws IllegalArgumentException if there is none
   * @cancellation cancels the sources, or the winner; nothing is lost
   */
  @SafeVarargs
  @SuppressWarnings("varargs") // the array is copied, and only read
  public static <T> AsyncIterator<T> race(AsyncIterator<? extends T>... sources) {
    return race(Arrays.asList(requireNonNull(sources, "sources")));
  }

  /**
   * Is the first of the sources that answers something; as {@link #race(AsyncIterator[])}.
   *
   * @param sources at least one; copied
   * @param <T> the type of the elements
   * @return the elements of the winner
   * @throws IllegalArgumentException if there is none
   * @cancellation cancels the sources, or the winner; nothing is lost
   */
  public static <T> AsyncIterator<T> race(
      Collection<? extends AsyncIterator<? extends T>> sources) {
    List<AsyncIterator<T>> all = listOf(sources);
    if (all.isEmpty()) {
      throw new IllegalArgumentException("sources must not be empty");
    }
    return Unpolled.made(new RaceIterator<>(all));
  }

  private static List<AsyncIterator<?>> pair(AsyncIterator<?> a, AsyncIterator<?> b) {
    return List.of(requireNonNull(a, "a"), requireNonNull(b, "b"));
  }

  @SuppressWarnings("unchecked") // the elements are those of the pair, in its order
  private static <A, B, R> Function<List<Object>, R> onPair(
      BiFunction<? super A, ? super B, ? extends R> function) {
    requireNonNull(function, "function");
    return both -> function.apply((A) both.get(0), (B) both.get(1));
  }

  /** Takes the sources over. An iterator only gives elements, so it may stand for a wider type. */
  @SuppressWarnings("unchecked")
  private static <T> List<AsyncIterator<T>> listOf(
      Collection<? extends AsyncIterator<? extends T>> sources) {
    List<AsyncIterator<T>> all = new ArrayList<>(requireNonNull(sources, "sources").size());
    for (AsyncIterator<? extends T> source : sources) {
      int index = all.size();
      all.add((AsyncIterator<T>) requireNonNull(source, () -> "sources[" + index + "]"));
    }
    all.forEach(Unpolled::used);
    return all;
  }
}
