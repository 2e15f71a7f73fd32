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
 * <p>Values that nobody will receive are {@linkplain dev.pollux.core.Discard discarded} with the
 * last receiver: when it is given up, and also when it is garbage. Then they are closed by the one
 * thread that cleans up for all channels of the process: a {@code close} that blocks there holds up
 * all others. A channel that is garbage as a whole closes what it holds, too; plain values are
 * collected with it. But one that holds, or has held, an {@code AutoCloseable} is kept by a value
 * that leads back to it.
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

  /**
   * The first receiver. It counts until it is given up or has seen the end, even if nobody uses it:
   * so it should be one of those that receive, or be closed.
   */
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
     * One more receiver, which counts until it is given up or has seen the end, by whatever method.
     *
     * @throws dev.pollux.core.PollAfterEndException if this one was given up or has seen the end
     */
    public Receiver<T> another() {
      return new Receiver<>(shareExchange());
    }
  }
}
