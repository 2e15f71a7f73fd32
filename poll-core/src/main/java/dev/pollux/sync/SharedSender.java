package dev.pollux.sync;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.Discard;
import dev.pollux.core.Future;
import dev.pollux.spi.Unpolled;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One way into a channel of many receivers: {@link Mpmc}, {@link Rendezvous} or {@link
 * PriorityChannel}.
 *
 * @param <T> the type of the values, never null
 * @threading every method may be called from any thread
 */
public abstract sealed class SharedSender<T> implements AutoCloseable
    permits Mpmc.Sender, PriorityChannel.Sender, Rendezvous.Sender {

  final Exchange<T> exchange;
  private final AtomicBoolean over = new AtomicBoolean();

  SharedSender(Exchange<T> exchange) {
    this.exchange = exchange;
  }

  /**
   * Sends a value. Senders are served in the order in which they began to wait.
   *
   * @param value what is sent; the future's, from this call on
   * @return done once the channel has the value; of a rendezvous, once a receiver has it. Fails
   *     with a {@link ChannelClosedException} if nobody will receive it or this sender was closed
   *     before the first poll, and with what a comparator throws; the value has been discarded then
   * @cancellation discards the value, unless the channel has taken it: then it stays sent
   * @threading any thread, and any number at once
   */
  public final Future<Void> send(T value) {
    return Unpolled.made(new ExchangeSend<>(this, requireNonNull(value, "value")));
  }

  /**
   * Sends a value if that is possible at once. It never overtakes one who waits.
   *
   * @param value what is sent; the caller's still if it is not
   * @return {@link TrySend#CLOSED} also if this sender is closed
   * @throws RuntimeException what a comparator throws; the value is the caller's still
   * @threading any thread, and any number at once
   */
  public final TrySend trySend(T value) {
    requireNonNull(value, "value");
    return isOver() ? TrySend.CLOSED : exchange.trySend(value);
  }

  /**
   * Sends a value from a thread that may block.
   *
   * @param value what is sent
   * @throws ChannelClosedException if nobody will receive it or this sender is closed; the value
   *     has been discarded
   * @throws InterruptedException if the thread is interrupted, before or while it waits; the value
   *     has been discarded, unless the channel had taken it
   * @throws IllegalStateException on a thread that runs tasks; the value is the caller's still
   * @throws RuntimeException what a comparator throws; the value has been discarded
   * @threading any thread that runs no tasks
   */
  public final void blockingSend(T value) throws InterruptedException {
    requireNonNull(value, "value");
    BlockingCall.checkMayBlock(
        exchange.name() + ".Sender.blockingSend", exchange.name() + ".Sender.send");
    try {
      BlockingCall.checkInterrupt();
    } catch (InterruptedException interrupt) {
      Discard.closing().discard(value);
      throw interrupt;
    }
    // A rendezvous has not met when it has sent, but when its value was taken.
    if (exchange.capacity() == 0 || !sendOrDiscard(value)) {
      BlockingCall.await(send(value));
    }
  }

  private boolean sendOrDiscard(T value) {
    try {
      return trySend(value) == TrySend.SENT;
    } catch (Throwable failure) { // of a comparator
      Discard.closing().discard(value);
      throw failure;
    }
  }

  /**
   * Completes once nobody will receive: a receiver has closed the channel, or all are gone. Takes
   * no budget.
   *
   * @cancellation nothing is lost
   * @threading any thread, and any number at once
   */
  public final Future<Void> whenClosed() {
    return Unpolled.made(new SharedWhenClosed(exchange));
  }

  /** Whether nothing can be sent: this sender is closed, or nobody will receive. */
  public final boolean isClosed() {
    return isOver() || exchange.isClosed();
  }

  /** How many receivers there are that were not given up. A glance: it may have changed already. */
  public final int receiverCount() {
    return exchange.receiverCount();
  }

  /** How many values the channel holds at most: {@link Integer#MAX_VALUE} if there is no limit. */
  public final int capacity() {
    return exchange.capacity();
  }

  /**
   * How many values could be received now, without those that are promised to receivers who wait. A
   * glance: it may have changed already.
   */
  public final int length() {
    return exchange.length();
  }

  /**
   * Gives this sender up. When all senders of a channel are closed, its receivers get what was sent
   * and then the end; a send that waits already still counts as one. Idempotent.
   *
   * @threading any thread
   */
  @Override
  public final void close() {
    exchange.checkMayUse(); // first: it would not be closed again
    if (over.compareAndSet(false, true)) {
      exchange.removeSender();
    }
  }

  final boolean isOver() {
    return over.get();
  }

  /** Counts one more handle, which the caller makes. */
  final Exchange<T> shareExchange() {
    if (isOver() || !exchange.addSender()) {
      throw refusal();
    }
    return exchange;
  }

  final ChannelClosedException refusal() {
    return new ChannelClosedException("this sender of " + exchange.name() + " is closed");
  }

  @Override
  public String toString() {
    return (isOver() ? "closed sender of " : "sender of ") + exchange;
  }
}
