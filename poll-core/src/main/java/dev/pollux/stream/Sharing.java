package dev.pollux.stream;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Discard;
import dev.pollux.operator.Counts;
import dev.pollux.spi.Unpolled;
import dev.pollux.sync.LaggedException;
import org.jspecify.annotations.Nullable;

/**
 * One stream for several readers: made by {@link AsyncIterator#shared()}. What the methods make
 * differs in what becomes of a reader that is slower than the others, or late.
 *
 * <pre>{@code
 * try (Shared<Price> prices = feed.shared().slowest(16)) {
 *   runtime.spawn(prices.subscribe().forEach(this::book));
 *   runtime.spawn(prices.subscribe().forEach(this::show));
 * }
 * }</pre>
 *
 * <p>The readers drive the upstream together: a reader that has nothing polls it, whichever comes,
 * and what it gives goes to all. So nothing is spawned, nothing is pulled while nobody reads, and
 * the readers may be of any tasks and threads. The upstream takes its timer and all else that it
 * needs from the context of whoever polls it first: the readers should run on one runtime.
 *
 * <p>All readers get the same objects and the same end: after a failure each gets what is held for
 * it, and then the same exception. An element that a reader got is that reader's; one that is
 * dropped with no reader having got it is {@linkplain Discard discarded}.
 *
 * <p>Source: {@code Flux.publish}, {@code replay} and {@code cache} of Reactor, which connect by a
 * subscription of their own and prefetch; {@code shareIn} of Kotlin, which needs a scope to run in.
 *
 * @param <T> the type of the elements
 * @threading confined to the thread that assembles the pipeline; it is used once
 */
public final class Sharing<T> {

  /** Null once used. */
  private @Nullable AsyncIterator<? extends T> upstream;

  private Sharing(AsyncIterator<? extends T> upstream) {
    this.upstream = upstream;
  }

  /**
   * The view of {@code upstream}, which it owns from now on.
   *
   * @param upstream what is shared
   * @param <T> the type of the elements
   * @return the view: to be used once
   */
  public static <T> Sharing<T> of(AsyncIterator<? extends T> upstream) {
    return new Sharing<>(requireNonNull(upstream, "upstream"));
  }

  private AsyncIterator<? extends T> use() {
    AsyncIterator<? extends T> upstream = this.upstream;
    if (upstream == null) {
      throw new IllegalStateException("a stream is shared once: this view has been used");
    }
    this.upstream = null;
    Unpolled.used(upstream);
    return upstream;
  }

  /**
   * Every reader gets every element that is pulled after it subscribed, and all wait for the
   * slowest: nothing is pulled while a reader has {@code capacity} elements to read. A reader that
   * is neither read nor cancelled stops the others.
   *
   * <p>Holds at most {@code capacity} elements. Corresponds to {@code Flux.publish(capacity)}.
   *
   * @param capacity how many elements a reader may be behind, at least 1
   * @return what readers subscribe to; to be closed
   * @throws IllegalArgumentException if {@code capacity} is less than 1
   */
  public Shared<T> slowest(int capacity) {
    return shared(SharedElements.Policy.SLOWEST, Counts.positive("capacity", capacity));
  }

  /**
   * No reader waits for another: one that has {@code capacity} elements to read does not get what
   * comes then.
   *
   * <p>Holds at most {@code capacity} elements for each reader. Corresponds to {@code
   * onBackpressureDrop} behind {@code Flux.publish}.
   *
   * @param capacity how many elements a reader may be behind, at least 1
   * @return what readers subscribe to; to be closed
   * @throws IllegalArgumentException if {@code capacity} is less than 1
   */
  public Shared<T> dropping(int capacity) {
    return shared(SharedElements.Policy.DROPPING, Counts.positive("capacity", capacity));
  }

  /**
   * No reader waits for another: one that has missed elements, for more than {@code capacity} came
   * that it had not read, fails with a {@link LaggedException} that says how many. A reader that
   * has not missed any has got all.
   *
   * <p>Holds at most the last {@code capacity} elements. Corresponds to a broadcast channel of
   * Tokio.
   *
   * @param capacity how many elements a reader may be behind, at least 1
   * @return what readers subscribe to; to be closed
   * @throws IllegalArgumentException if {@code capacity} is less than 1
   */
  public Shared<T> lagging(int capacity) {
    return shared(SharedElements.Policy.LAGGING, Counts.positive("capacity", capacity));
  }

  /**
   * Every reader gets first the last {@code limit} elements that came before it subscribed, and
   * then every element; all wait for the slowest, which may be {@code limit} elements behind. Who
   * subscribes after the end gets the last {@code limit} elements and the end or the failure; who
   * subscribes while an element is on its way may count as subscribed after that.
   *
   * <p>Holds at most {@code limit} elements, until it is closed and the readers have got them.
   * Corresponds to {@code Flux.replay(limit)}.
   *
   * @param limit how many elements are kept, at least 1
   * @return what readers subscribe to; to be closed
   * @throws IllegalArgumentException if {@code limit} is less than 1
   */
  public Shared<T> replaying(int limit) {
    return shared(SharedElements.Policy.REPLAYING, Counts.positive("limit", limit));
  }

  /**
   * Every reader gets all elements from the first on, whenever it subscribes; no reader waits for
   * another. If the stream has more than {@code limit} elements it fails with an {@link
   * IllegalStateException} that says so, and the one too many is discarded.
   *
   * <p>Holds at most {@code limit} elements, until it is closed and the readers have got them.
   * Corresponds to {@code Flux.cache()}, which has no limit.
   *
   * @param limit how many elements are kept, at least 1
   * @return what readers subscribe to; to be closed
   * @throws IllegalArgumentException if {@code limit} is less than 1
   */
  public Shared<T> cached(int limit) {
    return shared(SharedElements.Policy.CACHED, Counts.positive("limit", limit));
  }

  private Shared<T> shared(SharedElements.Policy policy, int capacity) {
    return new Shared<>(new SharedElements<>(use(), policy, capacity));
  }
}
