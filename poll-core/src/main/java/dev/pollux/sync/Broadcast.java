package dev.pollux.sync;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import com.google.errorprone.annotations.CheckReturnValue;
import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Future;
import dev.pollux.core.Next;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.spi.Unpolled;
import java.lang.ref.Cleaner.Cleanable;
import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A channel of which every receiver gets every value: news. A sender never waits. The channel keeps
 * the last values, as many as its capacity, and a receiver that is further behind has missed some,
 * and is told how many.
 *
 * <pre>{@code
 * Broadcast<Price> prices = Broadcast.create(128);
 * Broadcast.Receiver<Price> receiver = prices.subscribe();
 * prices.sender().send(price);
 * receiver.recv();                         // a future: the price, or a LaggedException
 * receiver.lossy().forEach(this::show);    // or: those that are missed are left out
 * receiver.failing().forEach(this::book);  // or: the first that is missed is a failure
 * }</pre>
 *
 * <p>A receiver gets what is sent after it subscribed. It is no iterator itself: a stream with
 * holes must be asked for by name, and {@link Receiver#missed()} counts them.
 *
 * <p>All receivers get the same object, so nobody knows when it is no longer used, and the channel
 * never closes or {@linkplain dev.pollux.core.Discard discards} a value: not one that is missed,
 * nor one that is left at the end. It holds the last values, up to its capacity, for as long as
 * there is a receiver, also those that all have got.
 *
 * <p>Source: {@code tokio::sync::broadcast}. There the capacity is rounded up, and a send without
 * receivers is an error.
 *
 * @param <T> the type of the values, never null
 * @threading any thread; a receiver by one task at a time
 */
@CheckReturnValue
public final class Broadcast<T> {

  private final BroadcastRing<T> ring;
  private final Sender<T> sender;

  private Broadcast(int capacity) {
    this.ring = new BroadcastRing<>(capacity);
    this.sender = new Sender<>(ring);
  }

  /**
   * Makes a channel without receivers.
   *
   * @param capacity how many values a receiver may be behind, from 1 to 2^30; an array of that
   *     length is made at once
   * @param <T> the type of the values
   * @throws IllegalArgumentException if {@code capacity} is out of range
   */
  public static <T> Broadcast<T> create(int capacity) {
    if (capacity < 1 || capacity > 1 << 30) {
      throw new IllegalArgumentException("capacity must be from 1 to 2^30, was " + capacity);
    }
    return new Broadcast<>(capacity);
  }

  /** The first sender. */
  public Sender<T> sender() {
    return sender;
  }

  /**
   * A receiver of what is sent from now on. If all senders are closed it is at its end.
   *
   * @threading any thread
   */
  public Receiver<T> subscribe() {
    return new Receiver<>(ring, ring.addReceiver());
  }

  @Override
  public String toString() {
    return ring.toString();
  }

  /**
   * Sends to a {@link Broadcast}.
   *
   * @param <T> the type of the values
   * @threading any thread, and any number at once
   */
  public static final class Sender<T> implements AutoCloseable {

    private final BroadcastRing<T> ring;
    private final AtomicBoolean over = new AtomicBoolean();

    private Sender(BroadcastRing<T> ring) {
      this.ring = ring;
    }

    /**
     * Gives a value to all receivers.
     *
     * @param value what is sent; shared by all from now on
     * @return how many receivers there are. If none, the channel has not kept the value: who
     *     subscribes later won't get it, and it is the caller's alone
     * @throws ChannelClosedException if this sender is closed; the value is the caller's still
     * @threading any thread; values of one thread keep their order, and all receivers get all
     *     values in the same
     */
    @CanIgnoreReturnValue
    public int send(T value) {
      requireNonNull(value, "value");
      int reached = over.get() ? BroadcastRing.ENDED : ring.send(value);
      if (reached == BroadcastRing.ENDED) {
        throw refusal();
      }
      return reached;
    }

    /**
     * How many receivers there are that were not given up. A glance: it may have changed already.
     */
    public int receiverCount() {
      return ring.receivers();
    }

    /** How many values are kept. */
    public int capacity() {
      return ring.capacity();
    }

    /**
     * Whether a {@link #send} would reach nobody: this sender is closed, or there is no receiver. A
     * receiver may subscribe later.
     */
    public boolean isClosed() {
      return over.get() || ring.receivers() == 0;
    }

    /**
     * Completes once there is no receiver, which may be at once; one may subscribe later. Takes no
     * budget.
     *
     * @cancellation nothing is lost
     * @threading any thread, and any number at once
     */
    public Future<Void> whenClosed() {
      return Unpolled.made(new SharedWhenClosed(ring));
    }

    /**
     * A receiver of what is sent from now on.
     *
     * @threading any thread
     */
    public Receiver<T> subscribe() {
      return new Receiver<>(ring, ring.addReceiver());
    }

    /**
     * One more sender, which counts until it is closed.
     *
     * @throws ChannelClosedException if this one is closed
     */
    public Sender<T> another() {
      if (over.get() || !ring.addSender()) {
        throw refusal();
      }
      return new Sender<>(ring);
    }

    private static ChannelClosedException refusal() {
      return new ChannelClosedException("this sender of Broadcast is closed");
    }

    /**
     * Gives this sender up. When all senders are closed, each receiver gets what it has not got yet
     * and then the end. Idempotent.
     *
     * @threading any thread
     */
    @Override
    public void close() {
      if (over.compareAndSet(false, true)) {
        ring.removeSender();
      }
    }

    @Override
    public String toString() {
      return (over.get() ? "closed sender of " : "sender of ") + ring;
    }
  }

  /**
   * Receives from a {@link Broadcast}, in the order in which was sent.
   *
   * @param <T> the type of the values
   * @threading owned by one task (or thread) at a time
   */
  public static final class Receiver<T> implements AutoCloseable {

    /** What is done once when a receiver is closed, or is garbage. */
    private static final class Release implements Runnable {

      /** Weak, for its waiters may lead to the receiver; if it is gone there is nothing to do. */
      private final WeakReference<BroadcastRing<?>> ring;

      Release(BroadcastRing<?> ring) {
        this.ring = new WeakReference<>(ring);
      }

      @Override
      public void run() {
        BroadcastRing<?> ring = this.ring.get();
        if (ring != null) {
          ring.removeReceiver();
        }
      }
    }

    private final BroadcastRing<T> ring;
    private final Cleanable cleanable;

    /** The number of the value that comes next, and its slot. */
    private long next;

    private int index;
    private long missed;

    /** Whether this has seen the end, or was given up: it does not count any more. */
    private boolean gone;

    @SuppressWarnings("this-escape") // the cleaner looks at nothing but its reachability
    private Receiver(BroadcastRing<T> ring, long next) {
      this.ring = ring;
      this.next = next;
      this.index = ring.indexOf(next);
      this.cleanable = Abandoned.watch(this, new Release(ring));
    }

    // ---- for the futures and iterators of this receiver

    BroadcastRing<T> ring() {
      return ring;
    }

    /** The number of the value that comes next. */
    long position() {
      return next;
    }

    boolean isGone() {
      return gone;
    }

    /** Whether the next value has been sent; it may be missed. */
    boolean hasNext() {
      return ring.isThere(next);
    }

    /** Takes the next value, which has been sent; null if it is missed. */
    @Nullable T takeNext() {
      try {
        T value = ring.read(next, index);
        if (value != null) {
          next++;
          index = ring.indexAfter(index);
        }
        return value;
      } finally {
        Reference.reachabilityFence(this); // the cleaner must not come before the value is taken
      }
    }

    /** Goes on to the oldest value that is there; returns how many are left out. */
    @CanIgnoreReturnValue
    long skipMissed() {
      long oldest = ring.oldest();
      long skipped = oldest - next;
      next = oldest;
      index = ring.indexOf(oldest);
      missed += skipped;
      return skipped;
    }

    // ---- receiving

    /**
     * Receives one value.
     *
     * @return the value; empty once all senders are closed and this receiver has got all, or it was
     *     given up. Fails with a {@link LaggedException} if values were missed: the next {@code
     *     recv} gives the oldest that is still there
     * @cancellation nothing is lost
     * @threading owned by one task
     */
    public Future<Optional<T>> recv() {
      return Unpolled.made(new BroadcastReceive<>(this));
    }

    /**
     * Receives a value if one is there.
     *
     * @return {@code Pending} if there is none now: nothing will wake the caller then; {@code End}
     *     once all senders are closed and this receiver has got all, or it was given up
     * @throws LaggedException if values were missed
     * @threading owned by one task
     */
    public Next<T> tryRecv() {
      if (gone) {
        return Next.end();
      }
      if (!hasNext()) {
        if (!ring.isEndedAt(next)) {
          return Next.pending();
        }
        close(); // it counts no more
        return Next.end();
      }
      T value = takeNext();
      if (value == null) {
        throw new LaggedException(skipMissed());
      }
      return Next.item(value);
    }

    /**
     * Receives one value on a thread that may block.
     *
     * @return the value; empty once all senders are closed and this receiver has got all
     * @throws LaggedException if values were missed
     * @throws InterruptedException if the thread is interrupted, before or while it waits; nothing
     *     is lost
     * @throws IllegalStateException on a thread that runs tasks
     * @threading one thread at a time, which runs no tasks
     */
    public Optional<T> blockingRecv() throws InterruptedException {
      BlockingCall.checkMayBlock("Broadcast.Receiver.blockingRecv", "Broadcast.Receiver.recv");
      BlockingCall.checkInterrupt();
      return BlockingCall.await(recv());
    }

    /**
     * The values of this receiver, without those that are missed: for what is good for being the
     * latest. What is left out is counted by {@link #missed()}.
     *
     * @return the iterator, which owns this receiver
     * @cancellation closes this receiver
     * @threading owned by one task
     */
    public AsyncIterator<T> lossy() {
      return Unpolled.made(new BroadcastIterator<>(this, true));
    }

    /**
     * The values of this receiver up to the first that is missed, where it fails with a {@link
     * LaggedException} and is over: for who needs all.
     *
     * @return the iterator, which owns this receiver
     * @cancellation closes this receiver
     * @threading owned by one task
     */
    public AsyncIterator<T> failing() {
      return Unpolled.made(new BroadcastIterator<>(this, false));
    }

    /** How many values this receiver has missed, as far as it was told or has left them out. */
    public long missed() {
      return missed;
    }

    /**
     * How many values this receiver could get now, without those that it has missed. A glance: it
     * may have changed already.
     */
    public int length() {
      return gone ? 0 : (int) Math.min(ring.capacity(), ring.tail() - next);
    }

    /** How many values are kept. */
    public int capacity() {
      return ring.capacity();
    }

    /** Whether no more can be sent: all senders are closed. There may be values still. */
    public boolean isClosed() {
      return ring.isEnded();
    }

    /**
     * Receives what is there, at least one value.
     *
     * @param into takes the values
     * @param most how many values at most, at least 1
     * @return how many were added, no more than the budget of one turn; 0 where {@link #recv()} is
     *     empty. Fails with a {@link LaggedException} as that does, before anything was added
     * @throws IllegalArgumentException if {@code most} is less than 1
     * @cancellation nothing is lost
     * @threading owned by one task
     */
    public Future<Integer> recvMany(List<? super T> into, int most) {
      requireNonNull(into, "into");
      if (most < 1) {
        throw new IllegalArgumentException("most must be at least 1, was " + most);
      }
      return Unpolled.made(new BroadcastReceiveMany<>(this, into, most));
    }

    /**
     * One more receiver, at the place where this one is: it gets what this one has not got. It
     * counts until it is given up or has seen the end, by whatever method.
     *
     * @throws PollAfterEndException if this one was given up or has seen the end
     */
    public Receiver<T> another() {
      try {
        if (gone) {
          throw new PollAfterEndException("Receiver of Broadcast");
        }
        long unused = ring.addReceiver();
        return new Receiver<>(ring, next);
      } finally {
        Reference.reachabilityFence(this); // the cleaner must not take this for the last
      }
    }

    /**
     * Gives this receiver up; the channel goes on with the others. With the last receiver, what is
     * kept is forgotten: that happens too when the last receiver is garbage, some time later.
     * Idempotent.
     */
    @Override
    public void close() {
      if (!gone) {
        gone = true;
        try {
          cleanable.clean();
        } finally {
          Reference.reachabilityFence(ring); // so that the release finds it
        }
      }
    }

    @Override
    public String toString() {
      return (gone ? "closed receiver of " : "receiver, " + (ring.tail() - next) + " behind, of ")
          + ring;
    }
  }
}
