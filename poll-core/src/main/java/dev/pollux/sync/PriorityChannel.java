package dev.pollux.sync;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CheckReturnValue;
import java.util.Comparator;

/**
 * A bounded channel of which the highest value is received first.
 *
 * <pre>{@code
 * PriorityChannel<Order> orders = PriorityChannel.bounded(256, Comparator.comparing(Order::urgency));
 * orders.sender().send(order);
 * orders.receiver().recv();     // the most urgent that is there when a value is taken
 * }</pre>
 *
 * <p>Of equal values the first that came is the first that is received. Senders that wait for room
 * are served in the order in which they began to wait, whatever they bring: a high value in front
 * of a full channel waits, as at every door, for those before it.
 *
 * <p>Each value goes to one receiver. There may be many of them.
 *
 * <p>Values that nobody will receive are {@linkplain dev.pollux.core.Discard discarded} with the
 * last receiver: when it is given up, and also when it is garbage. Then they are closed by the one
 * thread that cleans up for all channels of the process: a {@code close} that blocks there holds up
 * all others. A channel that is garbage as a whole closes what it holds, too; plain values are
 * collected with it. But one that holds, or has held, an {@code AutoCloseable} is kept by a value
 * that leads back to it.
 *
 * <p>Source: the {@code PriorityChannel} of embassy.
 *
 * @param <T> the type of the values, never null
 * @threading any thread; a receiver by one task at a time, so make another for each
 */
@CheckReturnValue
public final class PriorityChannel<T> {

  private final Sender<T> sender;
  private final Receiver<T> receiver;

  private PriorityChannel(int capacity, Comparator<? super T> comparator) {
    Exchange<T> exchange =
        new Exchange<>("PriorityChannel", new RankedValues<>(comparator), capacity);
    this.sender = new Sender<>(exchange);
    this.receiver = new Receiver<>(exchange);
  }

  /**
   * Makes a channel in which senders wait for room.
   *
   * @param capacity how many values it holds, at least 1; what is not used takes no memory
   * @param comparator the greatest by it is received first; {@link Comparator#reversed()} makes it
   *     the least. It is called under the lock of the channel, when a value is put in, so it is to
   *     be quick and may not use the channel. What it throws is the failure of that {@code send} or
   *     {@code trySend}, and leaves the channel as it was
   * @param <T> the type of the values
   * @throws IllegalArgumentException if {@code capacity} is less than 1
   */
  public static <T> PriorityChannel<T> bounded(int capacity, Comparator<? super T> comparator) {
    requireNonNull(comparator, "comparator");
    if (capacity < 1) {
      throw new IllegalArgumentException("capacity must be at least 1, was " + capacity);
    }
    return new PriorityChannel<>(capacity, comparator);
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
   * Sends to a {@link PriorityChannel}.
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
   * Receives from a {@link PriorityChannel} what no other receiver gets.
   *
   * @param <T> the type of the values
   * @cancellation with the last receiver, what is in the channel is discarded
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
