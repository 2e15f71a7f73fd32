package dev.pollux.streams.bridge;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.spi.Unpolled;
import dev.pollux.streams.bridge.RingSubscriber.Found;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;

/**
 * The first element of a publisher, subscribed to at the first poll; if it must be alone, it is
 * awaited that none follows. Requests once: some sources, a pool of connections say, take each
 * request for another wish.
 *
 * @param <T> the type of the elements
 * @cancellation cancels the subscription, also one that arrives later; what has come is discarded
 * @threading confined to the polling task
 */
public final class LeadingElement<T> implements Future<Optional<T>> {

  /** So much is never taken: nothing is requested again. */
  private static final int NEVER = Integer.MAX_VALUE;

  private static final String KIND = "the future of a publisher";

  private final boolean alone;
  private final PublisherIterator.Rings<T> rings;

  /** Until it is subscribed to. */
  private @Nullable Publisher<? extends T> publisher;

  /** From then on until the end. Both null: over. */
  private @Nullable RingSubscriber<T> ring;

  /** The first, while it is awaited that none follows. */
  private @Nullable T first;

  public LeadingElement(Publisher<? extends T> publisher, boolean alone) {
    this(publisher, alone, RingSubscriber::of);
  }

  /**
   * One over a ring that a library knows how to talk to.
   *
   * @param publisher where the element comes from
   * @param alone whether a second element is a failure
   * @param rings makes the ring, which also says where what is dropped goes
   */
  public LeadingElement(
      Publisher<? extends T> publisher, boolean alone, PublisherIterator.Rings<T> rings) {
    this.publisher = requireNonNull(publisher, "publisher");
    this.alone = alone;
    this.rings = rings;
  }

  @Override
  public Poll<Optional<T>> poll(Context cx) throws Exception {
    RingSubscriber<T> ring = this.ring;
    if (ring == null) {
      ring = subscribe(cx);
    }
    while (true) {
      Found found = ring.look(cx);
      if (found == Found.NOTHING) {
        return Poll.pending();
      }
      if (found == Found.TERMINAL) {
        T output = first;
        first = null;
        this.ring = null;
        Throwable failure = ring.failure();
        if (failure != null) {
          ring.drop(output);
          throw Failures.rethrown(failure);
        }
        return Poll.ready(Optional.ofNullable(output));
      }
      if (!cx.tryProceed()) {
        return Poll.pending();
      }
      T item = ring.take();
      if (!alone) {
        this.ring = null;
        ring.cancel();
        return Poll.ready(Optional.of(item));
      }
      if (first != null) {
        ring.drop(item);
        cancel(); // over, by its failure
        throw new IllegalStateException("the publisher has more than one element");
      }
      first = item;
    }
  }

  private RingSubscriber<T> subscribe(Context cx) {
    Unpolled.used(this);
    Publisher<? extends T> publisher = this.publisher;
    if (publisher == null) {
      throw new PollAfterEndException(KIND);
    }
    RingSubscriber<T> ring = rings.ring(alone ? 2 : 1, NEVER, cx);
    this.publisher = null;
    this.ring = ring;
    try {
      publisher.subscribe(ring);
    } catch (Throwable failure) {
      ring.breach(failure); // 1.9 forbids it; what was signalled before still counts
    }
    return ring;
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    RingSubscriber<T> ring = this.ring;
    T dropped = first;
    this.ring = null;
    publisher = null;
    first = null;
    if (ring != null) {
      ring.cancel();
      ring.drop(dropped);
    }
  }

  @Override
  public void describe(Description description) {
    description.name(alone ? "singleOf" : "firstOf");
    if (ring != null) {
      description.with("held", first == null ? 0 : 1).waitsFor("a signal of the publisher");
    }
  }
}
