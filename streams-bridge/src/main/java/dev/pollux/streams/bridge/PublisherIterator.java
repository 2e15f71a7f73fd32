package dev.pollux.streams.bridge;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Next;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.core.Sink;
import dev.pollux.core.Turn;
import dev.pollux.spi.Unpolled;
import dev.pollux.streams.bridge.RingSubscriber.Found;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;

/**
 * The elements of a publisher, subscribed to at the first poll.
 *
 * @cancellation cancels the subscription and discards what the ring holds, and what still arrives
 */
public final class PublisherIterator<T> implements AsyncIterator<T> {

  /** The largest ring that an array of a power of two can hold. */
  public static final int MAX_CAPACITY = 1 << 30;

  private static final String KIND = "the iterator of a publisher";

  /** Makes what is subscribed: a plain ring, or one that a library knows how to talk to. */
  @FunctionalInterface
  public interface Rings<T> {

    /**
     * A fresh ring, to be subscribed at once.
     *
     * @param capacity as in the constructor of {@code RingSubscriber}
     * @param refillAt as there
     * @param cx the context of the first poll
     */
    RingSubscriber<T> ring(int capacity, int refillAt, Context cx);
  }

  private final Rings<T> rings;
  private final int capacity;
  private final int refillAt;

  /** Until it is subscribed to. */
  private @Nullable Publisher<? extends T> publisher;

  /** From then on until the end. Both null: over. */
  private @Nullable RingSubscriber<T> ring;

  public PublisherIterator(Publisher<? extends T> publisher, int capacity) {
    this(publisher, capacity, refillAt(capacity));
  }

  public PublisherIterator(Publisher<? extends T> publisher, int capacity, int refillAt) {
    this(publisher, capacity, refillAt, RingSubscriber::of);
  }

  public PublisherIterator(
      Publisher<? extends T> publisher, int capacity, int refillAt, Rings<T> rings) {
    this.publisher = requireNonNull(publisher, "publisher");
    if (capacity < 1 || capacity > MAX_CAPACITY) {
      throw new IllegalArgumentException("capacity must be from 1 to 2^30, was " + capacity);
    }
    if (refillAt < 1 || refillAt > capacity) {
      throw new IllegalArgumentException(
          "refillAt must be from 1 to the capacity, which is " + capacity + ", was " + refillAt);
    }
    this.capacity = capacity;
    this.refillAt = refillAt;
    this.rings = rings;
  }

  /** An iterator over a ring that is, or will be, subscribed by somebody else. */
  public PublisherIterator(RingSubscriber<T> ring, int capacity, int refillAt) {
    this.ring = ring;
    this.capacity = capacity;
    this.refillAt = refillAt;
    this.rings = (slots, refill, cx) -> ring;
  }

  /**
   * How many are requested again at a time if nobody says otherwise: when three quarters are used.
   *
   * @throws IllegalArgumentException if {@code capacity} is out of its range
   */
  public static int refillAt(int capacity) {
    if (capacity < 1 || capacity > MAX_CAPACITY) {
      throw new IllegalArgumentException("capacity must be from 1 to 2^30, was " + capacity);
    }
    return capacity - capacity / 4;
  }

  @Override
  public Next<T> pollNext(Context cx) throws Exception {
    RingSubscriber<T> ring = subscribed(cx);
    Found found = ring.look(cx);
    if (found == Found.ELEMENT) {
      return cx.tryProceed() ? Next.item(ring.take()) : Next.pending();
    } else if (found == Found.NOTHING) {
      return Next.pending();
    }
    finish(ring);
    return Next.end();
  }

  @Override
  public Turn pollEach(Context cx, Sink<? super T> sink) throws Exception {
    RingSubscriber<T> ring = subscribed(cx);
    Found found;
    while ((found = ring.look(cx)) == Found.ELEMENT) {
      if (!cx.tryProceed()) {
        return Turn.PENDING;
      }
      if (!offer(ring.take(), sink, cx)) {
        return Turn.STOPPED;
      }
    }
    if (found == Found.NOTHING) {
      return Turn.PENDING;
    }
    finish(ring);
    return Turn.ENDED;
  }

  private boolean offer(T item, Sink<? super T> sink, Context cx) {
    try {
      return sink.accept(item);
    } catch (Throwable violation) {
      cancel();
      cx.discard().uncaught(violation, "a sink threw, which its contract forbids");
      throw violation;
    }
  }

  private RingSubscriber<T> subscribed(Context cx) {
    RingSubscriber<T> ring = this.ring;
    return ring != null ? ring : subscribe(cx);
  }

  private RingSubscriber<T> subscribe(Context cx) {
    Unpolled.used(this);
    Publisher<? extends T> publisher = this.publisher;
    if (publisher == null) {
      throw new PollAfterEndException(KIND);
    }
    RingSubscriber<T> ring = rings.ring(capacity, refillAt, cx);
    this.publisher = null;
    this.ring = ring;
    try {
      publisher.subscribe(ring);
    } catch (Throwable failure) {
      ring.breach(failure); // 1.9 forbids it; what was signalled before is still delivered
    }
    return ring;
  }

  /** The end was found: answers normally if the upstream completed, else throws its failure. */
  private void finish(RingSubscriber<T> ring) throws Exception {
    this.ring = null;
    Throwable failure = ring.failure();
    if (failure != null) {
      throw Failures.rethrown(failure);
    }
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    RingSubscriber<T> ring = this.ring;
    this.ring = null;
    this.publisher = null;
    if (ring != null) {
      ring.cancel();
    }
  }

  @Override
  public boolean knownEnded() {
    RingSubscriber<T> ring = this.ring;
    return ring != null && ring.isComplete();
  }

  @Override
  public void describe(Description description) {
    RingSubscriber<T> ring = this.ring;
    description.name("fromPublisher").with("capacity", capacity).with("refillAt", refillAt);
    if (ring != null) {
      description.with("held", ring.held());
      if (ring.held() == 0) {
        description.waitsFor("a signal of the publisher");
      }
    }
  }
}
