package dev.pollux.sync;

import static java.lang.invoke.MethodHandles.lookup;
import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.EndOfPoll;
import dev.pollux.core.Future;
import dev.pollux.core.Next;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.core.Sink;
import dev.pollux.core.Turn;
import dev.pollux.spi.Unpolled;
import java.lang.invoke.ConstantBootstraps;
import java.lang.invoke.VarHandle;
import java.lang.ref.Cleaner.Cleanable;
import java.lang.ref.Reference;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A channel from many senders to one receiver, first in, first out.
 *
 * <pre>{@code
 * Mpsc<Order> orders = Mpsc.bounded(1024);
 * Mpsc.Sender<Order> sender = orders.sender();
 * Future<Void> sent = sender.send(order);      // to be awaited: waits while there is no room
 * // and after the last order was sent:
 * sender.close();                              // the last sender: the receiver comes to its end
 *
 * Mpsc.Receiver<Order> receiver = orders.receiver();
 * Future<Void> all = receiver.forEach(this::book);
 * }</pre>
 *
 * <p>A bounded channel holds at most as many values as its capacity; who wants to send more waits,
 * and is served in turn. An unbounded one always has room, and may fill the memory.
 *
 * <p>The channel comes to its end once all senders are closed, or the receiver is, and what was
 * sent has been received. A sender that is lost without a close keeps it open; a receiver that is
 * lost closes it, as {@link Receiver#cancel()} does, when the garbage collector finds it; this
 * object keeps both. Of a channel that is lost with both its ends, the values that are {@link
 * AutoCloseable} are closed, by a thread that all channels share; the others are garbage with it. A
 * closeable that leads back to its own channel keeps it.
 *
 * <p>In a poll a send is seen by the receiver at the latest when that poll is over: the first of a
 * poll is told to a receiver that waits, and then one in {@code capacity / 4}, but at most 64. The
 * same holds for the room that a receiver makes. A poll that blocks in place does so before it
 * blocks.
 *
 * <p>Source: {@code mpsc} of Tokio; the array of its places is that of Dmitry Vyukov, with permits
 * in the word of the tail.
 *
 * @param <T> the type of the values, never null
 * @threading the two ends may be given to any thread; see {@link Sender} and {@link Receiver}
 */
public final class Mpsc<T> {

  /** The largest capacity, and the most places that can be reserved at a time. */
  public static final int MAX_CAPACITY = MpscChannel.MAX_PERMITS;

  private final Sender<T> sender;
  private final Receiver<T> receiver;

  private Mpsc(MpscChannel<T> channel) {
    this.sender = new Sender<>(channel);
    this.receiver = new Receiver<>(channel);
  }

  /**
   * Makes a channel with {@code capacity} places.
   *
   * @param capacity how many values it holds, from 1 to {@link #MAX_CAPACITY}; for none, see {@link
   *     Rendezvous}
   * @param <T> the type of the values
   * @throws IllegalArgumentException if {@code capacity} is out of range
   */
  public static <T> Mpsc<T> bounded(int capacity) {
    checkCount("capacity", capacity, MAX_CAPACITY);
    return new Mpsc<>(new BoundedMpsc<>(capacity));
  }

  /**
   * Makes a channel that always has room.
   *
   * @param <T> the type of the values
   */
  public static <T> Mpsc<T> unbounded() {
    return new Mpsc<>(new UnboundedMpsc<>());
  }

  /** The first sender; more are made of it by {@link Sender#another()}. */
  public Sender<T> sender() {
    return sender;
  }

  /** The receiver. */
  public Receiver<T> receiver() {
    return receiver;
  }

  private static void checkCount(String name, int count, int most) {
    if (count < 1 || count > most) {
      throw new IllegalArgumentException(name + " must be from 1 to " + most + ", was " + count);
    }
  }

  @Override
  public String toString() {
    return sender.channel.toString();
  }

  /**
   * One way in.
   *
   * @param <T> the type of the values
   * @threading every method may be called from any thread. The values of one thread come out in the
   *     order in which it sent them, also through different senders
   */
  public static final class Sender<T> implements AutoCloseable {

    private static final VarHandle CLOSED =
        ConstantBootstraps.fieldVarHandle(
            lookup(), "closed", VarHandle.class, Sender.class, boolean.class);

    private final MpscChannel<T> channel;
    private volatile boolean closed;

    private Sender(MpscChannel<T> channel) {
      this.channel = channel;
    }

    MpscChannel<T> channel() {
      return channel;
    }

    /**
     * Sends a value, once there is room.
     *
     * @param value what is sent; it belongs to the future, and to the channel once that completes
     * @return fails with a {@link ChannelClosedException} if the receiver takes no more, or if this
     *     sender was closed before the first poll; the value has been discarded then
     * @cancellation discards the value, unless it is in the channel; it is never sent in part or
     *     twice
     */
    public Future<Void> send(T value) {
      return Unpolled.made(new MpscSend<>(this, requireNonNull(value, "value")));
    }

    /**
     * Sends a value if there is room. Never waits, and never passes others that do.
     *
     * @param value what is sent; it stays the caller's unless the answer is SENT
     */
    public TrySend trySend(T value) {
      requireNonNull(value, "value");
      if (closed) {
        return TrySend.CLOSED;
      }
      long index = channel.send(value);
      if (index >= 0) {
        channel.flush();
        return TrySend.SENT;
      }
      return index == MpscChannel.IS_FULL ? TrySend.FULL : TrySend.CLOSED;
    }

    /**
     * Sends a value, and blocks the calling thread until there is room.
     *
     * @param value what is sent; discarded if it could not be
     * @throws InterruptedException if the thread is interrupted, before or while it waits; the
     *     value has been discarded
     * @throws ChannelClosedException if the receiver takes no more, or this sender is closed; the
     *     value has been discarded
     * @throws IllegalStateException on a thread that runs tasks; the value stays the caller's
     */
    public void blockingSend(T value) throws InterruptedException {
      requireNonNull(value, "value");
      BlockingCall.checkMayBlock("Mpsc.Sender.blockingSend", "send");
      try {
        BlockingCall.checkInterrupt();
      } catch (InterruptedException interrupt) {
        channel.discard(value);
        throw interrupt;
      }
      if (trySend(value) == TrySend.SENT) {
        return;
      }
      MpscSend<T> send = new MpscSend<>(this, value);
      try {
        BlockingCall.await(send);
      } catch (InterruptedException interrupt) {
        if (!send.wasSent()) {
          throw interrupt;
        }
        Thread.currentThread().interrupt(); // it came too late: for the next to hear
      }
    }

    /**
     * Reserves one place: what is sent by the permit need not wait.
     *
     * @return fails with a {@link ChannelClosedException} if the receiver takes no more, or if this
     *     sender was closed before the first poll
     * @cancellation nothing is lost: a place that came is given to the next
     */
    public Future<Permit<T>> reserve() {
      return reserveMany(1);
    }

    /**
     * Reserves {@code count} places in a row of the queue: a large request is not passed by small
     * ones.
     *
     * @param count how many, from 1 to the capacity, or to {@link #MAX_CAPACITY}, which is also the
     *     most that may be reserved of an unbounded channel in all
     * @return as {@link #reserve()}
     * @throws IllegalArgumentException if {@code count} is out of range
     * @cancellation nothing is lost: places that came are given to the next
     */
    public Future<Permit<T>> reserveMany(int count) {
      checkCount("count", count, Math.min(channel.capacity(), MAX_CAPACITY));
      return Unpolled.made(new MpscReserve<>(this, count));
    }

    /**
     * Reserves one place if there is one.
     *
     * @return a permit, which is to be closed; null if there is no room, or the receiver takes no
     *     more, or this sender is closed
     */
    public @Nullable Permit<T> tryReserve() {
      return tryReserveMany(1);
    }

    /**
     * Reserves {@code count} places if there are so many.
     *
     * @param count how many, from 1 to the capacity
     * @return a permit, which is to be closed; null if there are not, or the receiver takes no
     *     more, or this sender is closed
     * @throws IllegalArgumentException if {@code count} is out of range
     */
    public @Nullable Permit<T> tryReserveMany(int count) {
      checkCount("count", count, Math.min(channel.capacity(), MAX_CAPACITY));
      return !closed && channel.tryReserve(count) ? new Permit<>(channel, count) : null;
    }

    /**
     * Makes what one task sends with, value for value, and allocates nothing for each.
     *
     * @throws ChannelClosedException if this sender is closed
     */
    public Feed<T> feed() {
      if (closed) {
        throw new ChannelClosedException("this sender was closed");
      }
      return new Feed<>(this);
    }

    /**
     * Sends all elements of {@code elements}. Each is asked for once there is a place for it, so
     * none is held outside the channel.
     *
     * @param elements what is sent; belongs to the future
     * @return completes with the end of {@code elements}, fails with what they throw, or with a
     *     {@link ChannelClosedException}, whereupon they have been cancelled. The sender stays open
     * @cancellation cancels the elements; what was sent is sent
     */
    public Future<Void> sendAll(AsyncIterator<? extends T> elements) {
      requireNonNull(elements, "elements");
      Unpolled.used(elements);
      return Unpolled.made(new MpscSendAll<>(this, elements));
    }

    /**
     * Makes one more sender of the same channel, which has to be closed as well.
     *
     * @throws ChannelClosedException if this one is closed
     */
    public Sender<T> another() {
      channel.addSender(); // first: the channel may not come to its end in between
      if (closed) {
        channel.removeSender();
        throw new ChannelClosedException("this sender was closed: no other can be made of it");
      }
      return new Sender<>(channel);
    }

    /**
     * Completes once the receiver takes no more. Takes no budget.
     *
     * @cancellation nothing is lost
     */
    public Future<Void> whenClosed() {
      return Unpolled.made(new MpscWhenClosed(channel));
    }

    /** Whether the receiver takes no more, or this sender was closed. */
    public boolean isClosed() {
      return closed || channel.isClosed();
    }

    /** How many values the channel holds; {@link Integer#MAX_VALUE} if there is no limit. */
    public int capacity() {
      return channel.capacity();
    }

    /** How many more could be sent without waiting; out of date at once, 0 once it is closed. */
    public int availablePermits() {
      return isClosed() ? 0 : channel.available();
    }

    /**
     * Sends no more. Once all senders are closed, the receiver comes to its end after what was sent
     * before, by futures that still wait, or still will be by permits. Idempotent.
     */
    @Override
    public void close() {
      if (CLOSED.compareAndSet(this, false, true)) {
        channel.removeSender();
      }
    }

    @Override
    public String toString() {
      return "Sender[" + (closed ? "closed, " : "") + channel + "]";
    }
  }

  /**
   * Places in a channel that are reserved: what is sent there need not wait, and is not refused,
   * even if the receiver has been closed meanwhile.
   *
   * @param <T> the type of the values
   * @threading confined to one thread at a time
   */
  public static final class Permit<T> implements AutoCloseable {

    private final MpscChannel<T> channel;
    private int left;

    Permit(MpscChannel<T> channel, int count) {
      this.channel = channel;
      this.left = count;
    }

    /** How many values can still be sent. */
    public int remaining() {
      return left;
    }

    /**
     * Sends a value in the next of the places.
     *
     * @param value what is sent; discarded if nobody is left to receive it
     * @return whether it is in the channel
     * @throws IllegalStateException if no place is left
     */
    @CanIgnoreReturnValue
    public boolean send(T value) {
      requireNonNull(value, "value");
      if (left == 0) {
        throw new IllegalStateException("this permit was used up, or closed");
      }
      left--;
      if (channel.sendReserved(value) >= 0) {
        channel.flush();
        return true;
      }
      channel.unreserve(1);
      channel.discard(value);
      return false;
    }

    /** Gives back the places that were not used. Idempotent. */
    @Override
    public void close() {
      int back = left;
      left = 0;
      if (back > 0) {
        channel.unreserve(back);
      }
    }

    @Override
    public String toString() {
      return "Permit[" + left + " places in " + channel + "]";
    }
  }

  /**
   * Sends from the polls of one task, and allocates nothing while there is room: for futures that
   * are written by hand.
   *
   * <pre>{@code
   * while (next < end) {
   *   if (!feed.pollSend(cx, next)) {
   *     return Poll.pending();
   *   }
   *   next++;
   * }
   * }</pre>
   *
   * <p>Source: {@code PollSender} of tokio_util.
   *
   * @param <T> the type of the values
   * @cancellation {@link #close()} gives up its place in the queue; it holds no value
   * @threading confined to one task at a time
   */
  public static final class Feed<T> implements AutoCloseable {

    private final Sender<T> sender;
    private final MpscChannel<T> channel;

    /** The wait for a place, if there is one. */
    private @Nullable MpscReserve<T> waiting;

    /** Whether there is a place to be used. */
    private boolean ready;

    private boolean closed;

    private Feed(Sender<T> sender) {
      this.sender = sender;
      this.channel = sender.channel;
    }

    /**
     * Sends {@code value} if there is room; else the waker of {@code cx} is left behind. Takes a
     * unit of budget.
     *
     * @param cx the context of the poll
     * @param value what is sent; it stays the caller's unless the answer is true
     * @return whether it was sent
     * @throws ChannelClosedException if the receiver takes no more, or the sender is closed
     */
    public boolean pollSend(Context cx, T value) {
      requireNonNull(value, "value");
      if (ready || waiting != null) {
        if (!pollReady(cx)) {
          return false;
        }
        ready = false;
        return sendReserved(cx, value);
      }
      checkOpen();
      if (!cx.tryProceed()) {
        return false;
      }
      long index = channel.send(value);
      if (index >= 0) {
        channel.sent(cx, (int) index);
        return true;
      }
      cx.budget().giveBack();
      return pollReady(cx) && sendReserved(cx, value);
    }

    private boolean sendReserved(Context cx, T value) {
      ready = false;
      long index = channel.sendReserved(value);
      if (index < 0) {
        channel.unreserve(1);
        throw new ChannelClosedException("the receiver is gone");
      }
      channel.sent(cx, (int) index);
      return true;
    }

    /**
     * Waits until {@link #pollSend} can send: for those who make the value only then.
     *
     * @param cx the context of the poll
     * @return true if there is a place for one value, which is kept; else the waker of {@code cx}
     *     is left behind
     * @throws ChannelClosedException if the receiver takes no more, or the sender is closed
     */
    public boolean pollReady(Context cx) {
      return pollPlace(cx, true);
    }

    /** As {@link #pollReady}, for one who takes a unit of budget for what it will send, or not. */
    boolean pollPlace(Context cx, boolean charged) {
      checkOpen();
      if (ready) {
        return true;
      }
      MpscReserve<T> waiting = this.waiting;
      if (waiting == null) {
        waiting = new MpscReserve<>(sender, 1);
        this.waiting = waiting;
      }
      try {
        ready = waiting.pollReady(cx, charged);
      } catch (Throwable failure) {
        this.waiting = null;
        throw failure;
      }
      if (ready) {
        this.waiting = null;
      }
      return ready;
    }

    /** Gives back the place that it waits for, or has. */
    void giveBack() {
      MpscReserve<T> waiting = this.waiting;
      this.waiting = null;
      if (waiting != null) {
        waiting.cancel();
      }
      if (ready) {
        ready = false;
        channel.unreserve(1);
      }
    }

    private void checkOpen() {
      if (closed) {
        throw new ChannelClosedException("this feed was closed");
      }
      if (sender.closed && waiting == null && !ready) {
        throw new ChannelClosedException("the sender of this feed was closed");
      }
    }

    /** Gives up the place it waits for, or has. The sender stays open. Idempotent. */
    @Override
    public void close() {
      closed = true;
      giveBack();
    }

    @Override
    public String toString() {
      return "Feed[" + (ready ? "ready, " : waiting != null ? "waits, " : "") + channel + "]";
    }
  }

  /**
   * The way out. Ends after the last value once the channel is closed.
   *
   * @param <T> the type of the values
   * @cancellation closes the channel and discards the values that are there. A future of {@link
   *     #recv()} that is cancelled loses nothing
   * @threading confined to one task, or thread, at a time
   */
  public static final class Receiver<T> implements AsyncIterator<T> {

    private final MpscChannel<T> channel;
    private final Cleanable cleanable;

    /** Gives back the places of what was taken in a poll. */
    private final EndOfPoll release;

    private boolean ended;
    private boolean over;

    private Receiver(MpscChannel<T> channel) {
      this.channel = channel;
      this.release = channel::release;
      this.cleanable = Abandoned.watch(this, channel.leftovers());
    }

    /**
     * Receives the next value: empty once the channel has ended, however often it is asked then.
     *
     * @cancellation nothing is lost
     */
    public Future<Optional<T>> recv() {
      return Unpolled.made(new MpscRecv<>(this));
    }

    /**
     * Receives at least one value, and whatever else is there at once, but no more than {@code
     * most} and the budget allow.
     *
     * @param into where they are added; the caller's
     * @param most the largest number, at least 1
     * @return how many were added: 0 once the channel has ended
     * @throws IllegalArgumentException if {@code most} is less than 1
     * @cancellation nothing is lost
     */
    public Future<Integer> recvMany(List<? super T> into, int most) {
      requireNonNull(into, "into");
      checkCount("most", most, Integer.MAX_VALUE);
      return Unpolled.made(new RecvMany<>(this, into, most));
    }

    /**
     * Receives a value if one is there: {@code Pending} if not, and no waker is left then; {@code
     * End} once the channel has ended, or this was cancelled. Waits for no value, but for a send
     * that is under way on another thread to get done.
     */
    public Next<T> tryRecv() {
      if (over) {
        return Next.end();
      }
      try {
        boolean last = channel.isOver(); // first: what was sent before that is found now
        T value = channel.takeOrSpin();
        channel.release();
        return value != null ? Next.item(value) : last ? Next.end() : Next.pending();
      } finally {
        Reference.reachabilityFence(this);
      }
    }

    /**
     * Receives the next value, and blocks the calling thread until it is there.
     *
     * @return empty once the channel has ended
     * @throws InterruptedException if the thread is interrupted, before or while it waits; nothing
     *     is lost
     * @throws IllegalStateException on a thread that runs tasks
     */
    public Optional<T> blockingRecv() throws InterruptedException {
      BlockingCall.checkMayBlock("Mpsc.Receiver.blockingRecv", "recv");
      BlockingCall.checkInterrupt();
      Next<T> there = tryRecv();
      if (there.isPending()) {
        return BlockingCall.await(recv());
      }
      return there.isItem() ? Optional.of(there.value()) : Optional.empty();
    }

    @Override
    public Next<T> pollNext(Context cx) {
      T value = pollValue(cx);
      if (value != null) {
        return Next.item(value);
      }
      if (ended) {
        end();
        return Next.end();
      }
      return Next.pending();
    }

    @Override
    public Turn pollEach(Context cx, Sink<? super T> sink) {
      while (true) {
        T value = pollValue(cx);
        if (value == null) {
          break;
        }
        try {
          if (!sink.accept(value)) {
            return Turn.STOPPED;
          }
        } catch (Throwable violation) {
          cancel();
          cx.discard().uncaught(violation, "a sink of Mpsc.Receiver, which must not throw");
          throw violation;
        }
      }
      if (ended) {
        end();
        return Turn.ENDED;
      }
      return Turn.PENDING;
    }

    /**
     * The next value; null if it is not there, or the channel {@linkplain #hasEnded() has ended}.
     */
    @Nullable T pollValue(Context cx) {
      if (over) {
        throw new PollAfterEndException("Mpsc.Receiver");
      }
      if (!cx.tryProceed()) {
        return null;
      }
      T value = takeAnother(cx);
      return value == null ? await(cx) : value;
    }

    /** The next value, if it is there; what that costs has been paid. */
    @Nullable T takeAnother(Context cx) {
      try {
        T value = channel.take();
        if (channel.hasUnreleased()) {
          cx.atEndOfPoll(release);
        }
        return value;
      } finally {
        Reference.reachabilityFence(this); // the collector must not abandon what is in use
      }
    }

    private @Nullable T await(Context cx) {
      try {
        channel.enter(cx);
        channel.release(); // which may put in what somebody waits to send
        channel.awaitValue(cx.waker());
        boolean last = channel.isOver(); // first: what was sent before that is found now
        T value = takeAnother(cx);
        if (value != null) {
          channel.awaitNoMore();
          return value;
        }
        cx.budget().giveBack();
        ended = last;
        return null;
      } finally {
        Reference.reachabilityFence(this);
      }
    }

    /** Whether the end was found, or this was cancelled. */
    boolean hasEnded() {
      return ended || over;
    }

    boolean isOver() {
      return over;
    }

    /** Forgets the waker of the last poll. */
    void stopWaiting() {
      channel.awaitNoMore();
    }

    void discard(T value) {
      channel.discard(value);
    }

    private void end() {
      over = true;
      cleanable.clean();
    }

    /**
     * Takes no more values than those that were sent. What is there can still be received, and what
     * is sent by permits; whoever waits to send is refused. Idempotent.
     */
    public void close() {
      channel.close();
    }

    @Override
    public void cancel() {
      end();
    }

    /** How many values are there, or on the way; out of date at once. */
    public int length() {
      return channel.length();
    }

    /** How many values the channel holds; {@link Integer#MAX_VALUE} if there is no limit. */
    public int capacity() {
      return channel.capacity();
    }

    /** Whether the channel was closed from this side. */
    public boolean isClosed() {
      return channel.isClosed();
    }

    @Override
    public void describe(Description description) {
      description.name("Mpsc.Receiver");
      if (over) {
        description.with("state", "over");
      } else {
        description.waitsFor("a value in " + channel);
      }
    }

    @Override
    public String toString() {
      return "Receiver[" + (over ? "over, " : "") + channel + "]";
    }
  }
}
