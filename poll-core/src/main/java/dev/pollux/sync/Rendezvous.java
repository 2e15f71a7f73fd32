package dev.pollux.sync;

import com.google.errorprone.annotations.CheckReturnValue;

/**
 * A channel that holds nothing: a sender and a receiver meet, and the value goes from one to the
 * other.
 *
 * <pre>{@code
 * Rendezvous<Plate> counter = Rendezvous.create();
 * Future<Void> handedOver = counter.sender().send(plate); // done once a receiver has it
 * Future<Optional<Plate>> plate = counter.receiver().recv();
 * }</pre>
 *
 * <p>A {@code send} is done when a receiver has taken the value; until then the value is the
 * future's, and discarded with it. So whoever has sent knows that somebody is at work on it. A
 * {@code trySend} succeeds if a receiver waits that no sender waits for, and does not wait until
 * that receiver has been polled: should it be cancelled instead, the value goes to the next
 * receiver. A {@code tryRecv} succeeds if a sender waits. Both sides are served in the order in
 * which they began to wait.
 *
 * <p>Source: channels of Go without a buffer, and {@code RENDEZVOUS} of Kotlin.
 *
 * @param <T> the type of the values, never null
 * @threading any thread; a receiver by one task at a time, so make another for each
 */
@CheckReturnValue
public final class Rendezvous<T> {

  private final Sender<T> sender;
  private final Receiver<T> receiver;

  private Rendezvous() {
    Exchange<T> exchange = new Exchange<>("Rendezvous", new FifoValues<>(), 0);
    this.sender = new Sender<>(exchange);
    this.receiver = new Receiver<>(exchange);
  }

  /**
   * Makes a channel.
   *
   * @param <T> the type of the values
   */
  public static <T> Rendezvous<T> create() {
    return new Rendezvous<>();
  }

  /** The first sender. */
  public Sender<T> sender() {
    return sender;
  }

  /** The first receiver. */
  public Receiver<T> receiver() {
    return receiver;
  }

  @Override
  public String toString() {
    return sender.exchange.toString();
  }

  /**
   * Sends to a {@link Rendezvous}.
   *
   * @param <T> the type of the values
   * @threading any thread, and any number at once
   */
  public static final class Sender<T> extends SharedSender<T> {

    private Sender(Exchange<T> exchange) {
      super(exchange);
    }

    /**
     * One more sender, which counts until it is closed.
     *
     * @throws ChannelClosedException if this one is closed
     */
    public Sender<T> another() {
      return new Sender<>(shareExchange());
    }
  }

  /**
   * Receives from a {@link Rendezvous} what no other receiver gets.
   *
   * @param <T> the type of the values
   * @cancellation with the last receiver, what a {@code trySend} has left for one that was
   *     cancelled is discarded
   * @threading owned by one task (or thread) at a time
   */
  public static final class Receiver<T> extends SharedReceiver<T> {

    private Receiver(Exchange<T> exchange) {
      super(exchange);
    }

    /**
     * One more receiver, which counts until it is cancelled or has seen the end.
     *
     * @throws dev.pollux.core.PollAfterEndException if this one is over
     */
    public Receiver<T> another() {
      return new Receiver<>(shareExchange());
    }
  }
}
