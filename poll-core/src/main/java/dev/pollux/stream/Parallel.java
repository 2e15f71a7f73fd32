package dev.pollux.stream;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.Poll;
import dev.pollux.operator.BufferedIterator;
import dev.pollux.operator.BufferedIterator.Order;
import dev.pollux.operator.Counts;
import dev.pollux.spi.Spawner;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Works on several elements at a time, each in a task of its own, and so on as many threads as the
 * runtime has: {@link AsyncIterator#parallel(int)}.
 *
 * <pre>{@code
 * AsyncIterator<Image> small = images.parallel(4).map(image -> image.scaledTo(200));
 * }</pre>
 *
 * <p>At most so many tasks are in flight as the view was made with; outputs that wait for an
 * earlier one count among them. The function is called in the task, so several threads may call it
 * at once; it sees what the task of the stream did before. Tasks inherit no task locals, unless the
 * spawner hands them on ({@link Spawner#inheriting}). For work that waits and does not compute,
 * {@link Concurrent} is cheaper.
 *
 * <p>What an element fails with is thrown as the {@link dev.pollux.core.TaskFailedException} of its
 * task, with the failure as its cause. Then, and when the upstream fails, the other tasks are asked
 * to stop, and the failure is thrown when they have ended; it carries the failures of those that
 * failed meanwhile. A stream that has ended has no task left. One that is cancelled can't wait: its
 * tasks are asked to stop, and what they leave behind is {@linkplain dev.pollux.core.Discard
 * discarded}. An element whose task ends before it could begin is discarded as well. A spawner that
 * refuses fails the stream.
 *
 * <p>A view is used once: the stream that it makes owns the iterator. {@code Flux.parallel} of
 * Reactor and {@code Flowable.parallel} of RxJava deal elements to rails beforehand, and prefetch
 * for each; here whoever is done takes the next.
 *
 * @param <T> the type of the elements
 * @threading the stream is owned by one task, as every iterator; the functions are called by the
 *     threads of the spawner
 */
public final class Parallel<T> {

  private final SingleUse<T> upstream;
  private final int limit;

  /** Null for the one of the context. */
  private final @Nullable Spawner spawner;

  private Parallel(AsyncIterator<T> upstream, int limit, @Nullable Spawner spawner) {
    this.upstream = new SingleUse<>("parallel()", upstream);
    this.limit = Counts.positive("limit", limit);
    this.spawner = spawner;
  }

  /**
   * The view of {@code upstream}, which it owns from now on, with the spawner of the task that
   * polls first: what {@link AsyncIterator#parallel(int)} calls.
   *
   * @param upstream where the elements come from
   * @param limit how many tasks are in flight at most, at least 1
   * @param <T> the type of the elements
   * @return the view: to be used once
   * @throws IllegalArgumentException if {@code limit} is less than 1
   */
  public static <T> Parallel<T> of(AsyncIterator<T> upstream, int limit) {
    return new Parallel<>(upstream, limit, null);
  }

  /**
   * The view of {@code upstream}, which it owns from now on, with a spawner: what {@link
   * AsyncIterator#parallel(int, Spawner)} calls.
   *
   * @param upstream where the elements come from
   * @param limit how many tasks are in flight at most, at least 1
   * @param spawner spawns the tasks
   * @param <T> the type of the elements
   * @return the view: to be used once
   * @throws IllegalArgumentException if {@code limit} is less than 1
   */
  public static <T> Parallel<T> of(AsyncIterator<T> upstream, int limit, Spawner spawner) {
    return new Parallel<>(upstream, limit, requireNonNull(spawner, "spawner"));
  }

  /**
   * Gives what {@code function} makes of the elements, in their order. Holds at most {@code limit}
   * outputs, in place of tasks in flight: those that wait for an earlier one. A failure is thrown
   * when its turn comes.
   *
   * @param function makes an element, by any number of threads at once; null is a failure
   * @param <R> the type of the new elements
   * @return the new iterator, which owns the one that this view was made of
   * @cancellation asks the tasks to stop, newest first, and {@linkplain dev.pollux.core.Discard
   *     discards} the outputs held; then cancels the upstream
   */
  public <R> AsyncIterator<R> map(Function<? super T, ? extends R> function) {
    return make("parallel.map", Order.OF_ELEMENTS, ready("parallel.map", function));
  }

  /**
   * As {@link #map}, and gives each when it is made. Holds no element that was asked for: what is
   * made waits in its task. A failure is thrown as soon as the other tasks have ended.
   *
   * @param function makes an element, by any number of threads at once; null is a failure
   * @param <R> the type of the new elements
   * @return the new iterator, which owns the one that this view was made of
   * @cancellation asks the tasks to stop, newest first, whose outputs are {@linkplain
   *     dev.pollux.core.Discard discarded}; then cancels the upstream
   */
  public <R> AsyncIterator<R> mapUnordered(Function<? super T, ? extends R> function) {
    return make(
        "parallel.mapUnordered", Order.OF_COMPLETION, ready("parallel.mapUnordered", function));
  }

  /**
   * As {@link #map}, by a function that makes futures, which run in the tasks.
   *
   * @param function makes a future of an element, by any number of threads at once; a null output
   *     is a failure
   * @param <R> the output of the futures
   * @return the new iterator, which owns the one that this view was made of
   * @cancellation as {@link #map}
   */
  public <R> AsyncIterator<R> mapAsync(
      Function<? super T, ? extends Future<? extends R>> function) {
    requireNonNull(function, "function");
    return make("parallel.mapAsync", Order.OF_ELEMENTS, function);
  }

  /**
   * As {@link #mapUnordered}, by a function that makes futures, which run in the tasks.
   *
   * @param function makes a future of an element, by any number of threads at once; a null output
   *     is a failure
   * @param <R> the output of the futures
   * @return the new iterator, which owns the one that this view was made of
   * @cancellation as {@link #mapUnordered}
   */
  public <R> AsyncIterator<R> mapAsyncUnordered(
      Function<? super T, ? extends Future<? extends R>> function) {
    requireNonNull(function, "function");
    return make("parallel.mapAsyncUnordered", Order.OF_COMPLETION, function);
  }

  /**
   * Gives each element to {@code action}. Holds no element.
   *
   * @param action takes the elements, by any number of threads at once
   * @return a future of the end of all tasks, which owns the iterator that this view was made of
   * @cancellation asks the tasks to stop, newest first, then cancels the upstream
   */
  public Future<Void> forEach(Consumer<? super T> action) {
    requireNonNull(action, "action");
    AsyncIterator<Void> none =
        tasks(
            "parallel.forEach",
            Order.OF_COMPLETION,
            true,
            element -> {
              action.accept(element);
              return cx -> Poll.done();
            });
    return none.forEach(nothing -> {});
  }

  private static <T, R> Function<T, Future<R>> ready(
      String kind, Function<? super T, ? extends R> function) {
    requireNonNull(function, "function");
    return element ->
        Futures.ready(
            requireNonNull(
                function.apply(element),
                () -> kind + ": the function answered null, and an element may not be null"));
  }

  private <R> AsyncIterator<R> make(
      String kind, Order order, Function<? super T, ? extends Future<? extends R>> function) {
    return tasks(kind, order, false, function);
  }

  private <R> AsyncIterator<R> tasks(
      String kind,
      Order order,
      boolean nullIsNone,
      Function<? super T, ? extends Future<? extends @Nullable R>> function) {
    Spawner given = spawner;
    return upstream.into(
        source ->
            BufferedIterator.<T, R>ofTasks(
                kind,
                source,
                limit,
                order,
                nullIsNone,
                (element, cx) -> {
                  ParallelWork<T, @Nullable R> work =
                      new ParallelWork<>(kind, element, function, cx.discard());
                  Spawner spawner = given;
                  if (spawner == null) {
                    try {
                      spawner = cx.spawner();
                    } catch (Throwable missing) {
                      work.cancel(); // discards the element
                      throw missing;
                    }
                  }
                  return spawner.spawn(work);
                }));
  }
}
