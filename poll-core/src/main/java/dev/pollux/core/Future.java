package dev.pollux.core;

import static java.util.Objects.requireNonNull;

import dev.pollux.spi.TaskLocals;
import dev.pollux.spi.Unpolled;
import dev.pollux.time.Time;
import java.time.Duration;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A computation that is advanced by polling. It does nothing until something polls it, and is
 * stopped by not polling it any more and saying so ({@link #cancel}).
 *
 * <p>Most futures are made by {@code Futures}, composed by the methods here, and run by a runtime:
 * {@code runtime.blockOn(future)}, {@code runtime.spawn(future)}. Whoever writes one by hand keeps
 * this contract:
 *
 * <ol>
 *   <li>One thread polls a future at a time, and each poll sees all that the one before wrote: that
 *       is the executor's duty. A future needs no lock for its own fields.
 *   <li>{@code Pending} is a promise: the waker of the <em>latest</em> context has been stored
 *       where the event will find it. Register the waker first, look at the condition again second.
 *   <li>After {@code Ready}, a throw or {@code cancel()} a future is over. Polling it again throws
 *       {@link PollAfterEndException}. Whoever stops polling a child that is not over cancels it
 *       <em>before</em> answering {@code Ready} or throwing.
 *   <li>{@code poll} never blocks; what must block goes to {@link Context#blocking()}.
 *   <li>A future with children is a class, or is made by {@code Futures.pollFn}: a bare lambda owns
 *       no child, since nothing could cancel it.
 * </ol>
 *
 * <p>Source: {@code std::future::Future} of Rust. {@code Pin} has no counterpart: the virtual
 * machine moves no object that the code can see.
 *
 * @param <T> the output; null only where this type says so
 * @threading owned by one task (or one thread that polls by hand) from its first poll to its end
 */
@FunctionalInterface
public interface Future<T extends @Nullable Object> {

  /**
   * Advances the computation as far as it goes without waiting.
   *
   * @param cx the waker to store, the budget, and the services; valid during this call only
   * @return the output, or {@code Pending} after the waker was stored
   * @throws PollAfterEndException if the future is over
   * @throws Exception the failure of the computation, with which it is over
   */
  Poll<T> poll(Context cx) throws Exception;

  /**
   * Stops the computation: what dropping a future is in Rust.
   *
   * <p>Called by the exclusive owner, never during the future's own {@code poll}. Idempotent; does
   * nothing on a future that is over; never throws (a child's throw goes to {@link
   * Discard#uncaught}, and the other children are still cancelled); needs no more stack for a long
   * chain than for a short one; reaches every child in flight, newest first. On return nothing of
   * the user's (waker, value, callback) is reachable from the runtime through this future.
   */
  default void cancel() {}

  /**
   * Says for a dump what this future is, what it waits for, and which children it has.
   *
   * <p>Reads only plain fields, polls nothing, and may be stale. Called by the owner between polls.
   *
   * @param description takes the answers; named after the class if this method gives no name
   */
  default void describe(Description description) {}

  /**
   * The output of this future with {@code function} applied. A failure of this future is passed on.
   *
   * @param function applied by the poll that completes; what it throws is the failure of the result
   * @param <R> the new output
   * @cancellation cancels this future
   */
  default <R extends @Nullable Object> Future<R> map(Function<? super T, ? extends R> function) {
    return Unpolled.made(
        new Chain<>(this, Chain.Step.MAP, requireNonNull(function, "function")), this);
  }

  /**
   * The future that {@code function} makes of the output of this one, run after it. A failure of
   * this future is passed on. A chain or a recursion of this may be as long as it likes: it needs
   * no more stack than one call.
   *
   * @param function applied when this future has completed; what it throws is the failure of the
   *     result
   * @param <R> the new output
   * @cancellation cancels whichever of the two futures is running
   */
  default <R extends @Nullable Object> Future<R> flatMap(
      Function<? super T, ? extends Future<? extends R>> function) {
    return Unpolled.made(
        new Chain<>(this, Chain.Step.FLAT_MAP, requireNonNull(function, "function")), this);
  }

  /**
   * The output of this future or, if it fails, what {@code function} makes of the failure. An
   * {@code Error} is no failure to recover from and is passed on.
   *
   * @param function applied to the exception; what it throws is the failure of the result
   * @cancellation cancels this future
   */
  default Future<T> recover(Function<? super Exception, ? extends T> function) {
    return Unpolled.made(
        new Chain<>(this, Chain.Step.RECOVER, requireNonNull(function, "function")), this);
  }

  /**
   * The output of this future or, if it fails, of the future that {@code function} makes of the
   * failure. An {@code Error} is no failure to recover from and is passed on.
   *
   * @param function applied to the exception; what it throws is the failure of the result
   * @cancellation cancels whichever of the two futures is running
   */
  default Future<T> recoverWith(
      Function<? super Exception, ? extends Future<? extends T>> function) {
    return Unpolled.made(
        new Chain<>(this, Chain.Step.RECOVER_WITH, requireNonNull(function, "function")), this);
  }

  /**
   * What {@code function} makes of the end of this future: of the output and null, or of null and
   * the failure. An {@code Error} is passed on.
   *
   * @param function applied to the output, or to the exception; what it throws is the failure of
   *     the result
   * @param <R> the new output
   * @cancellation cancels this future
   */
  default <R extends @Nullable Object> Future<R> handle(
      BiFunction<? super @Nullable T, ? super @Nullable Exception, ? extends R> function) {
    return Unpolled.made(
        new Chain<>(this, Chain.Step.HANDLE, requireNonNull(function, "function")), this);
  }

  /**
   * This future, failing with {@link java.util.concurrent.TimeoutException} if it is not ready
   * within {@code limit} of the first poll. A body that is ready in the same poll wins.
   *
   * @param limit how long this future may take
   * @cancellation cancels this future; so does the time-out, before it is thrown
   */
  default Future<T> timeout(Duration limit) {
    return Time.timeout(limit, this);
  }

  /**
   * This future with a way to ask it to stop from any thread, and without owning it: {@link
   * Cancellable#requestCancel}.
   *
   * @cancellation cancels this future
   */
  default Cancellable<T> cancellable() {
    return Unpolled.made(new Cancellable<>(this), this);
  }

  /**
   * This future as work that finishes though its waiter goes away: the record that must be complete
   * even if the request it is of is cancelled.
   *
   * <pre>{@code
   * handle(request).flatMap(reply -> audit(request, reply).shielded().map(done -> reply))
   * }</pre>
   *
   * <p>The first poll spawns this future as a task of its own, by the spawner of its context and
   * with the task locals that hold there; the poll answers what the task does, and throws what this
   * future throws, unchanged. If the task itself is cancelled, which only a shutdown does, it
   * throws {@link TaskCancelledException}.
   *
   * <p>A runtime that is shut down lets shielded work run to its end, for as long as its patience
   * lasts: everything else is cancelled first, then it is waited for. Meanwhile its timers, wakes
   * and I/O work as ever, what it shields itself or spawns (tasks, and jobs of the blocking pool)
   * is taken and spared as well, and all other spawns are refused. When the patience is over, or at
   * once if there is none, the shielded work is cancelled and reported as not complete. A task that
   * is only cancelled is not polled any more, and so starts no shielded work.
   *
   * <p>Source: {@code shield} of Python's asyncio, with the shutdown thought through.
   *
   * @throws MissingServiceException by the first poll, if whatever polls has no spawner; this
   *     future has been cancelled
   * @cancellation before the first poll cancels this future. After it the task goes on alone: its
   *     output is then discarded, and its failure goes to the {@link UncaughtFailureHandler}
   */
  default Future<T> shielded() {
    return new Shielded<>(this);
  }

  /**
   * This future, polled with {@code locals} as the task locals that hold, and no others. A task
   * inherits none from whoever spawns it, unless it is told to:
   *
   * <pre>{@code
   * cx.spawner().spawn(child.withLocals(cx.locals())).detach();
   * }</pre>
   *
   * @param locals a snapshot, usually that of the context at hand
   * @cancellation cancels this future
   */
  default Future<T> withLocals(TaskLocals locals) {
    return Unpolled.made(LocalScope.of(requireNonNull(locals, "locals"), this), this);
  }

  /**
   * The output of this future as the one element of an iterator. It may not be null: that fails the
   * iterator.
   *
   * @cancellation cancels this future
   */
  default AsyncIterator<T> toAsyncIterator() {
    return Unpolled.made(new SingleElement<>(this), this);
  }

  /**
   * This future for any number of tasks, each of which polls a handle of its own: {@link
   * SharedFuture#another}. All get the same output, or the same failure; the future is polled by
   * whoever comes, and cancelled with its last handle. {@code shared} of futures-rs, {@code cache}
   * of Reactor's {@code Mono}.
   *
   * @return the first handle
   * @cancellation cancels this future, if no other handle is left
   */
  default SharedFuture<T> shared() {
    return Unpolled.made(new SharedFuture<>(new SharedState<>(this)), this);
  }

  /**
   * This future, with a look at its end: {@code action} is given the output and null, or null and
   * the failure, before that is passed on unchanged. It is not called for an {@code Error}, nor
   * when this future is cancelled. {@code whenComplete} of {@code CompletableFuture}.
   *
   * @param action called by the poll that ends; what it throws is the failure of the result, or a
   *     suppressed exception of the failure that it was given
   * @cancellation cancels this future
   */
  default Future<T> whenDone(BiConsumer<? super @Nullable T, ? super @Nullable Exception> action) {
    return Unpolled.made(
        new Chain<>(this, Chain.Step.WHEN_DONE, requireNonNull(action, "action")), this);
  }

  /**
   * This future, with a look at its output, which is passed on. {@code inspect_ok} of futures-rs,
   * {@code doOnSuccess} of Reactor.
   *
   * @param action called by the poll that completes; what it throws is the failure of the result
   * @cancellation cancels this future
   */
  default Future<T> inspect(Consumer<? super T> action) {
    return Unpolled.made(
        new Chain<>(this, Chain.Step.INSPECT, requireNonNull(action, "action")), this);
  }

  /**
   * This future, with a look at its failure, which is passed on. An {@code Error} is passed on
   * without. {@code inspect_err} of futures-rs, {@code doOnError} of Reactor.
   *
   * @param action called by the poll that fails; what it throws is a suppressed exception of the
   *     failure
   * @cancellation cancels this future
   */
  default Future<T> inspectFailure(Consumer<? super Exception> action) {
    return Unpolled.made(
        new Chain<>(this, Chain.Step.INSPECT_FAILURE, requireNonNull(action, "action")), this);
  }

  /**
   * The output of this future or, if it fails, a failure with what {@code function} makes of the
   * exception. An {@code Error} is passed on. {@code map_err} of futures-rs, {@code onErrorMap} of
   * Reactor.
   *
   * @param function applied to the exception; what it answers, and what it throws, is the failure
   *     of the result; it may not answer null
   * @cancellation cancels this future
   */
  default Future<T> mapFailure(Function<? super Exception, ? extends Exception> function) {
    return Unpolled.made(
        new Chain<>(this, Chain.Step.MAP_FAILURE, requireNonNull(function, "function")), this);
  }

  /**
   * The future that {@code function} makes of the end of this one, run after it: of the output and
   * null, or of null and the failure. An {@code Error} is passed on. {@code then} of futures-rs,
   * {@code handle} and then {@code flatMap} in one.
   *
   * @param function applied to the output, or to the exception; what it throws is the failure of
   *     the result
   * @param <R> the new output
   * @cancellation cancels whichever of the two futures is running
   */
  default <R extends @Nullable Object> Future<R> handleWith(
      BiFunction<? super @Nullable T, ? super @Nullable Exception, ? extends Future<? extends R>>
          function) {
    return Unpolled.made(
        new Chain<>(this, Chain.Step.HANDLE_WITH, requireNonNull(function, "function")), this);
  }

  /**
   * This future, begun {@code delay} after the first poll of the result, on the timer that polls.
   *
   * @param delay how long it is not polled; zero or less begins at once
   * @throws MissingServiceException by the first poll, if whatever polls has no timer; this future
   *     has been cancelled
   * @cancellation cancels this future
   */
  default Future<T> delayed(Duration delay) {
    return Unpolled.made(new Delayed<>(requireNonNull(delay, "delay"), this), this);
  }

  /**
   * This future in two: a {@linkplain RemoteHandle#driver driver} that polls it in one task, and a
   * handle by which another has the output. {@code remote_handle} of futures-rs.
   *
   * @return the handle, which has the driver
   * @cancellation asks the driver to cancel this future
   */
  default RemoteHandle<T> remoteHandle() {
    return Unpolled.made(new RemoteHandle<>(this), this);
  }

  /**
   * Polls this future once, here and now, and cancels it if it is not ready: for the end of a
   * program, for tests, for what is known to be ready. It is polled without timer, spawner and
   * other services. {@code now_or_never} of futures-rs.
   *
   * @return the output; or {@code Pending}, and then this future has been cancelled
   * @throws Exception the failure of this future
   * @threading any thread; this future is not polled anywhere else
   */
  default Poll<T> pollNow() throws Exception {
    return PollNow.of(this);
  }
}
