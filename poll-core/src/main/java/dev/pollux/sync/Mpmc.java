package dev.pollux.sync;

import com.google.errorprone.annotations.CheckReturnValue;

/**
 * A channel with many senders and many receivers, where each value goes to one receiver: work for a
 * few tasks that share it.
 *
 * <pre>{@code
 * Mpmc<Job> jobs = Mpmc.bounded(64);
 * for (int i = 1; i < 4; i++) {
 *   runtime.spawn(jobs.receiver().another().forEach(Job::run));
 * }
 * runtime.spawn(jobs.receiver().forEach(Job::run)); // the first one works too
 * jobs.sender().send(job);      // a future: done once there was room
 * }</pre>
 *
 * <p>Values come out in the order in which they went in. Those who wait, on both sides, are served
 * in the order in which they began to. A value is promised to a receiver that waits, but stays in
 * the channel until that receiver is polled, so none can be lost with a receiver that is cancelled.
 *
 * <p>Values that nobody will receive are {@linkplain dev.pollux.core.Discard discarded} with the
 * last receiver: when it is given up, and also when it is garbage. Then they are closed by the one
 * thread that cleans up for all channels of the process: a {@code close} that blocks there holds up
 * all others. A channel that is garbage as a whole closes what it holds, too; plain values are
 * collected with it. But one that holds, or has held, an {@code AutoCloseable} is kept by a value
 * that leads back to it.
 *
 * <p>A channel with one receiver is better an {@code Mpsc}. Source: the {@code async-channel} of
 * Rust.
 *
 * @param <T> the type of the values, never null
 * @threading any thread; a receiver by one task at a time, so make another for each
 */
@CheckReturnValue
public final class Mpmc<T> {

  private final Sender<T> sender;
  private final Receiver<T> receiver;

  private Mpmc(int capacity) {
    Exchange<T> exchange = new Exchange<>("Mpmc", new FifoValues<>(), capacity);
    this.sender = new Sender<>(exchange);
    this.receiver = new Receiver<>(exchange);
  }

  /**
   * Makes a channel in which senders wait for room.
   *
   * @param capacity how many values it holds, at least 1; what is not used takes no memory
   * @param <T> the type of the values
   * @throws IllegalArgumentException if {@code capacity} is less than 1
   */
  public static <T> Mpmc<T> bounded(int capacity) {
    if (capacity < 1) {
      throw new IllegalArgumentException(
          "capacity must be at least 1, was " + capacity + "; a Rendezvous has none");
    }
    return new Mpmc<>(capacity);
  }

  /**
   * Makes a channel that always has room: nothing but memory stops a sender that is faster than the
   * receivers.
   *
   * @param <T> the type of the values
   */
  public static <T> Mpmc<T> unbounded() {
    return new Mpmc<>(Exchange.UNBOUNDED);
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
   * Sends to an {@link Mpmc}.
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
   * Receives from an {@link Mpmc} what no other receiver gets.
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
