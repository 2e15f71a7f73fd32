package dev.pollux.executor.time;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.core.Context;
import dev.pollux.core.Poll;
import dev.pollux.core.Poller;
import dev.pollux.core.Waker;
import dev.pollux.spi.Services;
import dev.pollux.spi.Timer;
import dev.pollux.spi.TimerEntry;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * A thread that arms and disarms on the wheel that is its home, against one that turns that wheel
 * for it: each entry fires once, or is disarmed, and the lists stay whole.
 */
public final class TimerHomeStress {

  private TimerHomeStress() {}

  private static final long LATER = TimerWheel.TICK_NANOS;

  /** A wheel, and entries that are due at its first tick. */
  abstract static class Home {
    final TimerWheel wheel = new TimerWheel(() -> 0, () -> {});
    final Entry entry = new Entry();
    final Counter waker = new Counter();

    /** Turns the wheel, as one who looks after a stuck thread does. */
    final void rescue() {
      if (wheel.tryAcquire()) {
        wheel.advance(LATER, Waker::wake);
        wheel.release();
      }
    }

    /** Turns the wheel once nothing else happens; answers how many entries are left in it. */
    final int finish() {
      wheel.acquire();
      wheel.advance(LATER, Waker::wake);
      int left = wheel.size();
      wheel.release();
      return left;
    }

    /** Links an entry that is in front of the other. */
    final void armNeighbour() {
      wheel.acquire();
      new Entry().poll(wheel, new Counter());
      wheel.release();
    }
  }

  /** Armed at home while the wheel is turned. */
  @JCStressTest
  @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "Fired, once.")
  @Outcome(expect = FORBIDDEN, desc = "Lost, or fired twice.")
  @State
  public static class ArmMeetsAdvance extends Home {
    public ArmMeetsAdvance() {
      armNeighbour();
    }

    /** Arms. */
    @Actor
    public void home() {
      wheel.makeHome();
      entry.poll(wheel, waker);
    }

    /** Turns the wheel. */
    @Actor
    public void rescuer() {
      rescue();
    }

    /** Turns it again. */
    @Arbiter
    public void after(II_Result seen) {
      seen.r2 = finish();
      seen.r1 = waker.wakes;
    }
  }

  /** Disarmed at home while the wheel is turned. */
  @JCStressTest
  @Outcome(id = "1, 0, 0", expect = ACCEPTABLE, desc = "Disarmed.")
  @Outcome(id = "0, 1, 0", expect = ACCEPTABLE, desc = "Fired.")
  @Outcome(expect = FORBIDDEN, desc = "Both, or neither.")
  @State
  public static class DisarmMeetsAdvance extends Home {
    public DisarmMeetsAdvance() {
      armNeighbour();
      wheel.acquire();
      entry.poll(wheel, waker);
      wheel.release();
    }

    /** Disarms. */
    @Actor
    public void home(III_Result seen) {
      wheel.makeHome();
      seen.r1 = entry.stop() ? 1 : 0;
    }

    /** Turns the wheel. */
    @Actor
    public void rescuer() {
      rescue();
    }

    /** Turns it again. */
    @Arbiter
    public void after(III_Result seen) {
      seen.r3 = finish();
      seen.r2 = waker.wakes;
    }
  }

  /** Armed and disarmed at home while the wheel is turned. */
  @JCStressTest
  @Outcome(id = "1, 0, 0", expect = ACCEPTABLE, desc = "Disarmed.")
  @Outcome(id = "0, 1, 0", expect = ACCEPTABLE, desc = "Fired.")
  @Outcome(expect = FORBIDDEN, desc = "Both, or neither.")
  @State
  public static class ArmAndDisarmMeetAdvance extends Home {

    /** Arms and disarms. */
    @Actor
    public void home(III_Result seen) {
      wheel.makeHome();
      entry.poll(wheel, waker);
      seen.r1 = entry.stop() ? 1 : 0;
    }

    /** Turns the wheel. */
    @Actor
    public void rescuer() {
      rescue();
    }

    /** Turns it again. */
    @Arbiter
    public void after(III_Result seen) {
      seen.r3 = finish();
      seen.r2 = waker.wakes;
    }
  }

  /** Armed anew at home, while it is still in the queue from elsewhere and the wheel is turned. */
  @JCStressTest
  @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "Fired, once.")
  @Outcome(expect = FORBIDDEN, desc = "Lost, or linked twice.")
  @State
  public static class RearmMeetsAdvance extends Home {
    /** Leaves a husk in the queue. */
    public RearmMeetsAdvance() {
      wheel.acquire();
      entry.poll(wheel, new Counter());
      wheel.release();
      entry.stop();
      entry.again();
    }

    /** Arms anew. */
    @Actor
    public void home() {
      wheel.makeHome();
      entry.poll(wheel, waker);
    }

    /** Turns the wheel. */
    @Actor
    public void rescuer() {
      rescue();
    }

    /** Turns it again. */
    @Arbiter
    public void after(II_Result seen) {
      seen.r2 = finish();
      seen.r1 = waker.wakes;
    }
  }

  /** The owner wants to sleep while the wheel is turned: only one holds it at a time. */
  @JCStressTest
  @Outcome(
      id = {"1, 1, 2", "1, 0, 1", "0, 1, 1"},
      expect = ACCEPTABLE,
      desc = "One after the other, or one alone.")
  @Outcome(expect = FORBIDDEN, desc = "Both at once.")
  @State
  public static class AcquireMeetsAcquire extends Home {
    private int turns;

    private int turn() {
      if (!wheel.tryAcquire()) {
        return 0;
      }
      turns++;
      wheel.release();
      return 1;
    }

    /** Holds the wheel. */
    @Actor
    public void owner(III_Result seen) {
      seen.r1 = turn();
    }

    /** Holds the wheel. */
    @Actor
    public void rescuer(III_Result seen) {
      seen.r2 = turn();
    }

    /** Counts. */
    @Arbiter
    public void after(III_Result seen) {
      seen.r3 = turns;
    }
  }

  private static final class Entry extends TimerEntry {

    Entry() {
      super(1);
    }

    @CanIgnoreReturnValue
    boolean poll(Timer timer, Waker waker) {
      try {
        return new Poller(new TimerOnly(timer), 0, false)
            .poll((Context cx) -> Poll.ready(hasElapsed(cx)), waker)
            .value();
      } catch (Exception impossible) {
        throw new AssertionError(impossible);
      }
    }

    @CanIgnoreReturnValue
    boolean stop() {
      return disarm();
    }

    void again() {
      reset(1);
    }
  }

  private static final class Counter implements Waker {
    int wakes;

    @Override
    public void wake() {
      wakes++;
    }
  }

  private record TimerOnly(Timer timer) implements Services {}
}
