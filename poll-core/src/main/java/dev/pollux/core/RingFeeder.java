package dev.pollux.core;

import dev.pollux.operator.UpstreamOwner;
import org.jspecify.annotations.Nullable;

/**
 * The task that {@link SpawnedIterator} reads from: takes the elements of the upstream as far as
 * the ring has room.
 *
 * @cancellation cancels the upstream; what is in the ring is the reader's, or discarded if that is
 *     over
 * @threading confined to the polling task
 */
final class RingFeeder<T> extends UpstreamOwner<T> implements Future<Void>, Sink<T>, EndOfPoll {

  private final HandoverRing<T> ring;
  private final int capacity;
  private final int batch;

  /** How many elements were put into the ring. May overflow, as all these. */
  private int filled;

  /** How many of them the reader knows of. */
  private int published;

  /** How many the reader is known to have taken. */
  private int head;

  /** Zero, or {@link HandoverRing#COMPLETE}. */
  private int how;

  /** That of the poll, as long as it lasts. */
  private @Nullable Context context;

  RingFeeder(AsyncIterator<T> upstream, HandoverRing<T> ring) {
    super(upstream);
    this.ring = ring;
    this.capacity = ring.capacity();
    this.batch = ring.batch();
  }

  @Override
  protected String kind() {
    return "feeder";
  }

  @Override
  protected void release(Discard discard) {
    publish();
    ring.endProducer(how, discard);
  }

  @Override
  public Poll<Void> poll(Context cx) throws Exception {
    AsyncIterator<T> upstream = open(cx);
    context = cx;
    try {
      while (true) {
        if (!hasRoom()) {
          publish();
          ring.awaitRoom(cx.waker());
          if (!hasRoom()) {
            return Poll.pending();
          }
        }
        Turn turn = feed(upstream, cx, this);
        if (turn == Turn.PENDING) {
          publish();
          return Poll.pending();
        }
        if (turn == Turn.ENDED) {
          how = HandoverRing.COMPLETE;
          cancel();
          return Poll.done();
        }
      }
    } catch (Throwable failure) {
      if (failure instanceof InterruptedException) {
        Thread.currentThread().interrupt(); // it was this thread's, wherever it is thrown
      }
      ring.failed(failure);
      how = HandoverRing.COMPLETE;
      if (failure instanceof VirtualMachineError) {
        throw failed(failure); // which the handler hears of, too
      }
      cancel();
      return Poll.done();
    } finally {
      context = null;
    }
  }

  @Override
  public boolean accept(T item) {
    ring.fill(filled++, item);
    int untold = filled - published;
    if (untold >= batch) {
      publish();
    } else if (untold == 1 && context != null) {
      context.atEndOfPoll(this); // which is sooner, if the upstream blocks in place
    }
    return hasRoom();
  }

  @Override
  public void pollEnds() {
    publish();
  }

  private boolean hasRoom() {
    if (filled - head < capacity) {
      return true;
    }
    head = ring.head();
    return filled - head < capacity;
  }

  private void publish() {
    if (published != filled) {
      published = filled;
      ring.publish(filled);
    }
  }

  @Override
  public void describe(Description description) {
    description.name(kind()).with("filled", filled).stream("upstream", upstream());
  }
}
