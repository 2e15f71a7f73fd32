package dev.pollux.core;

import static java.util.Objects.requireNonNull;

import dev.pollux.spi.Unpolled;
import dev.pollux.stream.Backoff;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes futures, and futures of several futures. The operators on one future are methods of {@link
 * Future}.
 *
 * <pre>{@code
 * Future<String> greeting =
 *     Futures.join(name, place, (n, p) -> n + " in " + p).recover(failure -> "nobody");
 * }</pre>
 *
 * <p>Nothing is started here: what is made does nothing before its first poll. A future that is
 * given to one of these methods belongs to the future that is returned, which polls it, and cancels
 * it if it stops before that has ended.
 *
 * <p>Source of most names: the futures library of Rust.
 *
 * @threading any thread; what is made belongs to the task that polls it
 */
public final class Futures {

  private Futures() {}

  // ---- leaves

  /**
   * A future that is ready with {@code value} at its first poll.
   *
   * @param value the output
   * @param <T> the output
   * @cancellation the value is discarded if it was not taken
   */
  public static <T extends @Nullable Object> Future<T> ready(T value) {
    return new ReadyFuture<>(Poll.ready(value));
  }

  /** A future without a value that is ready at its first poll. */
  public static Future<Void> done() {
    return new ReadyFuture<>(Poll.done());
  }

  /**
   * A future that throws {@code failure} at its first poll.
   *
   * @param failure an {@code Exception} or an {@code Error}, thrown as it is
   * @param <T> any output
   * @throws IllegalArgumentException if {@code failure} is neither
   */
  public static <T extends @Nullable Object> Future<T> failed(Throwable failure) {
    return new FailedFuture<>(requireNonNull(failure, "failure"));
  }

  /**
   * A future that never completes.
   *
   * @param <T> any output
   */
  public static <T extends @Nullable Object> Future<T> pending() {
    return new PendingFuture<>();
  }

  /**
   * A future of what {@code body} returns, or throws, when it is called by the first poll.
   *
   * @param body must not block
   * @param <T> the output
   * @cancellation {@code body} is not called
   */
  public static <T extends @Nullable Object> Future<T> lazy(Callable<? extends T> body) {
    return Unpolled.made(new Lazy<>(requireNonNull(body, "body")));
  }

  /**
   * The future that {@code body} makes when it is called by the first poll.
   *
   * @param body makes the future; must not block
   * @param <T> the output
   * @cancellation cancels that future if it was made
   */
  public static <T extends @Nullable Object> Future<T> defer(
      Supplier<? extends Future<? extends T>> body) {
    requireNonNull(body, "body");
    Function<Object, Future<? extends T>> step = nothing -> body.get();
    return Unpolled.made(new Chain<>(done(), Chain.Step.DEFER, step));
  }

  /**
   * A future that is polled by {@code poll}, for a leaf without state to clean up. One with
   * children or with something to release says so: {@link #pollFn(PollFunction, Runnable)}.
   *
   * @param poll keeps the contract of {@link Future#poll}
   * @param <T> the output
   */
  public static <T extends @Nullable Object> Future<T> pollFn(PollFunction<T> poll) {
    return Unpolled.made(new PollFn<>(requireNonNull(poll, "poll"), null, null));
  }

  /**
   * A future that is polled by {@code poll} and cancelled by {@code cancel}.
   *
   * @param poll keeps the contract of {@link Future#poll}
   * @param cancel called at most once, if the future is cancelled before it is over; what it throws
   *     is reported to {@link Discard#uncaught}
   * @param <T> the output
   */
  public static <T extends @Nullable Object> Future<T> pollFn(
      PollFunction<T> poll, Runnable cancel) {
    return Unpolled.made(
        new PollFn<>(requireNonNull(poll, "poll"), requireNonNull(cancel, "cancel"), null));
  }

  /**
   * A future that is polled by {@code poll}, cancelled by {@code cancel}, and described by {@code
   * describe}.
   *
   * @param poll keeps the contract of {@link Future#poll}
   * @param cancel called at most once, if the future is cancelled before it is over; what it throws
   *     is reported to {@link Discard#uncaught}
   * @param describe keeps the contract of {@link Future#describe}: names the children
   * @param <T> the output
   */
  public static <T extends @Nullable Object> Future<T> pollFn(
      PollFunction<T> poll, Runnable cancel, Consumer<? super Description> describe) {
    return Unpolled.made(
        new PollFn<>(
            requireNonNull(poll, "poll"),
            requireNonNull(cancel, "cancel"),
            requireNonNull(describe, "describe")));
  }

  // ---- giving way

  /**
   * A future that lets the other tasks have a turn: pending once, ready when it is polled again.
   */
  public static Future<Void> yieldNow() {
    return Unpolled.made(new YieldNow());
  }

  /**
   * A future that takes one unit of {@linkplain Budget budget}: for a loop that does much between
   * two awaits and should give way now and then, but not each time.
   */
  public static Future<Void> consumeBudget() {
    return Unpolled.made(new ConsumeBudget());
  }

  /**
   * {@code future}, polled as if the budget were endless; the budget is as before after each of its
   * polls. What never waits in there holds its thread for ever.
   *
   * @param future what is polled
   * @param <T> the output
   * @cancellation cancels {@code future}
   */
  public static <T extends @Nullable Object> Future<T> unconstrained(Future<? extends T> future) {
    return Unpolled.made(new Unconstrained<>(requireNonNull(future, "future")), future);
  }

  // ---- all of several

  /**
   * Completes when both futures have, with their combined outputs. The first failure, be it of a
   * future or of {@code combine}, is thrown; what is unfinished then is cancelled before.
   *
   * @param a polled first
   * @param b polled second
   * @param combine takes the outputs
   * @param <A> the output of the first
   * @param <B> the output of the second
   * @param <R> the combined output
   * @cancellation cancels the futures, newest first; an output already produced is discarded
   */
  public static <A extends @Nullable Object, B extends @Nullable Object, R extends @Nullable Object>
      Future<R> join(
          Future<? extends A> a,
          Future<? extends B> b,
          BiFunction<? super A, ? super B, ? extends R> combine) {
    MaybeDone<A> first = new MaybeDone<>(requireNonNull(a, "a"));
    MaybeDone<B> second = new MaybeDone<>(requireNonNull(b, "b"));
    requireNonNull(combine, "combine");
    return Unpolled.made(
        new Join<R>("join", () -> combine.apply(first.take(), second.take()), first, second));
  }

  /**
   * Completes when all three futures have, with their combined outputs; else as {@link
   * #join(Future, Future, BiFunction)}.
   *
   * @param a polled first
   * @param b polled second
   * @param c polled third
   * @param combine takes the outputs
   * @param <A> the output of the first
   * @param <B> the output of the second
   * @param <C> the output of the third
   * @param <R> the combined output
   * @cancellation cancels the futures, newest first; an output already produced is discarded
   */
  public static <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          R extends @Nullable Object>
      Future<R> join(
          Future<? extends A> a,
          Future<? extends B> b,
          Future<? extends C> c,
          Function3<? super A, ? super B, ? super C, ? extends R> combine) {
    MaybeDone<A> first = new MaybeDone<>(requireNonNull(a, "a"));
    MaybeDone<B> second = new MaybeDone<>(requireNonNull(b, "b"));
    MaybeDone<C> third = new MaybeDone<>(requireNonNull(c, "c"));
    requireNonNull(combine, "combine");
    return Unpolled.made(
        new Join<R>(
            "join",
            () -> combine.apply(first.take(), second.take(), third.take()),
            first,
            second,
            third));
  }

  /**
   * Completes when all four futures have, with their combined outputs; else as {@link #join(Future,
   * Future, BiFunction)}.
   *
   * @param a polled first
   * @param b polled second
   * @param c polled third
   * @param d polled fourth
   * @param combine takes the outputs
   * @param <A> the output of the first
   * @param <B> the output of the second
   * @param <C> the output of the third
   * @param <D> the output of the fourth
   * @param <R> the combined output
   * @cancellation cancels the futures, newest first; an output already produced is discarded
   */
  public static <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          D extends @Nullable Object,
          R extends @Nullable Object>
      Future<R> join(
          Future<? extends A> a,
          Future<? extends B> b,
          Future<? extends C> c,
          Future<? extends D> d,
          Function4<? super A, ? super B, ? super C, ? super D, ? extends R> combine) {
    MaybeDone<A> first = new MaybeDone<>(requireNonNull(a, "a"));
    MaybeDone<B> second = new MaybeDone<>(requireNonNull(b, "b"));
    MaybeDone<C> third = new MaybeDone<>(requireNonNull(c, "c"));
    MaybeDone<D> fourth = new MaybeDone<>(requireNonNull(d, "d"));
    requireNonNull(combine, "combine");
    return Unpolled.made(
        new Join<R>(
            "join",
            () -> combine.apply(first.take(), second.take(), third.take(), fourth.take()),
            first,
            second,
            third,
            fourth));
  }

  /**
   * Completes when all futures have, with their outputs in the order of {@code futures}, in an
   * immutable list. The first failure is thrown; what is unfinished then is cancelled before. No
   * futures are ready with an empty list.
   *
   * @param futures what is awaited; copied
   * @param <T> the output of each
   * @cancellation cancels the futures, newest first; the outputs already produced are discarded
   */
  public static <T extends @Nullable Object> Future<List<T>> joinAll(
      Collection<? extends Future<? extends T>> futures) {
    Future<? extends T>[] all = arrayOf(futures);
    if (all.length == 0) {
      return ready(Collections.emptyList());
    }
    return Unpolled.made(all.length < JoinAll.MANY ? Join.ofAll(all) : new JoinAll<>(all));
  }

  /**
   * Completes when all futures have, with their outputs in the order of {@code futures}, in an
   * immutable list. At the first poll each is spawned as a task of its own, so they use as many
   * threads as the runtime has, where {@link #joinAll} stays in the task that polls.
   *
   * <p>If one fails, the others are asked to stop, and its {@link TaskFailedException} is thrown
   * once they have ended, with further failures as suppressed exceptions.
   *
   * @param futures what is awaited; copied
   * @param <T> the output of each
   * @throws MissingServiceException from the poll, if whatever polls has no spawner
   * @cancellation the tasks are asked to stop, newest first, and end at their next turn; the
   *     outputs are discarded
   */
  public static <T extends @Nullable Object> Future<List<T>> parallelJoin(
      Iterable<? extends Future<? extends T>> futures) {
    return Unpolled.made(new ParallelJoin<>(arrayOf(listOf(futures)), Integer.MAX_VALUE));
  }

  /**
   * As {@link #parallelJoin(Iterable)}, but with at most {@code limit} tasks at a time: the next
   * future is spawned when one has ended.
   *
   * @param futures what is awaited; copied
   * @param limit how many tasks there are at most, at least 1
   * @param <T> the output of each
   * @throws IllegalArgumentException if {@code limit} is less than 1
   * @cancellation the tasks are asked to stop, and the futures that are no tasks yet are cancelled,
   *     newest first; the outputs are discarded
   */
  public static <T extends @Nullable Object> Future<List<T>> parallelJoin(
      Iterable<? extends Future<? extends T>> futures, int limit) {
    if (limit < 1) {
      throw new IllegalArgumentException("limit must be at least 1, was " + limit);
    }
    return Unpolled.made(new ParallelJoin<>(arrayOf(listOf(futures)), limit));
  }

  // ---- the first of several

  /**
   * Ends as the first of the futures to end does, with its output or its failure; the others are
   * cancelled before that is answered. Each poll starts with another of them, chosen by {@link
   * Context#nextInt}, so of several that are always ready each has the same chance.
   *
   * <p>To keep the losers use {@link #select}. A loser is cancelled wherever it is: what it had
   * half done is lost, as its own documentation says.
   *
   * @param futures at least one; copied
   * @param <T> the output
   * @throws IllegalArgumentException if there is none
   * @cancellation cancels the futures, newest first
   */
  @SafeVarargs
  public static <T extends @Nullable Object> Future<T> race(Future<? extends T>... futures) {
    List<Future<? extends T>> all = new ArrayList<>(requireNonNull(futures, "futures").length);
    for (Future<? extends T> future : futures) {
      all.add(future);
    }
    return race(all);
  }

  /**
   * Ends as the first of the futures to end does; as {@link #race(Future[])}.
   *
   * @param futures at least one; copied
   * @param <T> the output
   * @throws IllegalArgumentException if there is none
   * @cancellation cancels the futures, newest first
   */
  public static <T extends @Nullable Object> Future<T> race(
      Collection<? extends Future<? extends T>> futures) {
    return Unpolled.made(new Race<>(Futures.<T>atLeastOne(futures)));
  }

  /**
   * Completes when the first of the futures has ended, be it with an output or an {@code
   * Exception}, and hands the others back, still pending and still good to be polled. Each poll
   * starts with another of them, chosen by {@link Context#nextInt}.
   *
   * <pre>{@code
   * Futures.select(List.of(fromCache, fromDisk))
   *     .flatMap(first -> first.isFailure() ? first.losers().get(0) : keep(first));
   * }</pre>
   *
   * @param futures at least one; copied
   * @param <T> the output of the futures
   * @throws IllegalArgumentException if there is none
   * @cancellation cancels the futures, newest first; after the answer the losers are the caller's
   *     to poll or cancel
   */
  public static <T extends @Nullable Object> Future<Selected<T>> select(
      Collection<? extends Future<? extends T>> futures) {
    return Unpolled.made(new Select<>(Futures.<T>atLeastOne(futures)));
  }

  /**
   * Completes with the output of the first of the futures that has one; the others are cancelled
   * before that is answered. If all fail, the first failure is thrown, with the others as
   * suppressed exceptions. An {@code Error} is thrown at once. {@code select_ok} of futures-rs,
   * {@code Promise.any} of JavaScript.
   *
   * @param futures at least one; copied
   * @param <T> the output
   * @throws IllegalArgumentException if there is none
   * @cancellation cancels the futures, newest first; the failures so far are dropped
   */
  @SafeVarargs
  @SuppressWarnings("varargs") // the array is copied, and only read
  public static <T extends @Nullable Object> Future<T> firstSuccess(
      Future<? extends T>... futures) {
    return firstSuccess(Arrays.asList(requireNonNull(futures, "futures")));
  }

  /**
   * Completes with the output of the first of the futures that has one; as {@link
   * #firstSuccess(Future[])}.
   *
   * @param futures at least one; copied
   * @param <T> the output
   * @throws IllegalArgumentException if there is none
   * @cancellation cancels the futures, newest first; the failures so far are dropped
   */
  public static <T extends @Nullable Object> Future<T> firstSuccess(
      Collection<? extends Future<? extends T>> futures) {
    return Unpolled.made(new FirstSuccess<>(Futures.<T>atLeastOne(futures)));
  }

  /**
   * Completes when all futures have ended, with how each did, in the order of {@code futures}, in
   * an immutable list: a failure keeps none of the others from its end. An {@code Error} cancels
   * the others and is thrown. {@code join_all} of futures-rs on fallible futures, {@code
   * Promise.allSettled} of JavaScript.
   *
   * @param futures what is awaited; copied
   * @param <T> the output of each
   * @cancellation cancels the futures, newest first; the outputs already produced are discarded,
   *     and the failures so far go to {@link Discard#uncaught}
   */
  public static <T extends @Nullable Object> Future<List<Settled<T>>> allSettled(
      Collection<? extends Future<? extends T>> futures) {
    List<Future<Settled<T>>> settled = new ArrayList<>();
    for (Future<? extends T> future : arrayOf(futures)) {
      settled.add(future.<Settled<T>>handle(Settled::of));
    }
    return joinAll(settled);
  }

  // ---- loops

  /**
   * Runs the futures that {@code body} makes, one after the other, and never completes: it ends
   * only if one of them fails or if it is cancelled. Their outputs are dropped. Each round takes
   * one unit of budget.
   *
   * @param body makes the next future; must not block
   * @param <T> any output
   * @cancellation cancels the round in flight
   */
  public static <T extends @Nullable Object> Future<T> repeat(Supplier<? extends Future<?>> body) {
    return Unpolled.made(
        new Repeat<Object, T>("repeat", requireNonNull(body, "body"), output -> Poll.pending()));
  }

  /**
   * Runs the futures that {@code body} makes, one after the other, until one has a value, and
   * completes with that. Each round takes one unit of budget.
   *
   * @param body makes the next future; must not block
   * @param <T> the value
   * @cancellation cancels the round in flight
   */
  public static <T> Future<T> repeatUntil(Supplier<? extends Future<Optional<T>>> body) {
    return Unpolled.made(
        new Repeat<Optional<T>, T>(
            "repeatUntil",
            requireNonNull(body, "body"),
            found -> found.isPresent() ? Poll.ready(found.get()) : Poll.pending()));
  }

  /**
   * Runs the future that {@code make} makes and, if that fails with an {@code Exception}, another
   * one, and so on, as {@code backoff} says.
   *
   * <pre>{@code
   * Future<Page> page = Futures.retry(() -> fetch(url), Backoff.fixed(Duration.ofSeconds(1)).attempts(5));
   * }</pre>
   *
   * <p>What {@code make} throws is a failure of the attempt; that it gives null is final. The
   * failure that is final is thrown unchanged. The wait is that of the timer of the context, and
   * each attempt after the first takes a unit of budget. Source: {@code retryWhen} of Reactor's
   * {@code Mono}.
   *
   * @param make makes the future of an attempt; must not block
   * @param backoff says how often, how soon and after which failures there is another attempt
   * @param <T> the output
   * @throws MissingServiceException from the poll, if there is something to wait for and whatever
   *     polls has no timer
   * @cancellation cancels the attempt in flight, or the wait
   */
  public static <T extends @Nullable Object> Future<T> retry(
      Supplier<? extends Future<? extends T>> make, Backoff backoff) {
    return Unpolled.made(
        new RetryFuture<T>(requireNonNull(make, "make"), requireNonNull(backoff, "backoff")));
  }

  private static <T extends @Nullable Object> Future<? extends T>[] atLeastOne(
      Collection<? extends Future<? extends T>> futures) {
    Future<? extends T>[] all = arrayOf(futures);
    if (all.length == 0) {
      throw new IllegalArgumentException("futures must not be empty");
    }
    return all;
  }

  private static <T extends @Nullable Object> Collection<Future<? extends T>> listOf(
      Iterable<? extends Future<? extends T>> futures) {
    List<Future<? extends T>> all = new ArrayList<>();
    for (Future<? extends T> future : requireNonNull(futures, "futures")) {
      all.add(future);
    }
    return all;
  }

  @SuppressWarnings("unchecked") // a new array, which holds what it was given only
  private static <T extends @Nullable Object> Future<? extends T>[] arrayOf(
      Collection<? extends Future<? extends T>> futures) {
    Future<? extends T>[] all =
        requireNonNull(futures, "futures").toArray((Future<? extends T>[]) new Future<?>[0]);
    for (int i = 0; i < all.length; i++) {
      int index = i;
      requireNonNull(all[i], () -> "futures[" + index + "]");
    }
    for (Future<?> future : all) {
      Unpolled.used(future);
    }
    return all;
  }
}
