package dev.pollux.streams.reactor;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Future;
import dev.pollux.core.TaskLocal;
import dev.pollux.spi.Spawner;
import dev.pollux.spi.Unpolled;
import dev.pollux.streams.DemandMode;
import dev.pollux.streams.Streams;
import dev.pollux.streams.bridge.IteratorPublisher;
import dev.pollux.streams.bridge.LeadingElement;
import dev.pollux.streams.bridge.OneShotPublisher;
import dev.pollux.streams.bridge.OutputIterator;
import dev.pollux.streams.bridge.PublisherIterator;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.util.context.ContextView;

/**
 * The bridges to Reactor: async iterators to and from {@code Flux}, futures to and from {@code
 * Mono}. They do what {@link Streams} says of publishers in general, and what Reactor expects:
 *
 * <ul>
 *   <li>Reactor's context and task locals are carried over, both ways. A {@link TaskLocal} is a key
 *       of the context: on the way out each entry with such a key is bound as that local in the
 *       polls of the source, and {@link #CONTEXT} to the whole context; on the way in the context
 *       of the subscriber has every local that holds at the first poll of the iterator or future,
 *       and all entries of {@link #CONTEXT} if that is one of them. A local replaces an entry of
 *       its key.
 *   <li>With {@linkplain Hooks#enableAutomaticContextPropagation() automatic context propagation}
 *       the thread-locals of the thread that polls first are captured on the way in, too.
 *   <li>Failures that nobody can receive any more go to {@link Operators#onErrorDropped}. Elements
 *       that come after the end are shown to {@link Operators#onNextDropped}, and {@linkplain
 *       dev.pollux.core.Discard discarded} after that. Elements that are dropped otherwise go to
 *       the hook of {@code doOnDiscard} alone, where the context has one; else they are {@linkplain
 *       dev.pollux.core.Discard discarded} as ever. An {@code Error} of the virtual machine goes to
 *       the runtime's handler.
 *   <li>Hooks on assembly see every {@code Flux} and {@code Mono} that is made here; publishers,
 *       subscriptions and subscribers are {@code Scannable}.
 * </ul>
 *
 * <pre>{@code
 * Flux<String> out = ReactorStreams.toFlux(() -> lines(path), runtime);
 * AsyncIterator<String> in = ReactorStreams.fromFlux(out, 256);
 * }</pre>
 */
public final class ReactorStreams {

  /**
   * The context of the subscriber, in the polls of a source that is made into a {@code Flux} or
   * {@code Mono} here. Not bound if the context is empty. To be bound by whoever wants a context
   * for what is made of a {@code Flux} or {@code Mono}.
   */
  public static final TaskLocal<ContextView> CONTEXT = new TaskLocal<>("reactor context");

  private ReactorStreams() {}

  // ---- out

  /**
   * A cold flux: each subscription gets a source of its own, made and polled by a task of its own.
   * Runs one element ahead: {@link DemandMode#ONE_AHEAD}.
   *
   * @param source makes an iterator for each subscription; called in the task, at its first turn
   * @param spawner where the tasks run
   * @param <T> the type of the elements
   * @return the flux, which any number may subscribe to, from any thread
   */
  public static <T> Flux<T> toFlux(Supplier<? extends AsyncIterator<T>> source, Spawner spawner) {
    return toFlux(source, spawner, DemandMode.ONE_AHEAD);
  }

  /**
   * A cold flux: each subscription gets a source of its own, made and polled by a task of its own.
   *
   * @param source makes an iterator for each subscription; called in the task, at its first turn
   * @param spawner where the tasks run
   * @param mode how far a subscription may run ahead of demand
   * @param <T> the type of the elements
   * @return the flux, which any number may subscribe to, from any thread
   */
  public static <T> Flux<T> toFlux(
      Supplier<? extends AsyncIterator<T>> source, Spawner spawner, DemandMode mode) {
    return IteratorFlux.of(new IteratorPublisher<T>(source, spawner, mode));
  }

  /**
   * A flux of one iterator. The first subscriber gets its elements; every other one gets an {@code
   * IllegalStateException} by {@code onError}. Runs one element ahead: {@link
   * DemandMode#ONE_AHEAD}.
   *
   * @param source the iterator; it belongs to the flux from here on
   * @param spawner where the task of the subscription runs
   * @param <T> the type of the elements
   * @return the flux, which may be subscribed to from any thread
   */
  public static <T> Flux<T> toOneShotFlux(AsyncIterator<T> source, Spawner spawner) {
    return toOneShotFlux(source, spawner, DemandMode.ONE_AHEAD);
  }

  /**
   * A flux of one iterator. The first subscriber gets its elements; every other one gets an {@code
   * IllegalStateException} by {@code onError}.
   *
   * @param source the iterator; it belongs to the flux from here on
   * @param spawner where the task of the subscription runs
   * @param mode how far the subscription may run ahead of demand
   * @param <T> the type of the elements
   * @return the flux, which may be subscribed to from any thread
   */
  public static <T> Flux<T> toOneShotFlux(
      AsyncIterator<T> source, Spawner spawner, DemandMode mode) {
    return IteratorFlux.of(new OneShotPublisher<>(source, spawner, mode));
  }

  /**
   * A cold mono: each subscription gets a future of its own, made and polled by a task of its own.
   * An output of null is an empty mono; so a {@code Future<Void>} makes a {@code Mono<Void>}.
   *
   * <p>The future is polled from the subscription on, whether or not its output was requested.
   * Cancelling the subscription cancels the future; an output that nobody has requested by then is
   * dropped.
   *
   * @param future makes a future for each subscription; called in the task, at its first turn
   * @param spawner where the tasks run
   * @param <T> the output of the future
   * @return the mono, which any number may subscribe to, from any thread
   */
  public static <T> Mono<T> toMono(
      Supplier<? extends Future<? extends @Nullable T>> future, Spawner spawner) {
    return FutureMono.of(
        new IteratorPublisher<T>(OutputIterator.each(future), spawner, DemandMode.ONE_AHEAD));
  }

  // ---- in

  /**
   * The elements of a flux, which is subscribed to at the first poll.
   *
   * @param flux where the elements come from, a {@code Flux} or any other publisher; subscribed to
   *     once
   * @param capacity how many elements may be requested and not yet taken, from 1 to 2^30
   * @param <T> the type of the elements
   * @return the iterator
   * @throws IllegalArgumentException if {@code capacity} is out of its range
   * @cancellation cancels the subscription, also one that arrives later; elements received and not
   *     taken are dropped
   */
  public static <T> AsyncIterator<T> fromFlux(Publisher<? extends T> flux, int capacity) {
    requireNonNull(flux, "flux");
    return Unpolled.made(
        new PublisherIterator<T>(
            captured(flux), capacity, PublisherIterator.refillAt(capacity), FluxSubscriber::of));
  }

  /**
   * The element of a mono, which is subscribed to at the first poll, and asked once.
   *
   * @param mono where the element comes from; subscribed to once
   * @param <T> the type of the element
   * @return a future of the element, or of nothing if the mono is empty; it ends when the mono has
   *     completed. It fails as the mono does; and with an {@code IllegalStateException} if that has
   *     a second element, against its rules: then both are dropped and the subscription is
   *     cancelled
   * @cancellation cancels the subscription, also one that arrives later; an element received by
   *     then is dropped
   */
  public static <T> Future<Optional<T>> fromMono(Mono<? extends T> mono) {
    requireNonNull(mono, "mono");
    return Unpolled.made(new LeadingElement<T>(captured(mono), true, FluxSubscriber::of));
  }

  /**
   * The completion of a mono, which is subscribed to at the first poll, and asked once. An element
   * that it has is left to the garbage collector.
   *
   * @param mono what is waited for; subscribed to once
   * @return a future that ends when the mono has completed, and fails as that of {@link #fromMono}
   * @cancellation as {@link #fromMono}
   */
  public static Future<Void> completionOf(Mono<?> mono) {
    return fromMono(mono).map(element -> null);
  }

  /** As it is subscribed to. */
  private static <T> Publisher<T> captured(Publisher<T> publisher) {
    return subscriber -> capturing(publisher).subscribe(subscriber);
  }

  /** What Reactor's own last subscribers do where propagation is automatic. */
  private static <T> Publisher<T> capturing(Publisher<T> publisher) {
    if (!Hooks.isAutomaticContextPropagationEnabled()) {
      return publisher;
    }
    return publisher instanceof Mono<T> mono
        ? mono.contextCapture()
        : Flux.from(publisher).contextCapture();
  }
}
