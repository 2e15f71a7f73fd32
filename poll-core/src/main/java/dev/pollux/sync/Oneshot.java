package dev.pollux.sync;

import static java.lang.invoke.MethodHandles.lookup;
import static java.util.Objects.requireNonNull;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Discard;
import dev.pollux.core.Future;
import dev.pollux.core.Next;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.core.Ready;
import dev.pollux.core.Waker;
import dev.pollux.spi.Unpolled;
import java.lang.invoke.ConstantBootstraps;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * A channel for one value, from one {@link Sender} to one {@link Receiver}: the answer to a
 * request.
 *
 * <pre>{@code
 * Oneshot<Reply> oneshot = Oneshot.create();
 * requests.trySend(new Request(question, oneshot.sender()));
 * Future<Integer> length = oneshot.receiver().map(reply -> reply.text().length());
 * }</pre>
 *
 * <p>A sender that will send nothing is {@linkplain Sender#close() closed}, which the receiver is
 * told by a {@link ChannelClosedException}; a receiver that is not needed any more is cancelled,
 * which the sender may {@linkplain Sender#whenClosed() wait for}. Nobody is told of a handle that
 * is merely forgotten: to notice that would cost more than all the rest. A receiver whose sender is
 * garbage waits for ever, and a value sent to a receiver that is garbage is garbage too, and not
 * discarded.
 *
 * <p>Source: {@code oneshot} of Tokio, and {@code CompletableDeferred} of Kotlin.
 *
 * @param <T> the type of the value, never null
 * @threading the sender is for any thread, the receiver for one at a time. What was done before the
 *     send is seen by whoever has the value
 */
public final class Oneshot<T> {

  private final Sender<T> sender;
  private final Receiver<T> receiver;

  private Oneshot(Receiver<T> receiver) {
    this.sender = new Sender<>(receiver);
    this.receiver = receiver;
  }

  /**
   * Makes a channel for one value.
   *
   * @param <T> the type of the value
   */
  public static <T> Oneshot<T> create() {
    return new Oneshot<>(Unpolled.made(new Receiver<>()));
  }

  /** The side that sends. */
  public Sender<T> sender() {
    return sender;
  }

  /** The side that receives, a future. */
  public Receiver<T> receiver() {
    return receiver;
  }

  @Override
  public String toString() {
    return "Oneshot[" + receiver.stateInWords() + "]";
  }

  /** How it ends without a value, or after it. */
  private enum End {
    SENDER_CLOSED,
    RECEIVER_CLOSED,
    /** The receiver has the value, has thrown, or was cancelled. */
    OVER
  }

  /**
   * Sends the value, once.
   *
   * @param <T> the type of the value
   * @threading every method may be called from any thread. If several send at once, one of them
   *     does
   */
  public static final class Sender<T> implements AutoCloseable {

    private final Receiver<T> receiver;

    private Sender(Receiver<T> receiver) {
      this.receiver = receiver;
    }

    /**
     * Sends {@code value}, if nothing was sent before and the receiver has not been closed or
     * cancelled. Never waits.
     *
     * @param value what is sent. Once sent, it reaches the receiver; if that is cancelled later, it
     *     is {@linkplain Discard discarded}
     * @return whether it was sent; if not, it stays with the caller
     */
    public boolean send(T value) {
      return receiver.replaceOpen(new Ready<>(requireNonNull(value, "value")));
    }

    /**
     * Ends the channel without a value, unless one was sent: the receiver throws {@link
     * ChannelClosedException}. Idempotent; does nothing after a send.
     */
    @Override
    public void close() {
      receiver.endWithout(End.SENDER_CLOSED);
    }

    /**
     * Whether a send would be refused: the receiver was closed or cancelled, or this sender has
     * sent or was closed. Never false again after true.
     */
    public boolean isClosed() {
      return receiver.isClosed();
    }

    /**
     * Completes once a send would be refused: to stop work on an answer that nobody waits for. Any
     * number of these may wait. Takes no budget.
     *
     * <pre>{@code
     * Futures.select(compute(question), sender.whenClosed().map(done -> Reply.NONE))
     * }</pre>
     *
     * @cancellation nothing is lost
     */
    public Future<Void> whenClosed() {
      return Unpolled.made(new OneshotClosed(receiver));
    }

    @Override
    public String toString() {
      return "Oneshot.Sender[" + receiver.stateInWords() + "]";
    }
  }

  /**
   * The value, once it is sent. The future throws {@link ChannelClosedException} if the sender, or
   * this receiver, was closed before.
   *
   * @param <T> the type of the value
   * @cancellation later sends are refused, so that the value stays with the sender; one that was
   *     sent already is {@linkplain Discard discarded}
   * @threading polled, cancelled and received from by one thread at a time, as every future; {@link
   *     #close()} may be called from any thread
   */
  public static final class Receiver<T> implements Future<T> {
    /*
     * Invariants
     *  I1  `state` is null, the waker of the receiver, the value in the answer that the receiver will give, or an End.
     *      A value is never taken for a waker, though it may be one: it is in a Ready.
     *  I2  Senders, and all who close, replace null and wakers only. So what follows after a value is up to the owner.
     *
     * Transitions
     *  null, waker --poll-->           waker
     *  null, waker --send-->           Ready                    (the waker is woken)
     *  null, waker --close-->          SENDER_ or RECEIVER_CLOSED  (the waker is woken)
     *  Ready       --poll, tryRecv-->  OVER
     *  any         --cancel-->         OVER                     (a value is discarded)
     *  ..._CLOSED  --poll-->           OVER
     *
     * The races. Poll and send meet on one word: a poll that registers after the send fails to, and looks again; one that
     * registers before is woken, since the send got the waker out. A poll that finds its own waker in place writes
     * nothing, for the send that would have taken it out is still to come. A cancel and a send: whichever comes second
     * sees the other; the send is refused, or the cancel has the value to discard.
     *
     * `closeWaiters` is made by the first who waits for the close, and looked at by all who close after they have
     * changed `state`; who waits looks at `state` after it has put itself in there. Both are volatile, so one sees the
     * other. Its monitor guards it.
     *
     * Ordering: the changes of `state` are compare-and-set or exchanges, but for those that I2 leaves to the owner alone.
     * Progress: lock-free, but for the wakers that are called, and those who wait for the close.
     */
    private static final VarHandle STATE =
        ConstantBootstraps.fieldVarHandle(
            lookup(), "state", VarHandle.class, Receiver.class, Object.class);

    private static final VarHandle CLOSE_WAITERS =
        ConstantBootstraps.fieldVarHandle(
            lookup(), "closeWaiters", VarHandle.class, Receiver.class, WaiterQueue.class);

    private volatile @Nullable Object state;

    private volatile @Nullable WaiterQueue closeWaiters;

    /** That of the first poll that had to wait. */
    private @Nullable Discard discard;

    private Receiver() {}

    @Override
    public Poll<T> poll(Context cx) {
      Unpolled.used(this);
      while (true) {
        Object seen = state;
        if (seen instanceof Ready<?>) {
          if (!cx.tryProceed()) {
            keepDiscard(cx);
            return Poll.pending();
          }
          return take(seen);
        }
        if (seen instanceof End end) {
          if (end == End.OVER) {
            throw new PollAfterEndException("Oneshot.Receiver");
          }
          over();
          throw closed(end);
        }
        Waker waker = cx.waker();
        if (seen == waker) {
          return Poll.pending();
        }
        keepDiscard(cx);
        if (STATE.compareAndSet(this, seen, waker)) {
          return Poll.pending();
        }
      }
    }

    private void keepDiscard(Context cx) {
      if (discard == null) {
        discard = cx.discard();
      }
    }

    @SuppressWarnings("unchecked") // I1
    private Poll<T> take(Object answer) {
      over();
      return (Poll<T>) answer;
    }

    /** To be called when `state` is a value or an end. */
    private void over() {
      STATE.setRelease(this, End.OVER); // nobody else changes it (I2), and nobody reads more of it
      discard = null;
    }

    private static ChannelClosedException closed(End end) {
      return new ChannelClosedException(
          end == End.SENDER_CLOSED
              ? "the sender of this oneshot was closed without a value"
              : "this receiver of a oneshot was closed before a value came");
    }

    /**
     * The value if it is there; never waits.
     *
     * @return the value; {@code Pending} if it may still come, for which no waker is registered; or
     *     {@code End} if it will not, or was given before
     */
    public Next<T> tryRecv() {
      Unpolled.used(this);
      Object seen = state;
      if (seen instanceof Ready<?>) {
        return Next.item(take(seen).value());
      }
      return seen instanceof End ? Next.end() : Next.pending();
    }

    /**
     * Waits for the value on a thread that may block.
     *
     * @return the value
     * @throws ChannelClosedException if the sender, or this receiver, was closed before one came
     * @throws InterruptedException if the thread is interrupted, before or while it waits; this
     *     receiver is as before, and may be used on
     * @throws IllegalStateException on a thread that runs tasks; and, as a {@link
     *     PollAfterEndException}, if this receiver is over
     */
    public T blockingRecv() throws InterruptedException {
      BlockingCall.checkMayBlock("Oneshot.Receiver.blockingRecv", "Oneshot.Receiver");
      BlockingCall.checkInterrupt();
      try {
        return BlockingCall.await(cx -> poll(cx)); // lent, and so not cancelled by an interrupt
      } catch (InterruptedException interrupt) {
        Object seen = state;
        if (seen instanceof Waker) {
          STATE.compareAndSet(this, seen, (Object) null); // else there is a value or an end by now
        }
        throw interrupt;
      }
    }

    /**
     * Has later sends refused. A value that was sent already can still be received; else the future
     * throws {@link ChannelClosedException}. Idempotent.
     *
     * @threading any thread
     */
    public void close() {
      Unpolled.used(this);
      endWithout(End.RECEIVER_CLOSED);
    }

    @Override
    public void cancel() {
      Unpolled.used(this);
      if (state == End.OVER) {
        return;
      }
      Object before = STATE.getAndSet(this, End.OVER);
      Discard discard = this.discard;
      this.discard = null;
      if (before instanceof Ready<?> sent) {
        (discard == null ? Discard.closing() : discard).discard(sent.value());
      } else if (!(before instanceof End)) {
        tellClosed();
      }
    }

    // ---- for the sender

    private void endWithout(End end) {
      boolean unused = replaceOpen(end);
    }

    /** Goes to {@code closed} from null or a waker; false if it is closed already. */
    private boolean replaceOpen(Object closed) {
      while (true) {
        Object seen = state;
        if (isClosed(seen)) {
          return false;
        }
        if (STATE.compareAndSet(this, seen, closed)) {
          if (seen != null) {
            Waiter.wake((Waker) seen);
          }
          tellClosed();
          return true;
        }
      }
    }

    /** After `state` was closed. */
    private void tellClosed() {
      WaiterQueue waiters = closeWaiters;
      if (waiters != null) {
        WaiterQueue.Granted granted = new WaiterQueue.Granted();
        synchronized (waiters) {
          waiters.grantAll(granted);
        }
        granted.wakeAll();
      }
    }

    boolean isClosed() {
      return isClosed(state);
    }

    private static boolean isClosed(@Nullable Object state) {
      return state instanceof Ready<?> || state instanceof End;
    }

    /** Those who wait for the close; to be asked for before a look at {@link #isClosed()}. */
    WaiterQueue closeWaiters() {
      WaiterQueue waiters = closeWaiters;
      if (waiters == null) {
        waiters = new WaiterQueue();
        WaiterQueue other =
            (WaiterQueue) CLOSE_WAITERS.compareAndExchange(this, (WaiterQueue) null, waiters);
        if (other != null) {
          waiters = other;
        }
      }
      return waiters;
    }

    // ---- in words

    @Override
    public void describe(Description description) {
      description.name("Oneshot.Receiver");
      if (isClosed()) {
        description.with("state", stateInWords());
      } else {
        description.waitsFor("a value of its sender");
      }
    }

    private String stateInWords() {
      Object seen = state;
      if (seen instanceof Ready<?>) {
        return "sent";
      }
      if (seen instanceof End end) {
        return switch (end) {
          case SENDER_CLOSED -> "closed by the sender";
          case RECEIVER_CLOSED -> "closed by the receiver";
          case OVER -> "over";
        };
      }
      return seen == null ? "open" : "awaited";
    }

    @Override
    public String toString() {
      return "Oneshot.Receiver[" + stateInWords() + "]";
    }
  }
}
