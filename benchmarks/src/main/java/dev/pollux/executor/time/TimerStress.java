package dev.pollux.executor.time;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.pollux.core.Context;
import dev.pollux.core.Poll;
import dev.pollux.core.Poller;
import dev.pollux.core.Waker;
import dev.pollux.spi.AbstractTimer;
import dev.pollux.spi.Services;
import dev.pollux.spi.Timer;
import dev.pollux.spi.TimerEntry;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * The races between a sleeping future and its timer, each pair of transitions of {@code TimerEntry}
 * that can meet, and the handshake by which a wheel sleeps.
 */
public final class TimerStress {

  private TimerStress() {}

  /**
   * A poll that shows another waker, and the deadline. A plain store in the poll loses the wake.
   */
  @JCStressTest
  @Outcome(id = "0, 2", expect = ACCEPTABLE, desc = "Replaced first: the new waker is woken.")
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "Fired first: the poll sees it.")
  @Outcome(expect = FORBIDDEN, desc = "Pending with nobody woken, or both.")
  @State
  public static class ReplaceMeetsFire {
    private final Steps timer = new Steps();
    private final Entry entry = new Entry();
    private final Flag first = new Flag();
    private final Flag second = new Flag();

    /** Arms. */
    public ReplaceMeetsFire() {
      entry.poll(timer, first);
    }

    /** Polls with another waker. */
    @Actor
    public void owner(II_Result seen) {
      seen.r1 = entry.poll(timer, second) ? 1 : 0;
    }

    /** Fires. */
    @Actor
    public void holder() {
      timer.expire(entry);
    }

    /** Looks who was woken. */
    @Arbiter
    public void after(II_Result seen) {
      seen.r2 = (first.woken ? 1 : 0) + (second.woken ? 2 : 0);
    }
  }

  /** The same with an entry that is still in the queue when it is polled, and is settled. */
  @JCStressTest
  @Outcome(id = "0, 2", expect = ACCEPTABLE, desc = "Replaced before it fired.")
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "Settled and fired first.")
  @Outcome(expect = FORBIDDEN, desc = "Pending with nobody woken, or both.")
  @State
  public static class ReplaceMeetsSettleAndFire {
    private final Steps timer = new Steps();
    private final Entry entry = new Entry();
    private final Flag first = new Flag();
    private final Flag second = new Flag();

    /** Arms, as from elsewhere. */
    public ReplaceMeetsSettleAndFire() {
      timer.queueing = true;
      entry.poll(timer, first);
    }

    /** Polls with another waker. */
    @Actor
    public void owner(II_Result seen) {
      seen.r1 = entry.poll(timer, second) ? 1 : 0;
    }

    /** Settles and fires. */
    @Actor
    public void holder() {
      if (timer.arrive(entry)) {
        timer.expire(entry);
      }
    }

    /** Looks who was woken. */
    @Arbiter
    public void after(II_Result seen) {
      seen.r2 = (first.woken ? 1 : 0) + (second.woken ? 2 : 0);
    }
  }

  /** Cancel and the deadline: one of them has the waker. */
  @JCStressTest
  @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "Cancelled.")
  @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "Fired.")
  @Outcome(expect = FORBIDDEN, desc = "Both, or neither.")
  @State
  public static class CancelMeetsFire {
    private final Steps timer = new Steps();
    private final Entry entry = new Entry();
    private final Flag flag = new Flag();

    /** Arms. */
    public CancelMeetsFire() {
      entry.poll(timer, flag);
    }

    /** Cancels. */
    @Actor
    public void owner(II_Result seen) {
      seen.r1 = entry.stop() ? 1 : 0;
    }

    /** Fires. */
    @Actor
    public void holder(II_Result seen) {
      timer.expire(entry);
      seen.r2 = flag.woken ? 1 : 0;
    }
  }

  /**
   * Cancel of an entry in the queue, and the holder that takes it in. The second number is what is
   * pushed meanwhile: without a push the holder must have seen the cancel, or a husk stays for
   * ever.
   */
  @JCStressTest
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "Taken in first: the cancel is pushed.")
  @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "Cancelled first: let go, nothing is pushed.")
  @Outcome(expect = FORBIDDEN, desc = "Taken in for good, or pushed after it was let go.")
  @State
  public static class CancelMeetsSettle {
    private final Steps timer = new Steps();
    private final Entry entry = new Entry();

    /** Arms, as from elsewhere. */
    public CancelMeetsSettle() {
      timer.queueing = true;
      entry.poll(timer, new Flag());
      timer.pushes = 0;
    }

    /** Cancels. */
    @Actor
    public void owner(II_Result seen) {
      entry.stop();
      seen.r2 = timer.pushes;
    }

    /** Settles. */
    @Actor
    public void holder(II_Result seen) {
      seen.r1 = timer.arrive(entry) ? 1 : 0;
    }
  }

  /**
   * A husk that is armed anew, and the holder that lets it go: it is with the old timer or with the
   * new one.
   */
  @JCStressTest
  @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "Armed first: it stays.")
  @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "Let go first: it goes to the other timer.")
  @Outcome(expect = FORBIDDEN, desc = "In two timers, or in none.")
  @State
  public static class RearmMeetsSettle {
    private final Steps timer = new Steps();
    private final Steps other = new Steps();
    private final Entry entry = new Entry();

    /** Arms, and cancels as from elsewhere. */
    public RearmMeetsSettle() {
      entry.poll(timer, new Flag());
      timer.queueing = true;
      entry.stop();
      other.queueing = true;
    }

    /** Resets, and polls with another timer. */
    @Actor
    public void owner(II_Result seen) {
      entry.again();
      entry.poll(other, new Flag());
      seen.r2 = other.pushes;
    }

    /** Settles. */
    @Actor
    public void holder(II_Result seen) {
      seen.r1 = timer.arrive(entry) ? 1 : 0;
    }
  }

  /**
   * A deadline that comes from elsewhere while the holder goes to sleep: it is told, or it knows.
   * The second number is 1 if the holder would sleep for ever.
   */
  @JCStressTest
  @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "The holder has seen the entry.")
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "The holder is unparked.")
  @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "Both: an unpark too many.")
  @Outcome(id = "0, 1", expect = FORBIDDEN, desc = "The holder sleeps through the deadline.")
  @State
  public static class ArmMeetsPark {
    private final TimerWheel wheel = new TimerWheel(() -> 0, this::unpark);
    private final Entry entry = new Entry();
    private int unparks;

    private void unpark() {
      unparks++;
    }

    /** Arms elsewhere. */
    @Actor
    public void owner(II_Result seen) {
      entry.poll(wheel, new Flag());
      seen.r1 = unparks;
    }

    /** Looks how long it may sleep. */
    @Actor
    public void holder(II_Result seen) {
      wheel.acquire();
      seen.r2 = wheel.nextDeadlineNanos() == Long.MAX_VALUE ? 1 : 0;
    }
  }

  private static final class Entry extends TimerEntry {

    Entry() {
      super(1);
    }

    @com.google.errorprone.annotations.CanIgnoreReturnValue
    boolean poll(Timer timer, Waker waker) {
      try {
        return new Poller(new TimerOnly(timer), 0, false)
            .poll((Context cx) -> Poll.ready(hasElapsed(cx)), waker)
            .value();
      } catch (Exception impossible) {
        throw new AssertionError(impossible);
      }
    }

    @com.google.errorprone.annotations.CanIgnoreReturnValue
    boolean stop() {
      return disarm();
    }

    void again() {
      reset(1);
    }
  }

  /**
   * A timer for one entry whose steps are called by name; with {@code queueing}, as from elsewhere.
   */
  private static final class Steps extends AbstractTimer {
    boolean queueing;
    int pushes;

    @Override
    public long nanoTime() {
      return 0;
    }

    @Override
    public void arm(TimerEntry entry) {
      if (queueing && enterQueueToArm(entry)) {
        pushes++;
      }
    }

    @Override
    public void disarm(TimerEntry entry) {
      if (queueing) {
        enterQueueToDisarm(entry);
        pushes++;
      }
    }

    void expire(TimerEntry entry) {
      Waker waker = fire(entry);
      if (waker != null) {
        waker.wake();
      }
    }

    boolean arrive(TimerEntry entry) {
      return settle(entry);
    }
  }

  private static final class Flag implements Waker {
    boolean woken;

    @Override
    public void wake() {
      woken = true;
    }
  }

  private record TimerOnly(Timer timer) implements Services {}
}
