package dev.pollux.io.driver;

import static java.lang.invoke.MethodHandles.lookup;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import com.google.errorprone.annotations.Keep;
import dev.pollux.core.AtomicWaker;
import dev.pollux.core.Context;
import dev.pollux.core.MissingServiceException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.ConstantBootstraps;
import java.lang.invoke.VarHandle;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is known of the readiness of one channel, and who waits for it.
 *
 * <p>Whoever has a channel tries the operation first. It asks {@link #pollReady} whether that makes
 * sense, and says {@link #exhausted} when the kernel had nothing:
 *
 * <pre>{@code
 * while (true) {
 *   int seen = registration.pollReady(cx, IN);
 *   if (seen < 0) {
 *     return NOT_READY;                       // the waker is stored
 *   }
 *   int count = channel.read(dst);
 *   if (count != 0) {
 *     if (dst.hasRemaining() && count > 0) {
 *       registration.exhausted(IN, seen);     // a short read: the kernel has no more
 *     }
 *     return count;
 *   }
 *   registration.exhausted(IN, seen);
 * }
 * }</pre>
 *
 * @threading {@link #pollReady} and {@link #exhausted}: one thread at a time for each direction,
 *     and both directions at once; {@link #event} and {@link #rest}: the holder of the driver; the
 *     rest: any thread
 */
public final class Registration {
  /*
   * The word `state`, for each of the two directions
   *  READY   an event came, or none was ever asked for, and nobody found the kernel to have nothing since: try.
   *  ARMED   the selector is to report the direction.
   *  STALE   it was reported although it was READY already.
   *  OLD     it was STALE when that was last asked, by a driver that has no time to sleep.
   * and for both
   *  CLOSED  nothing will be reported any more; everybody tries, and the channel says what is wrong.
   *  TICK    counts events, so that who found nothing does not take away a readiness that is newer than its try.
   *
   * Invariants
   *  I1  Who waits has stored its waker, and then seen its direction not READY, not CLOSED, and ARMED.
   *  I2  The interest of the key is what the ARMED bits say, or a thread is on its way to make it so: each change of ARMED is
   *      followed by `sync`, which reads the word and writes the interest under one monitor. So the last to come in there has
   *      seen the last change, whatever the order in which the threads got there.
   *  I3  A selector that sleeps while `sync` makes the interest larger is woken, for it looks at interest before it sleeps only.
   *
   * Transitions
   *  any                  --event-->       READY, not STALE, one tick more     the waker is woken
   *  READY                --event-->       READY, STALE                        somebody is late, or does not want it now
   *  READY, STALE         --rest-->        READY, STALE, not ARMED             the selector would never sleep: it is level-triggered
   *  READY, STALE         --restIfOld-->   READY, STALE, OLD; if it was OLD, not ARMED
   *  READY                --exhausted-->   not READY, not STALE, not OLD       if no tick has passed
   *  not READY, not ARMED --pollReady-->   ARMED
   *  any                  --close-->       CLOSED                              everybody is woken
   *
   * No wake-up is lost. `pollReady` stores the waker and then reads the word; `event` and `close` write the word and then take
   * the waker. All four are of volatile order: either the reader sees the bit, or the event finds the waker. And what the kernel
   * has and nobody has read is reported again by a level-triggered selector for as long as the direction is ARMED; it is disarmed
   * by `rest` and `restIfOld` only, each of which is one compare-and-set with READY in it: whoever clears READY afterwards finds
   * ARMED missing when it comes to wait, and sets it.
   *
   * So the tick is no guard against a lost event (the selector would report it again), but against a needless wait for it.
   *
   * Progress: lock-free but for `sync`, which a connection enters when it waits for the first time, and after a rest.
   *
   * Source: ScheduledIo of Tokio, for a selector that is level-triggered.
   */

  /** To read, or to accept. */
  public static final int IN = 0;

  /** To write, or to be connected. */
  public static final int OUT = 1;

  /** What {@link #pollReady} answers to who has to wait. */
  public static final int WAIT = -1;

  private static final int READY = 1;
  private static final int ARMED = 4;
  private static final int STALE = 16;
  private static final int CLOSED = 64;
  private static final int OLD = 128;
  private static final int TICK_SHIFT = 9;
  private static final int TICK = 1 << TICK_SHIFT;

  private static final VarHandle STATE =
      ConstantBootstraps.fieldVarHandle(
          lookup(), "state", VarHandle.class, Registration.class, int.class);

  private final SelectableChannel channel;

  /** What the driver makes of a report of the selector, the least first. */
  enum Report {
    /** Of none of the two directions. */
    NOTHING,
    /** Reported again, and told to rest if that goes on. */
    LATE,
    /** Reported again and again: to {@link #rest}. */
    UNWANTED,
    /** Somebody was woken, or will find it. */
    NEWS
  }

  /** What the selector calls the two directions. */
  private final int inOps;

  private final int outOps;

  private final boolean owned;

  @Keep private volatile int state = READY << IN | READY << OUT;

  private final AtomicWaker in = new AtomicWaker();
  private final AtomicWaker out = new AtomicWaker();

  /** Who waits beside the one reader and the one writer; made when there is such a one. */
  private volatile @Nullable ReadinessWaiters waiters;

  // Guarded by this.

  /** Read by anybody. */
  private volatile @Nullable NioDriver driver;

  private @Nullable SelectionKey key;

  /**
   * Makes one that belongs to no driver until somebody has to wait.
   *
   * @param channel a non-blocking channel
   * @param owned whether the channel is closed together with this, also when its runtime ends; one
   *     that is not may be closed by somebody else, who does not tell
   */
  public Registration(SelectableChannel channel, boolean owned) {
    this.channel = channel;
    this.owned = owned;
    int valid = channel.validOps();
    this.inOps = valid & (SelectionKey.OP_READ | SelectionKey.OP_ACCEPT);
    this.outOps = valid & (SelectionKey.OP_WRITE | SelectionKey.OP_CONNECT);
  }

  // ---- whoever has the channel

  /**
   * Whether it makes sense to try.
   *
   * @param cx pays one unit of its budget, unless it has to wait; its waker is stored then
   * @param direction {@link #IN} or {@link #OUT}
   * @return what to hand to {@link #exhausted} if nothing is found; or {@link #WAIT}: the waker of
   *     the one reader, or the one writer, is stored
   * @throws IOException if the channel can't be registered
   */
  public int pollReady(Context cx, int direction) throws IOException {
    if (!cx.tryProceed()) {
      return WAIT;
    }
    int seen = state;
    if (isWorthATry(seen, direction)) {
      return tick(seen);
    }
    (direction == IN ? in : out).register(cx.waker());
    return arm(cx, direction);
  }

  /**
   * As {@link #pollReady}, for one of any number who wait for the same direction.
   *
   * @param waiter the caller's own, for this registration
   */
  public int pollReady(Context cx, int direction, ReadinessWaiters.Waiter waiter)
      throws IOException {
    if (!cx.tryProceed()) {
      return WAIT;
    }
    int seen = state;
    if (isWorthATry(seen, direction)) {
      return tick(seen);
    }
    waiters().add(waiter, direction, cx.waker());
    return arm(cx, direction);
  }

  /** Forgets who has waited by {@link #pollReady(Context, int, ReadinessWaiters.Waiter)}. */
  public void forget(ReadinessWaiters.Waiter waiter) {
    ReadinessWaiters all = waiters;
    if (all != null) {
      all.remove(waiter);
    }
  }

  private ReadinessWaiters waiters() {
    ReadinessWaiters all = waiters;
    if (all == null) {
      synchronized (this) {
        all = waiters;
        if (all == null) {
          all = new ReadinessWaiters();
          waiters = all;
        }
      }
    }
    return all;
  }

  /** What comes after the waker was stored (I1). */
  private int arm(Context cx, int direction) throws IOException {
    while (true) {
      int seen = state;
      if (isWorthATry(seen, direction)) {
        return tick(seen);
      }
      if ((seen & ARMED << direction) != 0) {
        cx.budget().giveBack(); // no progress, no charge
        return WAIT;
      }
      if (STATE.compareAndSet(this, seen, seen | ARMED << direction) && !sync(cx)) {
        cx.wakeSelf();
        return WAIT;
      }
    }
  }

  /** What {@link #pollReady} would answer if the channel were ready: for {@link #exhausted}. */
  public int lastReport() {
    return tick(state);
  }

  /**
   * Says that a try found nothing, or less than it had room for.
   *
   * @param seen the answer of {@link #pollReady} before the try
   */
  public void exhausted(int direction, int seen) {
    int before = state;
    while (tick(before) == seen && (before & CLOSED) == 0 && (before & READY << direction) != 0) {
      int after = before & ~((READY | STALE | OLD) << direction);
      if (STATE.compareAndSet(this, before, after)) {
        return;
      }
      before = state;
    }
  }

  private static boolean isWorthATry(int state, int direction) throws ClosedChannelException {
    if ((state & CLOSED) != 0) {
      throw new ClosedChannelException();
    }
    return (state & READY << direction) != 0;
  }

  private static int tick(int state) {
    return state >>> TICK_SHIFT;
  }

  /** Whether this was closed, or its channel or its driver was. */
  public boolean isClosed() {
    return (state & CLOSED) != 0;
  }

  // ---- the selector's interest

  /**
   * Makes the interest what the word says, and has the selector see it.
   *
   * @return false if that can't be done yet: an earlier registration of the same channel has ended,
   *     and the selector has not been looked at since
   */
  private boolean sync(Context cx) throws IOException {
    NioDriver mine = driver;
    if (mine == null) {
      Optional<NioDriver> found = cx.service(NioDriver.class);
      if (found.isEmpty()) {
        disarmAll();
        wakeAll();
        throw new MissingServiceException(
            "I/O driver", "a PolluxRuntime, with pollux-io-nio on its path");
      }
      mine = found.get();
    }
    return sync(mine);
  }

  private boolean sync(NioDriver offered) throws IOException {
    boolean done = false;
    try {
      done = trySync(offered);
    } finally {
      if (!done) {
        wakeAll(); // who saw it armed meanwhile waits
      }
    }
    return done;
  }

  private boolean trySync(NioDriver offered) throws IOException {
    boolean gone = false;
    boolean larger = false;
    boolean early = false;
    NioDriver mine;
    synchronized (this) {
      int seen = state;
      if ((seen & CLOSED) != 0) {
        return true;
      }
      mine = driver == null ? offered : driver;
      int interest = interest(seen);
      SelectionKey registered = key;
      try {
        if (registered == null) {
          key = mine.register(this, channel, interest);
          driver = mine;
          larger = true;
        } else {
          int before = registered.interestOps();
          if (before != interest) {
            registered.interestOps(interest);
            mine.countInterestChange();
            larger = (interest & ~before) != 0;
          }
        }
      } catch (CancelledKeyException e) {
        early = registered == null && channel.isOpen(); // the key is one of the past
        gone = !early;
      } catch (ClosedChannelException | ClosedSelectorException e) {
        gone = true; // the channel was closed by somebody else, or the driver has ended
      } catch (Throwable failure) {
        disarmAll();
        throw failure;
      }
      if (early) {
        disarmAll();
      }
    }
    if (gone) {
      close();
    } else if (larger || early) {
      mine.nudge();
    }
    return !early;
  }

  /** After a registration that failed, or comes too early: who comes next tries again. */
  private void disarmAll() {
    int before = state;
    while (!STATE.compareAndSet(this, before, before & ~(ARMED << IN | ARMED << OUT))) {
      before = state;
    }
  }

  private int interest(int state) {
    return ((state & ARMED << IN) != 0 ? inOps : 0) | ((state & ARMED << OUT) != 0 ? outOps : 0);
  }

  /** Moves to another selector. Called by the holder of the driver. */
  void move(Selector selector) {
    boolean gone = false;
    synchronized (this) {
      SelectionKey old = key;
      if (old == null || old.selector() == selector) {
        return;
      }
      old.cancel();
      try {
        key = channel.register(selector, interest(state), this);
      } catch (ClosedChannelException e) {
        gone = true;
      }
    }
    if (gone) {
      end();
    }
  }

  // ---- the holder of the driver

  /**
   * Hears that the selector has reported {@code readyOps}, and wakes who waits for that.
   *
   * @return what is to be made of it
   */
  @CanIgnoreReturnValue
  Report event(int readyOps) {
    Report report = (readyOps & inOps) == 0 ? Report.NOTHING : event(IN, in);
    if ((readyOps & outOps) != 0) {
      Report second = event(OUT, out);
      return second.compareTo(report) > 0 ? second : report;
    }
    return report;
  }

  private Report event(int direction, AtomicWaker waker) {
    while (true) {
      int before = state;
      if ((before & READY << direction) == 0) {
        if (STATE.compareAndSet(this, before, (before | READY << direction) + TICK)) {
          waker.wake();
          ReadinessWaiters others = waiters;
          if (others != null) {
            others.wake(direction);
          }
          return Report.NEWS;
        }
      } else if ((before & STALE << direction) != 0) {
        return Report.UNWANTED;
      } else if (STATE.compareAndSet(this, before, before | STALE << direction)) {
        return Report.LATE;
      }
    }
  }

  /** Has the selector not report what was reported and is not wanted. */
  void rest() {
    rest(STALE);
  }

  /** As {@link #rest}, of what was not wanted at the last call of this either, nor used since. */
  void restIfOld() {
    rest(OLD);
  }

  private void rest(int mark) {
    int before;
    int after;
    do {
      before = state;
      after = before;
      for (int direction = IN; direction <= OUT; direction++) {
        if ((before & mark << direction) != 0) { // and so READY
          after &= ~(ARMED << direction);
        } else if ((before & STALE << direction) != 0) {
          after |= OLD << direction;
        }
      }
      if (after == before) {
        return;
      }
    } while (!STATE.compareAndSet(this, before, after));
    if ((before & ~after) == 0) {
      return; // nothing was disarmed
    }
    NioDriver mine = driver;
    if (mine != null) {
      try {
        boolean done = sync(mine);
        assert done : this; // it has a key, or is closed
      } catch (IOException e) {
        throw new UncheckedIOException(e); // of a close
      }
    }
  }

  /** Whether somebody has closed the channel and not told. */
  boolean isAbandoned() {
    return !channel.isOpen() && !isClosed();
  }

  boolean isOwned() {
    return owned;
  }

  // ---- the end

  /**
   * Closes this, and the channel if it is owned; wakes everybody who waits, to try and to fail.
   * Idempotent.
   *
   * @throws IOException if the channel fails to close; it is over all the same
   */
  public void close() throws IOException {
    NioDriver mine = end();
    try {
      if (owned) {
        channel.close();
      }
    } finally {
      if (mine != null) {
        mine.nudge(); // the descriptor is given back when the selector next looks at its keys
      }
    }
  }

  /** Ends this without a look at the channel; wakes everybody who waits. */
  @CanIgnoreReturnValue
  private @Nullable NioDriver end() {
    NioDriver mine;
    synchronized (this) {
      markClosed();
      mine = driver;
      SelectionKey registered = key;
      key = null;
      driver = null;
      if (mine != null) {
        mine.forget(this);
      }
      if (registered != null) {
        registered.cancel();
      }
    }
    wakeAll();
    return mine;
  }

  private void markClosed() {
    int before = state;
    while ((before & CLOSED) == 0 && !STATE.compareAndSet(this, before, before | CLOSED)) {
      before = state;
    }
  }

  private void wakeAll() {
    in.wake();
    out.wake();
    ReadinessWaiters others = waiters;
    if (others != null) {
      others.wake(IN);
      others.wake(OUT);
    }
  }

  /** Forgets the waker of the one reader or writer, who does not wait any more. */
  public void stopWaiting(int direction) {
    (direction == IN ? in : out).clear();
  }

  /** Whether a channel of this kind is ever reported to be ready for {@code direction}. */
  public boolean has(int direction) {
    return (direction == IN ? inOps : outOps) != 0;
  }

  /** The channel. */
  public SelectableChannel channel() {
    return channel;
  }

  @Override
  public String toString() {
    int seen = state;
    StringBuilder text = new StringBuilder("Registration[");
    if ((seen & CLOSED) != 0) {
      text.append("closed, ");
    }
    text.append("in").append(describe(seen, IN)).append(", out").append(describe(seen, OUT));
    return text.append(", ").append(channel).append(']').toString();
  }

  private static String describe(int state, int direction) {
    return ((state & READY << direction) != 0 ? " ready" : " waits")
        + ((state & ARMED << direction) != 0 ? " armed" : "");
  }
}
