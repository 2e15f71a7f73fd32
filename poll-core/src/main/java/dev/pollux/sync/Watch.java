package dev.pollux.sync;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Future;
import dev.pollux.spi.Unpolled;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A value that changes, and any number of {@link Receiver}s that look at it and wait for the next
 * change: a configuration, the state of a connection. Each receiver sees the latest value, and not
 * every one.
 *
 * <pre>{@code
 * Watch<Config> config = Watch.create(initial);
 * // in a task:
 * Watch.Receiver<Config> receiver = config.receiver();
 * Future<Void> applied = receiver.changed().map(done -> apply(receiver.borrowAndUpdate()));
 * // somebody:
 * boolean seen = config.sender().send(next);
 * }</pre>
 *
 * <p>To look costs one volatile read. The value is shared by all who look: it should be immutable,
 * and since nobody knows who still looks at an earlier one, those that were replaced are neither
 * closed nor discarded. Where a value belongs to whoever takes it, use {@link Signal}.
 *
 * <p>Source: {@code watch} of Tokio; {@code StateFlow} of Kotlin.
 *
 * @param <T> the type of the value, never null
 * @threading the sender is for any thread, each receiver for one at a time. What was done before a
 *     value was sent is seen by whoever sees it
 */
public final class Watch<T> {

  private final Sender<T> sender;

  /** Null until it is asked for. Written with the monitor of the state held. */
  private volatile @Nullable Receiver<T> receiver;

  private Watch(WatchState<T> state) {
    this.sender = new Sender<>(state);
  }

  /**
   * Makes a watch with one receiver, which has seen {@code initial}.
   *
   * <p>That receiver counts from the beginning, so that nothing is refused that is sent before
   * somebody {@linkplain #receiver() asks for it}. If {@link Sender#subscribe()} is called before
   * anybody has, the new receiver counts in its place; then the first counts only if it is asked
   * for later.
   *
   * @param initial the first value
   * @param <T> the type of the value
   */
  public static <T> Watch<T> create(T initial) {
    return new Watch<>(new WatchState<>(requireNonNull(initial, "initial")));
  }

  /** The side that sends. */
  public Sender<T> sender() {
    return sender;
  }

  /**
   * The first receiver, always the same; {@link Sender#subscribe()} and {@link Receiver#another()}
   * make more.
   */
  public Receiver<T> receiver() {
    Receiver<T> receiver = this.receiver;
    if (receiver == null) {
      synchronized (sender.state) { // which is not reached by foreign code
        receiver = this.receiver;
        if (receiver == null) {
          receiver = sender.state.subscribe(WatchState.FIRST);
          this.receiver = receiver;
        }
      }
    }
    return receiver;
  }

  @Override
  public String toString() {
    return "Watch[" + sender.state + "]";
  }

  /**
   * Sets the value.
   *
   * @param <T> the type of the value
   * @threading every method may be called from any thread
   */
  public static final class Sender<T> implements AutoCloseable {

    private final WatchState<T> state;

    private Sender(WatchState<T> state) {
      this.state = state;
    }

    /**
     * Makes {@code value} the latest, if anybody may see it.
     *
     * @param value the new value
     * @return false if there is no receiver, or this sender is closed; the value is what it was
     *     then
     */
    public boolean send(T value) {
      requireNonNull(value, "value");
      return state.receivers() > 0 && state.replace(value) != null;
    }

    /**
     * Makes {@code value} the latest, also if there is no receiver now.
     *
     * @param value the new value
     * @return the value that it replaces
     * @throws ChannelClosedException if this sender is closed; the value is what it was
     */
    public T sendReplace(T value) {
      WatchState.Version<T> before = state.replace(requireNonNull(value, "value"));
      if (before == null) {
        throw closed();
      }
      return before.value();
    }

    /**
     * Makes what {@code change} makes of the value the latest, also if there is no receiver now.
     *
     * @param change makes the new value of the present one, and has no other effect: it is called
     *     again if another value was sent meanwhile. What it throws is thrown, and the value is
     *     what it was
     * @return the new value
     * @throws ChannelClosedException if this sender is closed; the value is what it was
     */
    public T sendModify(UnaryOperator<T> change) {
      WatchState.Version<T> after = state.modify(requireNonNull(change, "change"), false);
      if (after == null) {
        throw closed();
      }
      return after.value();
    }

    /**
     * As {@link #sendModify}, but if the new value equals the present one nothing is sent, and
     * nobody told.
     *
     * @param change makes the new value of the present one, as there
     * @return whether the value has changed
     * @throws ChannelClosedException if this sender is closed and the value would change
     */
    public boolean sendIfModified(UnaryOperator<T> change) {
      requireNonNull(change, "change");
      WatchState.Version<T> after = state.modify(change, true);
      if (after == null) {
        throw closed();
      }
      return after.number() != WatchState.NONE;
    }

    private static ChannelClosedException closed() {
      return new ChannelClosedException("this sender of a watch is closed");
    }

    /** The latest value. */
    public T borrow() {
      return state.current().value();
    }

    /**
     * A new receiver, which has seen the present value. It counts in place of the {@linkplain
     * Watch#receiver() first} if nobody has asked for that yet. Where there was none, {@link
     * #whenClosed()} that has not completed waits for this one too.
     */
    public Receiver<T> subscribe() {
      return state.subscribe();
    }

    /**
     * How many receivers there are that were not closed, with the {@linkplain Watch#create first}
     * that may still be asked for; out of date at once.
     */
    public int receiverCount() {
      return state.receivers();
    }

    /** Whether {@link #send} would be refused: there is no receiver, or this sender is closed. */
    public boolean isClosed() {
      return state.receivers() == 0 || state.current().closed();
    }

    /**
     * Completes once every receiver has been closed. Any number of these may wait. Takes no budget.
     *
     * @cancellation nothing is lost
     */
    public Future<Void> whenClosed() {
      return Unpolled.made(new WatchUnwatched(state));
    }

    /**
     * Says that no more values are to come. Receivers still see the last one; who waits for another
     * is told by a {@link ChannelClosedException}, or by the end of {@link Receiver#changes()}.
     * Idempotent.
     */
    @Override
    public void close() {
      state.close();
    }

    @Override
    public String toString() {
      return "Watch.Sender[" + state + "]";
    }
  }

  /**
   * Looks at the value, and knows which one it has seen.
   *
   * <p>It counts as a receiver until it is {@linkplain #close() closed}. One that is forgotten
   * counts for ever, which matters to nobody but those who wait for the end of all receivers.
   *
   * @param <T> the type of the value
   * @threading used by one thread at a time, as are the futures that it makes, of which one is used
   *     at a time; but for {@link #borrow()}, which may be called from any thread
   */
  public static final class Receiver<T> implements AutoCloseable {

    private final WatchState<T> state;

    /** The number of the version that it has seen, or {@link WatchState#NONE}. */
    private long seen;

    private boolean closed;

    /** How many wait for another version; written with the lock of the state held. */
    int waiting;

    Receiver(WatchState<T> state, long seen) {
      this.state = state;
      this.seen = seen;
    }

    /** The latest value. Whether it counts as seen is as before. */
    public T borrow() {
      return state.current().value();
    }

    /** The latest value, which counts as seen from now on. */
    public T borrowAndUpdate() {
      WatchState.Version<T> current = state.current();
      seen = current.number();
      return current.value();
    }

    /** Whether there is a value that this receiver has not seen. */
    public boolean hasChanged() {
      return state.current().number() != seen;
    }

    /**
     * Takes the present value for one that was not seen, so that {@link #changed()} completes, also
     * one that waits already.
     */
    public void markChanged() {
      seen = WatchState.NONE;
      if (waiting > 0) { // only this receiver's owner makes it greater
        state.tellOwn(this);
      }
    }

    /** Takes the present value for seen. */
    public void markUnchanged() {
      seen = state.current().number();
    }

    /**
     * Completes once there is a value that this receiver has not seen, which counts as seen then.
     * If there is none and the sender is closed, the future throws {@link ChannelClosedException}.
     * What counts is what this receiver has seen when the future is polled: a value that it was
     * told of, and that {@link #borrowAndUpdate()} has seen before the poll, does not complete it.
     *
     * @throws IllegalStateException if this receiver is closed; by the future, if it is closed
     *     later
     * @cancellation nothing is lost: a value that was not seen is one still
     */
    public Future<Void> changed() {
      checkOpen();
      return Unpolled.made(new WatchChanged<>(this));
    }

    /**
     * Waits for a value that this receiver has not seen, on a thread that may block.
     *
     * @throws ChannelClosedException if there is none and the sender is closed
     * @throws InterruptedException if the thread is interrupted, before or while it waits; a value
     *     that was not seen is one still
     * @throws IllegalStateException on a thread that runs tasks, or if this receiver is closed
     */
    public void blockingChanged() throws InterruptedException {
      BlockingCall.checkMayBlock("Watch.Receiver.blockingChanged", "Watch.Receiver.changed");
      BlockingCall.checkInterrupt();
      BlockingCall.await(changed());
    }

    /**
     * The first value that {@code predicate} holds for, the present one included, seen or not. What
     * was looked at counts as seen. If the sender is closed and the predicate does not hold for the
     * last value, the future throws {@link ChannelClosedException}.
     *
     * @param predicate looks at the latest value, and not at every one; what it throws is the
     *     failure of the future
     * @throws IllegalStateException if this receiver is closed; by the future, if it is closed
     *     later
     * @cancellation nothing is lost
     */
    public Future<T> waitFor(Predicate<? super T> predicate) {
      requireNonNull(predicate, "predicate");
      checkOpen();
      return Unpolled.made(new WatchWaitFor<>(this, predicate));
    }

    /**
     * Does what {@link #waitFor} does on a thread that may block.
     *
     * @param predicate looks at the latest value; what it throws is thrown
     * @throws ChannelClosedException if the sender is closed and the predicate does not hold for
     *     the last value
     * @throws InterruptedException if the thread is interrupted, before or while it waits
     * @throws IllegalStateException on a thread that runs tasks, or if this receiver is closed
     */
    public T blockingWaitFor(Predicate<? super T> predicate) throws InterruptedException {
      BlockingCall.checkMayBlock("Watch.Receiver.blockingWaitFor", "Watch.Receiver.waitFor");
      BlockingCall.checkInterrupt();
      return BlockingCall.await(waitFor(predicate));
    }

    /**
     * The present value, seen or not, and then the latest one whenever there is another, until the
     * sender is closed. Values that come faster than they are asked for are left out.
     *
     * @return an iterator that owns this receiver, which is closed with it; {@link #another()}
     *     makes one to keep
     * @throws IllegalStateException if this receiver is closed; by the iterator, if it is closed
     *     later and by another way than a cancel of the iterator
     * @cancellation closes this receiver; nothing is lost
     */
    public AsyncIterator<T> changes() {
      checkOpen();
      markChanged();
      return Unpolled.made(new WatchChanges<>(this));
    }

    /**
     * Another receiver, which has seen what this one has.
     *
     * @throws IllegalStateException if this receiver is closed
     */
    public Receiver<T> another() {
      checkOpen();
      return state.subscribe(seen);
    }

    private void checkOpen() {
      if (closed) {
        throw whenClosed();
      }
    }

    /**
     * Counts no more as a receiver: if it was the last, the sender is told. The value can still be
     * looked at; there is no waiting for another: what waits for this receiver is woken, and throws
     * {@link IllegalStateException}. Idempotent.
     */
    @Override
    public void close() {
      if (!closed) {
        closed = true;
        state.unsubscribe(this);
      }
    }

    // ---- for those who wait

    boolean isClosed() {
      return closed;
    }

    static IllegalStateException whenClosed() {
      return new IllegalStateException("this receiver of a watch is closed");
    }

    WatchState<T> state() {
      return state;
    }

    long seen() {
      return seen;
    }

    void setSeen(long number) {
      seen = number;
    }

    @Override
    public String toString() {
      return "Watch.Receiver["
          + (closed ? "closed" : hasChanged() ? "not seen" : "seen")
          + ", "
          + state
          + "]";
    }
  }
}
