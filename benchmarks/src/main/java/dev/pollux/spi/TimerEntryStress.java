package dev.pollux.spi;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.pollux.core.Context;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.Poller;
import dev.pollux.core.Waker;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/** The owner of an entry, who polls it or gives it up, against the holder of its timer. */
public final class TimerEntryStress {
  private TimerEntryStress() {}

  private static final Services CLOCK =
      new Services() {
        @Override
        public Timer timer() {
          return Clock.INSTANCE;
        }
      };

  private static int one(boolean happened) {
    return happened ? 1 : 0;
  }

  /** An entry that is armed with {@code old}, by the holder of the timer itself. */
  abstract static class Armed {
    final Entry entry = new Entry();
    final CountingWaker old = new CountingWaker();
    final CountingWaker latest = new CountingWaker();

    Armed() {
      boolean elapsed = poll(old);
      assert !elapsed;
    }

    final boolean poll(Waker waker) {
      try {
        return new Poller(CLOCK, 1, false).poll(entry, waker).isReady();
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    }

    final boolean fire() {
      Waker waker = entry.fire();
      if (waker != null) {
        waker.wake();
      }
      return waker != null;
    }
  }

  /** An entry that is armed with {@code old}, and on its way to the holder. */
  abstract static class Queued extends Armed {
    Queued() {
      boolean push = entry.enterQueueToArm();
      assert push;
    }
  }

  /** The deadline comes while a poll leaves another waker. */
  @JCStressTest
  @Outcome(id = "1, 1, 0", expect = ACCEPTABLE, desc = "The poll sees it; the old one was woken.")
  @Outcome(id = "0, 0, 1", expect = ACCEPTABLE, desc = "The new waker is woken.")
  @Outcome(id = "0, .*, 0", expect = FORBIDDEN, desc = "The wake-up is lost.")
  @Outcome(expect = FORBIDDEN, desc = "Woken twice, or seen before it was.")
  @State
  public static class FireVsPoll extends Armed {
    @Actor
    public void owner(III_Result r) {
      r.r1 = one(poll(latest));
    }

    @Actor
    public void holder() {
      fire();
    }

    @Arbiter
    public void after(III_Result r) {
      r.r2 = old.count.get();
      r.r3 = latest.count.get();
    }
  }

  /** The deadline comes while a poll shows the same waker, which is not written. */
  @JCStressTest
  @Outcome(
      id = {"0, 1", "1, 1"},
      expect = ACCEPTABLE,
      desc = "The waker is woken.")
  @Outcome(expect = FORBIDDEN, desc = "The wake-up is lost, or doubled.")
  @State
  public static class FireVsSamePoll extends Armed {
    @Actor
    public void owner(II_Result r) {
      r.r1 = one(poll(old));
    }

    @Actor
    public void holder() {
      fire();
    }

    @Arbiter
    public void after(II_Result r) {
      r.r2 = old.count.get();
    }
  }

  /** The deadline comes while the owner gives up. */
  @JCStressTest
  @Outcome(id = "1, 0, 0", expect = ACCEPTABLE, desc = "Given up in time: nobody is woken.")
  @Outcome(id = "0, 1, 1", expect = ACCEPTABLE, desc = "It came first.")
  @Outcome(expect = FORBIDDEN, desc = "Both have won, or neither.")
  @State
  public static class FireVsDisarm extends Armed {
    @Actor
    public void owner(III_Result r) {
      r.r1 = one(entry.disarm());
    }

    @Actor
    public void holder(III_Result r) {
      r.r2 = one(fire());
    }

    @Arbiter
    public void after(III_Result r) {
      r.r3 = old.count.get();
    }
  }

  /** An entry in the queue is settled, and due at once, while a poll leaves another waker. */
  @JCStressTest
  @Outcome(id = "1, 1, 0", expect = ACCEPTABLE, desc = "The poll sees it; the old one was woken.")
  @Outcome(id = "0, 0, 1", expect = ACCEPTABLE, desc = "The new waker is woken.")
  @Outcome(id = "0, .*, 0", expect = FORBIDDEN, desc = "The wake-up is lost.")
  @Outcome(expect = FORBIDDEN, desc = "Woken twice, or seen before it was.")
  @State
  public static class SettleVsPoll extends Queued {
    @Actor
    public void owner(III_Result r) {
      r.r1 = one(poll(latest));
    }

    @Actor
    public void holder() {
      boolean armed = entry.settle();
      assert armed;
      fire();
    }

    @Arbiter
    public void after(III_Result r) {
      r.r2 = old.count.get();
      r.r3 = latest.count.get();
    }
  }

  /** An entry in the queue is settled, and due at once, while the owner gives up. */
  @JCStressTest
  @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "Given up in time: nobody is woken.")
  @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "It came first.")
  @Outcome(expect = FORBIDDEN, desc = "Both have won, or neither.")
  @State
  public static class SettleVsDisarm extends Queued {
    @Actor
    public void owner(II_Result r) {
      r.r1 = one(entry.disarm());
    }

    @Actor
    public void holder() {
      if (entry.settle()) {
        fire();
      }
    }

    @Arbiter
    public void after(II_Result r) {
      r.r2 = old.count.get();
    }
  }

  /** Completes when its deadline has passed. */
  static final class Entry extends TimerEntry implements Future<Void> {
    Entry() {
      super(1);
    }

    @Override
    public Poll<Void> poll(Context cx) {
      return hasElapsed(cx) ? Poll.done() : Poll.pending();
    }
  }

  /** A waker that counts. */
  static final class CountingWaker implements Waker {
    final AtomicInteger count = new AtomicInteger();

    @Override
    public void wake() {
      count.incrementAndGet();
    }
  }

  /** A timer that does nothing: the actors do its part. */
  private static final class Clock extends AbstractTimer {
    static final Clock INSTANCE = new Clock();

    @Override
    public long nanoTime() {
      return 0;
    }

    @Override
    public void arm(TimerEntry entry) {}

    @Override
    public void disarm(TimerEntry entry) {}
  }
}
