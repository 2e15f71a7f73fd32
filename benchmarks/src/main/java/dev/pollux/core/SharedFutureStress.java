package dev.pollux.core;

import static java.util.Objects.requireNonNull;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.pollux.spi.Services;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/** Two handles of one future, in the hands of two threads. */
public final class SharedFutureStress {
  private SharedFutureStress() {}

  /**
   * The future behind the handles. Its fields are plain: what hands them from one poll to the next
   * is the state that the handles share.
   */
  static final class Inner implements Future<Integer> {
    /** Whether its first poll wakes itself, and answers nothing. */
    private final boolean wakesItself;

    /** The poll that has the output, counted from 1. */
    private final int readyAt;

    private int polls;
    int cancels;
    @Nullable Waker waker;

    /** Set while it is polled or cancelled. */
    private int within;

    int overlaps;

    Inner(int readyAt, boolean wakesItself) {
      this.readyAt = readyAt;
      this.wakesItself = wakesItself;
    }

    @Override
    public Poll<Integer> poll(Context cx) {
      if (within++ != 0) {
        overlaps++;
      }
      polls++;
      waker = cx.waker();
      if (wakesItself && polls == 1) {
        cx.waker().wake();
      }
      within--;
      return polls >= readyAt ? Poll.ready(7) : Poll.pending();
    }

    @Override
    public void cancel() {
      if (within != 0) {
        overlaps++;
      }
      cancels++;
    }
  }

  /** Who polls a handle: a thread with a waker that counts. */
  static final class Task implements Waker {
    private final AtomicInteger wakes = new AtomicInteger();
    private final Poller poller = new Poller(new Services() {}, 7, false);

    @Override
    public void wake() {
      wakes.incrementAndGet();
    }

    /** Polls once; 7 if the output is there, 0 if not, -1 if it failed. */
    int poll(Future<Integer> handle) {
      try {
        Poll<Integer> answer = poller.poll(handle, this);
        return answer.isReady() ? answer.value() : 0;
      } catch (Exception failure) {
        return -1;
      }
    }

    int wakes() {
      return Math.min(wakes.get(), 1);
    }
  }

  /** Two handles, and two who poll. */
  abstract static class Handles {
    final Inner inner;
    final SharedFuture<Integer> a;
    final SharedFuture<Integer> b;
    final Task first = new Task();
    final Task second = new Task();

    Handles(Inner inner) {
      this.inner = inner;
      this.a = inner.shared();
      this.b = a.another();
    }
  }

  /** A handle that comes while the future wakes those who wait. */
  @JCStressTest
  @Outcome(
      id = {"7, 0", "7, 1", "0, 1"},
      expect = ACCEPTABLE,
      desc = "It has the output, or is woken.")
  @Outcome(id = "0, 0", expect = FORBIDDEN, desc = "The wake-up is lost.")
  @Outcome(expect = FORBIDDEN, desc = "Something else.")
  @State
  public static class PollVsWake extends Handles {
    private final Waker wakes;

    public PollVsWake() {
      super(new Inner(2, false));
      int unused = first.poll(a); // pending, and waits
      wakes = requireNonNull(inner.waker);
    }

    @Actor
    public void comes(II_Result r) {
      r.r1 = second.poll(b);
    }

    @Actor
    public void wakes() {
      wakes.wake();
    }

    @Arbiter
    public void after(II_Result r) {
      r.r2 = second.wakes();
    }
  }

  /** Two polls of a future that is ready. */
  @JCStressTest
  @Outcome(
      id = {"7, 7, 0", "7, 0, 0", "0, 7, 0"},
      expect = ACCEPTABLE,
      desc = "One polls; the other has the output too, or is woken.")
  @Outcome(
      id = ".*, .*, 1",
      expect = FORBIDDEN,
      desc = "Both poll at once, or who waits is not woken.")
  @Outcome(expect = FORBIDDEN, desc = "Something else.")
  @State
  public static class PollVsPoll extends Handles {
    public PollVsPoll() {
      super(new Inner(1, false));
    }

    @Actor
    public void one(III_Result r) {
      r.r1 = first.poll(a);
    }

    @Actor
    public void other(III_Result r) {
      r.r2 = second.poll(b);
    }

    @Arbiter
    public void after(III_Result r) {
      boolean lost = (r.r1 == 0 && first.wakes() == 0) || (r.r2 == 0 && second.wakes() == 0);
      r.r3 = lost || inner.overlaps > 0 || inner.cancels > 0 ? 1 : 0;
    }
  }

  /** A future that wakes itself in the poll of one who then gives up. */
  @JCStressTest
  @Outcome(
      id = {"7, 0, 0", "7, 1, 0", "0, 1, 0"},
      expect = ACCEPTABLE,
      desc = "The other has polled again and has the output, or is woken to do so.")
  @Outcome(id = "0, 0, .*", expect = FORBIDDEN, desc = "Nobody polls, and none is woken.")
  @Outcome(expect = FORBIDDEN, desc = "Two at once, or it is cancelled in the hands of another.")
  @State
  public static class WokenPollThenCancelVsPoll extends Handles {
    public WokenPollThenCancelVsPoll() {
      super(new Inner(2, true));
    }

    @Actor
    public void givesUp() {
      int unused = first.poll(a);
      a.cancel();
    }

    @Actor
    public void stays(III_Result r) {
      r.r1 = second.poll(b);
    }

    @Arbiter
    public void after(III_Result r) {
      r.r2 = second.wakes();
      r.r3 = inner.overlaps + inner.cancels;
    }
  }

  /** The last two handles. */
  @JCStressTest
  @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "The last one cancels the future.")
  @Outcome(expect = FORBIDDEN, desc = "It is cancelled twice, or by none.")
  @State
  public static class CancelVsCancel extends Handles {
    public CancelVsCancel() {
      super(new Inner(2, false));
      int unused = first.poll(a);
    }

    @Actor
    public void one() {
      a.cancel();
    }

    @Actor
    public void other() {
      b.cancel();
    }

    @Arbiter
    public void after(II_Result r) {
      r.r1 = inner.cancels;
      r.r2 = inner.overlaps;
    }
  }

  /** A new handle, made of the last one while that is cancelled. */
  @JCStressTest
  @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "The new one is in time, and good.")
  @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "It is too late, and refused.")
  @Outcome(id = "1, 1", expect = FORBIDDEN, desc = "It is a handle of what was cancelled.")
  @Outcome(expect = FORBIDDEN, desc = "Nobody cancels.")
  @State
  public static class AnotherVsCancel extends Handles {
    public AnotherVsCancel() {
      super(new Inner(2, false));
      b.cancel();
    }

    @Actor
    public void makes(II_Result r) {
      try {
        SharedFuture<Integer> unused = a.another();
        r.r1 = 1;
      } catch (IllegalStateException tooLate) {
        r.r1 = 0;
      }
    }

    @Actor
    public void cancels() {
      a.cancel();
    }

    @Arbiter
    public void after(II_Result r) {
      r.r2 = inner.cancels;
    }
  }
}
