package dev.pollux.sync;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Discard;
import dev.pollux.core.Future;
import dev.pollux.core.Item;
import dev.pollux.core.Next;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.spi.Unpolled;
import java.lang.ref.Cleaner.Cleanable;
import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One way out of a channel of many receivers: {@link Mpmc}, {@link Rendezvous} or {@link
 * PriorityChannel}.
 *
 * @param <T> the type of the values, never null
 * @cancellation gives up this receiver; once it was the last, what is in the channel is discarded
 * @threading confined to one task, or thread, at a time
 */
public abstract sealed class SharedReceiver<T> implements AsyncIterator<T>, AutoCloseable
    permits Mpmc.Receiver, PriorityChannel.Receiver, Rendezvous.Receiver {

  /** What is done once when a receiver is given up, has seen the end, or is garbage. */
  private static final class Release<T> implements Runnable {
    /*
     * The cleaner holds this for as long as the receiver lives, so nothing here may lead to the receiver. A waiter of the
     * exchange may, by its waker and the task. Hence the weak reference; if it is empty, then nobody has a handle any more,
     * and the values are all that is left. They may lead to the receiver too, so they are held only if one needs a close.
     */
    private final WeakReference<Exchange<T>> exchange;
    private final Exchange.Leftovers<T> leftovers;
    private volatile @Nullable Discard discard;

    Release(Exchange<T> exchange) {
      this.exchange = new WeakReference<>(exchange);
      this.leftovers = exchange.leftovers();
    }

    @Override
    public void run() {
      Discard discard = this.discard == null ? Discard.closing() : this.discard;
      Exchange<T> exchange = this.exchange.get();
      if (exchange != null) {
        exchange.removeReceiver(discard);
      } else {
        leftovers.discard(discard);
      }
    }
  }

  /** Waits for the polls of a receiver as an iterator, which is no garbage meanwhile. */
  private static final class Waiting extends Exchange.Receiving {

    @SuppressWarnings("unused") // held, no more
    private final SharedReceiver<?> receiver;

    Waiting(SharedReceiver<?> receiver) {
      this.receiver = receiver;
    }
  }

  final Exchange<T> exchange;
  private final Release<T> release;
  private final Cleanable cleanable;

  private final Waiting waiting = new Waiting(this);

  /** Whether this has seen the end, or was given up: it does not count any more. */
  private boolean gone;

  /** Whether a poll as an iterator has answered the end, or this was given up. */
  private boolean over;

  @SuppressWarnings("this-escape") // the cleaner looks at nothing but its reachability
  SharedReceiver(Exchange<T> exchange) {
    this.exchange = exchange;
    this.release = new Release<>(exchange);
    this.cleanable = Abandoned.watch(this, release);
  }

  // ---- receiving

  /**
   * Receives one value. Receivers are served in the order in which they began to wait.
   *
   * @return the value; empty once no more will come: all senders are closed, or a receiver has
   *     {@linkplain #closeChannel() closed the channel}, and what was sent has been received; or
   *     this receiver was given up
   * @cancellation nothing is lost: a value that this would have got goes to the next who waits, or
   *     stays in its place
   * @threading owned by one task
   */
  public final Future<Optional<T>> recv() {
    return Unpolled.made(new ExchangeReceive<>(this));
  }

  /** The same as {@link #recv()}. */
  @Override
  public final Future<Optional<T>> next() {
    return recv();
  }

  /**
   * Receives what is there, at least one value.
   *
   * @param into takes the values; should it throw, the rest of them is discarded
   * @param most how many values at most, at least 1
   * @return how many were added, no more than the budget of one turn; 0 once no more will come
   * @throws IllegalArgumentException if {@code most} is less than 1
   * @cancellation nothing is lost, as of {@link #recv()}
   * @threading owned by one task
   */
  public final Future<Integer> recvMany(List<? super T> into, int most) {
    requireNonNull(into, "into");
    if (most < 1) {
      throw new IllegalArgumentException("most must be at least 1, was " + most);
    }
    return Unpolled.made(new ExchangeReceiveMany<>(this, into, most));
  }

  /**
   * Receives a value if one is there that nobody waits for.
   *
   * @return {@code Pending} if there is none now: nothing will wake the caller then; {@code End} if
   *     no more will come, or this receiver was given up
   * @threading owned by one task
   */
  public final Next<T> tryRecv() {
    if (gone) {
      return Next.end();
    }
    try {
      Next<T> next = exchange.tryReceive(waiting);
      if (next.isEnd()) {
        leave();
      }
      return next;
    } finally {
      Reference.reachabilityFence(this); // the cleaner must not come before the value is taken
    }
  }

  /**
   * Receives one value on a thread that may block.
   *
   * @return the value; empty once no more will come
   * @throws InterruptedException if the thread is interrupted, before or while it waits; nothing is
   *     lost
   * @throws IllegalStateException on a thread that runs tasks
   * @threading one thread at a time, which runs no tasks
   */
  public final Optional<T> blockingRecv() throws InterruptedException {
    BlockingCall.checkMayBlock(
        exchange.name() + ".Receiver.blockingRecv", exchange.name() + ".Receiver.recv");
    BlockingCall.checkInterrupt();
    Next<T> next = tryRecv();
    if (next instanceof Item<T> item) {
      return Optional.of(item.value());
    }
    return next.isEnd() ? Optional.empty() : BlockingCall.await(recv());
  }

  /**
   * {@inheritDoc}
   *
   * <p>A poll that answers {@code Pending} has taken a place among those who wait, and may be given
   * a turn that nobody else gets meanwhile. So go on polling, or {@link #cancel()}; for a single
   * value, use {@link #recv()}.
   */
  @Override
  public final Next<T> pollNext(Context cx) {
    if (over) {
      throw new PollAfterEndException("Receiver of " + exchange.name());
    }
    Next<T> next = gone ? Next.end() : poll(waiting, cx);
    if (next.isEnd()) {
      over = true;
    }
    return next;
  }

  /** Receives for a future of this receiver, which has a waiter of its own. */
  final Next<T> receive(Exchange.Receiving mine, Context cx) {
    if (gone) {
      if (mine.phase() != Waiter.NEW) {
        exchange.withdraw(mine);
      }
      return Next.end();
    }
    if (waiting.phase() != Waiter.NEW) { // it has been polled as an iterator, and waits no more
      exchange.withdraw(waiting);
    }
    return poll(mine, cx);
  }

  /** Receives what more there is, for one that has got a value. */
  final int receiveMore(@Nullable Object[] into) {
    try {
      return exchange.receiveMore(into);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  private Next<T> poll(Exchange.Receiving mine, Context cx) {
    Unpolled.used(this);
    if (release.discard == null) {
      release.discard = cx.discard();
    }
    try {
      if (!mine.isGranted() && mine.isWaitingWith(cx.waker())) {
        return Next.pending();
      }
      if (!cx.tryProceed()) {
        return Next.pending();
      }
      Next<T> next = exchange.receive(mine, cx.waker());
      if (next.isPending()) {
        cx.budget().giveBack();
      } else if (next.isEnd()) {
        leave();
      }
      return next;
    } finally {
      Reference.reachabilityFence(this); // the cleaner must not come before the value is taken
    }
  }

  // ---- the end

  /**
   * Gives this receiver up; the channel goes on with the others. With the last receiver the channel
   * is closed, and what is in it discarded: that happens too when the last receiver is garbage. The
   * same as {@link #cancel()}. Idempotent.
   */
  @Override
  public final void close() {
    cancel();
  }

  /**
   * Lets no more be sent, by any sender: sends that wait fail, with {@link ChannelClosedException}.
   * What was sent before can be received, by every receiver of the channel, and then comes the end.
   * Idempotent.
   *
   * @threading any thread
   */
  public final void closeChannel() {
    exchange.close();
  }

  /** The same as {@link #close()}. */
  @Override
  public final void cancel() {
    Unpolled.used(this);
    over = true;
    leave();
  }

  /** Counts no more. */
  private void leave() {
    if (!gone) {
      gone = true;
      try {
        exchange.withdraw(waiting);
        cleanable.clean();
      } finally {
        Reference.reachabilityFence(exchange); // so that the release finds it
      }
    }
  }

  /**
   * How many values this receiver could get now, without those that are promised to others who
   * wait. A glance: it may have changed already.
   */
  public final int length() {
    return gone ? 0 : exchange.length(waiting);
  }

  /** How many values the channel holds at most: {@link Integer#MAX_VALUE} if there is no limit. */
  public final int capacity() {
    return exchange.capacity();
  }

  /**
   * Whether no more can be sent: a receiver has closed the channel, or all its senders are closed.
   * There may be values still.
   */
  public final boolean isClosed() {
    return exchange.isClosedToAll();
  }

  /** Counts one more handle, which the caller makes. */
  final Exchange<T> shareExchange() {
    try {
      if (gone) {
        throw new PollAfterEndException("Receiver of " + exchange.name());
      }
      exchange.addReceiver();
      return exchange;
    } finally {
      Reference.reachabilityFence(this); // the cleaner must not take this for the last
    }
  }

  @Override
  public final void describe(Description description) {
    description.name(exchange.name() + ".Receiver");
    if (gone) {
      description.with("state", "over");
    } else {
      description.waitsFor("a value of " + exchange);
    }
  }

  @Override
  public String toString() {
    return (gone ? "receiver that is over of " : "receiver of ") + exchange;
  }
}
