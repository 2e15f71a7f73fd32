package dev.pollux.io.deadline;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.Poll;
import dev.pollux.core.Poller;
import dev.pollux.core.Waker;
import dev.pollux.spi.Services;
import dev.pollux.spi.Timer;
import dev.pollux.testing.ManualClock;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** Who waits until a deadline, against those who close it. */
public final class DeadlineStress {

  private DeadlineStress() {}

  /** A deadline, and the timer that it is told to. */
  abstract static class Fixture {

    final Deadline deadline = new Deadline();
    private final ManualClock clock = new ManualClock();
    private final Services services =
        new Services() {
          @Override
          public Timer timer() {
            return clock;
          }
        };

    final void await(Waker waker, long deadlineNanos) {
      Future<Boolean> look =
          Futures.pollFn(
              cx -> Poll.ready(deadline.isOver(cx, cx.timer().nanoTime(), deadlineNanos)));
      try {
        boolean over = new Poller(services, 1, false).poll(look, waker).value();
        assert !over;
      } catch (Exception impossible) {
        throw new AssertionError(impossible);
      }
    }

    /** How much of it is left with the timer. */
    final int left() {
      return clock.armed();
    }
  }

  /** Is another one each time, and never woken. */
  private static Waker waker() {
    return new Waker() {
      @Override
      public void wake() {
        throw new AssertionError("the time stands still");
      }
    };
  }

  /** The first wait, which makes the entry of the timer. */
  @JCStressTest
  @Outcome(id = "0", expect = ACCEPTABLE, desc = "Whichever came first, nothing is left.")
  @Outcome(expect = FORBIDDEN, desc = "The timer still has who waits.")
  @State
  public static class FirstWaitVsClose extends Fixture {

    @Actor
    public void waits() {
      await(waker(), 1_000);
    }

    @Actor
    public void closes() {
      deadline.close();
    }

    @Arbiter
    public void arbiter(I_Result r) {
      r.r1 = left();
    }
  }

  /** Who waits moves to another waker and an earlier time, and again. */
  @JCStressTest
  @Outcome(id = "0", expect = ACCEPTABLE, desc = "Whichever came first, nothing is left.")
  @Outcome(expect = FORBIDDEN, desc = "The timer still has who waits.")
  @State
  public static class NextWaitVsClose extends Fixture {

    public NextWaitVsClose() {
      await(waker(), 1_000);
    }

    @Actor
    public void waits() {
      await(waker(), 500);
      await(waker(), 200);
    }

    @Actor
    public void closes() {
      deadline.close();
    }

    @Arbiter
    public void arbiter(I_Result r) {
      r.r1 = left();
    }
  }
}
