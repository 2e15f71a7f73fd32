package dev.pollux.io.driver;

import static java.lang.invoke.MethodHandles.lookup;
import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.Keep;
import dev.pollux.core.Discard;
import dev.pollux.spi.Driver;
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
import java.util.ArrayList;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The driver of one runtime: whoever holds it sleeps in a selector, and wakes the tasks of what has
 * become ready.
 *
 * <p>The selector is opened when a channel is first waited for. Without a channel a thread sleeps
 * as it would without this driver, and no system call is made for the selector.
 *
 * @threading {@link #park} and {@link #close}: the holder, one at a time; the rest: any thread
 */
public final class NioDriver implements Driver {
  /*
   * How the holder sleeps: the word `sleep`
   *  AWAKE      not in park, or on its way out; no permit
   *  PERMIT     there is a permit: the next park that may sleep returns at once
   *  IN_THREAD  asleep in LockSupport: no channel is registered
   *  IN_SELECT  asleep in the selector, or about to be
   *  NUDGED     one of these two, and to look again at what is registered: not to leave park for that
   *
   * Transitions
   *  any but PERMIT       --chooseBed-->   IN_THREAD, IN_SELECT
   *  IN_THREAD, IN_SELECT --nudge-->       NUDGED                 and the sleeper is woken
   *  any                  --unpark-->      PERMIT                 and the sleeper is woken, unless it was by a nudge
   *  any                  --park returns-> AWAKE
   *
   * A sleeper is woken at most once in each sleep: whoever wakes it has moved it out of IN_THREAD or IN_SELECT.
   *
   * No wake-up is lost. A selector that is woken before it sleeps does not sleep (its own guarantee), and so does LockSupport.
   * Interest that grows is written first and nudged for second; the holder moves to IN_SELECT first, and the selector reads the
   * interest second. So either the nudge finds IN_SELECT, or the selector finds the interest. With the first channel it is the
   * set of keys in the place of the interest, and IN_THREAD: the holder looks at the set again after it has moved there.
   *
   * What is reported again. A selector is level-triggered: it reports what somebody has been told of and has not made use of yet.
   * The first time that ends the sleep, so that the thread may help those who are late. If nobody can be helped it comes back, and
   * finds the channel reported a third time: that is not wanted, and rests until somebody wants it. Only a sleep is disturbed by
   * such channels, so a mere look lets them be. But where there are always news, nobody ever sleeps without: then every look would
   * report them, for ever. So each MOST_DISTURBED_LOOKS looks that have found such, those rest that were among them the last time
   * already, and were not made use of since.
   *
   * Premature returns. A selector that returns again and again before its time, without news and without being asked, is replaced
   * (a bug of old kernels, and of others since). What counts is whether there was progress, not what `select` returned.
   *
   * Source: the I/O driver of Tokio; the replacement is Netty's.
   */
  private static final int AWAKE = 0;
  private static final int PERMIT = 1;
  static final int IN_THREAD = 2;
  private static final int IN_SELECT = 3;
  private static final int NUDGED = 4;

  /** So many premature returns in a row make a selector suspect. */
  static final int MOST_PREMATURE_RETURNS = 512;

  /**
   * What is reported keeps the thread busy for about so long, each: two system calls. A mere look
   * before that is over would find most of the channels again, whose tasks are still in the queue;
   * and those it finds anew would only stand in line behind them.
   */
  private static final long NANOS_PER_REPORT = 4_000;

  /** After so many looks that have reported what nobody wants, it rests although there are news. */
  static final int MOST_DISTURBED_LOOKS = 1_000;

  private static final long NANOS_PER_MILLI = 1_000_000;

  /** How often the channels of others are looked at: nobody says when one is closed. */
  private static final long FOREIGN_LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final VarHandle SLEEP =
      ConstantBootstraps.fieldVarHandle(
          lookup(), "sleep", VarHandle.class, NioDriver.class, int.class);

  private final SelectorSource source;
  private final DriverCounts counts = new DriverCounts();
  private final Optional<NioDriver> itself = Optional.of(this);

  /** Channels that others may close. */
  private final Set<Registration> foreign = ConcurrentHashMap.newKeySet();

  @Keep private volatile int sleep = AWAKE;

  /** Written before IN_THREAD, and read after it was seen. */
  private @Nullable Thread sleeper;

  /** Opened by the first registration, guarded by the monitor; replaced by the holder. */
  private volatile @Nullable Selector selector;

  /** Once this is set, whoever registers ends what it registers. */
  private volatile boolean closed;

  // Owned by the holder.

  private final Consumer<SelectionKey> reported = this::reported;
  private final ArrayList<Registration> unwanted = new ArrayList<>();
  private int news;
  private int late;

  /** How many channels the last look has reported, wanted or not. */
  private int reports;

  private long lookedAtNanos = System.nanoTime();
  private int disturbedLooks;
  private int prematureReturns;
  private long foreignLookNanos = System.nanoTime() - FOREIGN_LOOK_NANOS;

  /** Found and made by the service loader. */
  public NioDriver() {
    this(Selector::open);
  }

  NioDriver(SelectorSource source) {
    this.source = source;
  }

  /** Where selectors come from. */
  @FunctionalInterface
  interface SelectorSource {
    Selector open() throws IOException;
  }

  // ---- whoever holds the driver

  @Override
  public void park(long timeoutNanos) {
    if (timeoutNanos == 0) {
      if (hasChannels() && System.nanoTime() - lookedAtNanos >= reports * NANOS_PER_REPORT) {
        select(0);
      }
      return;
    }
    sleeper = Thread.currentThread();
    try {
      int bed = chooseBed();
      if (bed != PERMIT) {
        sleep(bed, timeoutNanos);
      } else if (hasChannels()) {
        select(0);
      }
    } finally {
      SLEEP.getAndSet(this, AWAKE); // no mere write: what came before an unpark must be seen
    }
  }

  /** Whether there is something to look at: a key, or a channel whose key has gone unnoticed. */
  private boolean hasChannels() {
    Selector open = selector;
    return open != null && !(open.keys().isEmpty() && foreign.isEmpty());
  }

  /** Sleeps until there are news, or a permit, or the time is over, or an interrupt. */
  private void sleep(int firstBed, long timeoutNanos) {
    long deadline = timeoutNanos < 0 ? 0 : System.nanoTime() + timeoutNanos;
    long left = timeoutNanos;
    prematureReturns = 0;
    for (int bed = firstBed; bed != PERMIT; bed = chooseBed()) {
      if (bed == IN_SELECT) {
        if (selectFor(left)) {
          return;
        }
      } else {
        if (left < 0) {
          LockSupport.park(this);
        } else {
          LockSupport.parkNanos(this, left);
        }
        if (sleep == IN_THREAD) {
          return; // a parked thread may go on for no reason at all
        }
      }
      if (Thread.currentThread().isInterrupted()) {
        return;
      }
      if (timeoutNanos >= 0) {
        left = deadline - System.nanoTime();
        if (left <= 0) {
          return;
        }
      }
    }
  }

  /**
   * Says where the holder sleeps next.
   *
   * @return IN_SELECT, IN_THREAD, or PERMIT if it does not sleep
   */
  int chooseBed() {
    while (true) {
      int before = sleep;
      if (before == PERMIT) {
        return PERMIT;
      }
      if (hasChannels()) {
        if (SLEEP.compareAndSet(this, before, IN_SELECT)) {
          return IN_SELECT;
        }
      } else if (SLEEP.compareAndSet(this, before, IN_THREAD) && !hasChannels()) {
        return IN_THREAD;
      }
    }
  }

  /** Whether the holder, if it sleeps, has been told to look again. */
  boolean isToLookAgain() {
    int seen = sleep;
    return seen == NUDGED || seen == PERMIT;
  }

  /**
   * One sleep in the selector.
   *
   * @param nanos the longest; negative: without limit
   * @return whether somebody has something to do
   */
  private boolean selectFor(long nanos) {
    long longest = foreign.isEmpty() ? nanos : shorter(nanos, FOREIGN_LOOK_NANOS);
    long begun = longest < 0 ? 0 : System.nanoTime();
    select(longest < 0 ? -1 : Math.max(1, millis(longest)));
    if (news > 0 || late > 0) {
      unwanted.clear();
      return true;
    }
    boolean progress = !unwanted.isEmpty();
    for (int i = 0; i < unwanted.size(); i++) {
      unwanted.get(i).rest();
    }
    unwanted.clear();
    if (progress
        || sleep != IN_SELECT
        || Thread.currentThread().isInterrupted()
        || (longest >= 0 && System.nanoTime() - begun >= longest - NANOS_PER_MILLI)) {
      prematureReturns = 0;
    } else if (++prematureReturns >= MOST_PREMATURE_RETURNS) {
      prematureReturns = 0;
      rebuild();
    }
    return false;
  }

  /** Rounded up. */
  private static long millis(long nanos) {
    return nanos / NANOS_PER_MILLI + (nanos % NANOS_PER_MILLI == 0 ? 0 : 1);
  }

  private static long shorter(long nanos, long limit) {
    return nanos < 0 ? limit : Math.min(nanos, limit);
  }

  /**
   * One call of the selector.
   *
   * @param millis 0 does not sleep, -1 has no limit
   */
  private void select(long millis) {
    Selector open = requireNonNull(selector);
    news = 0;
    late = 0;
    counts.selects.increment();
    try {
      if (millis == 0) {
        open.selectNow(reported);
      } else {
        open.select(reported, Math.max(0, millis));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (!unwanted.isEmpty() && ++disturbedLooks >= MOST_DISTURBED_LOOKS) {
      disturbedLooks = 0;
      for (int i = 0; i < unwanted.size(); i++) {
        unwanted.get(i).restIfOld();
      }
    }
    reports = news + late + unwanted.size();
    if (millis == 0) {
      unwanted.clear(); // only who wants to sleep is disturbed by these
    }
    lookedAtNanos = System.nanoTime();
    if (!foreign.isEmpty()) {
      lookAtForeign();
    }
  }

  private void reported(SelectionKey key) {
    Registration registration = (Registration) key.attachment();
    int readyOps;
    try {
      readyOps = key.readyOps();
    } catch (CancelledKeyException closed) {
      return; // by another thread, since the selector has looked
    }
    switch (registration.event(readyOps)) {
      case NEWS -> news++;
      case UNWANTED -> unwanted.add(registration);
      case LATE -> late++;
      case NOTHING -> {}
    }
  }

  /** Ends what was closed by somebody who did not tell. */
  private void lookAtForeign() {
    if (lookedAtNanos - foreignLookNanos < FOREIGN_LOOK_NANOS / 2) {
      return;
    }
    foreignLookNanos = lookedAtNanos;
    for (Registration registration : foreign) {
      if (registration.isAbandoned()) {
        close(registration);
        news++;
      }
    }
  }

  /** Replaces a selector that spins. */
  private void rebuild() {
    Selector old = requireNonNull(selector);
    Selector made;
    try {
      made = source.open();
    } catch (IOException e) {
      Discard.closing().uncaught(e, "replacing a selector that spins");
      return; // the old one does its work, at a price
    }
    counts.rebuilds.increment();
    selector = made; // before the keys are looked at: see register
    for (SelectionKey key : old.keys()) {
      ((Registration) key.attachment()).move(made);
    }
    closeQuietly(old);
  }

  private static void closeQuietly(Selector selector) {
    try {
      selector.close();
    } catch (IOException e) {
      Discard.closing().uncaught(e, "closing a selector");
    }
  }

  // ---- any thread

  @Override
  public void unpark() {
    wake((int) SLEEP.getAndSet(this, PERMIT));
  }

  /** Has a holder that sleeps look again at what is registered. */
  void nudge() {
    while (true) {
      int before = sleep;
      if (before != IN_THREAD && before != IN_SELECT) {
        return;
      }
      if (SLEEP.compareAndSet(this, before, NUDGED)) {
        wake(before);
        return;
      }
    }
  }

  private void wake(int before) {
    if (before == IN_THREAD) {
      LockSupport.unpark(sleeper);
    } else if (before == IN_SELECT) {
      Selector open = selector;
      if (open != null) {
        counts.wakeups.increment();
        open.wakeup();
      }
    }
  }

  /**
   * Registers a channel. Called under the monitor of the registration, which then says {@link
   * #nudge}.
   *
   * @throws ClosedChannelException if the channel, or this driver, is closed
   * @throws java.nio.channels.CancelledKeyException if an earlier registration of the channel has
   *     ended, and nobody has looked at the selector since
   * @throws IllegalStateException if the channel has another registration, which would not hear of
   *     anything any more
   */
  SelectionKey register(Registration registration, SelectableChannel channel, int interest)
      throws IOException {
    counts.interestChanges.increment();
    SelectionKey key = null;
    while (key == null) {
      Selector open = openSelector();
      try {
        key = register(open, registration, channel, interest);
      } catch (ClosedSelectorException e) {
        if (selector == open) {
          throw e;
        }
      }
      if (key != null && selector != open) {
        key.cancel(); // it was replaced, by one who may have looked at the keys before
        key = null;
      }
    }
    if (!registration.isOwned()) {
      foreign.add(registration);
    }
    if (closed) { // close() may have looked at the keys before
      foreign.remove(registration);
      key.cancel();
      throw new ClosedChannelException();
    }
    return key;
  }

  private static SelectionKey register(
      Selector open, Registration registration, SelectableChannel channel, int interest)
      throws IOException {
    synchronized (channel.blockingLock()) { // the lock of channel.register
      SelectionKey before = channel.keyFor(open);
      if (before != null && before.isValid()) {
        throw new IllegalStateException(
            "is awaited through another Readiness already, which can be shared: " + channel);
      }
      return channel.register(open, interest, registration);
    }
  }

  private Selector openSelector() throws IOException {
    Selector open = selector;
    if (open == null) {
      synchronized (this) {
        if (closed) {
          throw new ClosedChannelException();
        }
        open = selector;
        if (open == null) {
          open = source.open();
          selector = open;
        }
      }
    }
    return open;
  }

  /** Hears that a registration has ended. */
  void forget(Registration registration) {
    if (!registration.isOwned()) {
      foreign.remove(registration);
    }
  }

  void countInterestChange() {
    counts.interestChanges.increment();
  }

  /** What this driver has asked of the system. */
  public DriverCounts counts() {
    return counts;
  }

  @Override
  @SuppressWarnings("unchecked") // it is the class that is asked for
  public <S> Optional<S> service(Class<S> type) {
    return type == NioDriver.class ? (Optional<S>) itself : Optional.empty();
  }

  @Override
  public void close() {
    Selector open;
    synchronized (this) {
      closed = true;
      open = selector;
    }
    if (open == null) {
      return;
    }
    if (open.isOpen()) {
      for (SelectionKey key : open.keys()) {
        close((Registration) key.attachment());
      }
    }
    closeQuietly(open);
  }

  private static void close(Registration registration) {
    try {
      registration.close();
    } catch (IOException e) {
      Discard.closing().uncaught(e, "closing " + registration.channel());
    }
  }

  @Override
  public String toString() {
    Selector open = selector;
    return "NioDriver["
        + (open == null || !open.isOpen() ? "no" : open.keys().size())
        + " channels]";
  }
}
