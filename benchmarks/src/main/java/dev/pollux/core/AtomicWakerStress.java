package dev.pollux.core;

import static java.lang.invoke.MethodHandles.lookup;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.lang.invoke.ConstantBootstraps;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * A consumer that registers and then looks, against a producer that makes the condition true and
 * then wakes. The condition has no ordering of its own: the place of the waker alone carries it.
 */
public final class AtomicWakerStress {
  private AtomicWakerStress() {}

  /** The place, and the condition that is waited for. */
  abstract static class Condition {
    private static final VarHandle IS_TRUE =
        ConstantBootstraps.fieldVarHandle(
            lookup(), "isTrue", VarHandle.class, Condition.class, int.class);

    final AtomicWaker slot = new AtomicWaker();
    final CountingWaker waker = new CountingWaker();

    @SuppressWarnings("unused") // through IS_TRUE only
    private int isTrue;

    final void produce() {
      IS_TRUE.setOpaque(this, 1);
      slot.wake();
    }

    final int look() {
      return (int) IS_TRUE.getOpaque(this);
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

  /** The first registration. */
  @JCStressTest
  @Outcome(
      id = {"1, 0", "1, 1", "0, 1"},
      expect = ACCEPTABLE,
      desc = "The consumer sees the condition, or is woken.")
  @Outcome(id = "0, 0", expect = FORBIDDEN, desc = "The wake-up is lost.")
  @State
  public static class RegisterVsWake extends Condition {
    @Actor
    public void consumer(II_Result r) {
      slot.register(waker);
      r.r1 = look();
    }

    @Actor
    public void producer() {
      produce();
    }

    @Arbiter
    public void after(II_Result r) {
      r.r2 = waker.count.get();
    }
  }

  /** The same waker once more, which is not written. */
  @JCStressTest
  @Outcome(
      id = {"1, 1", "0, 1"},
      expect = ACCEPTABLE,
      desc = "The consumer is woken.")
  @Outcome(
      id = "1, 0",
      expect = FORBIDDEN,
      desc = "The waker was there all the time, and was not woken.")
  @Outcome(id = "0, 0", expect = FORBIDDEN, desc = "The wake-up is lost.")
  @State
  public static class RegisterAgainVsWake extends Condition {
    public RegisterAgainVsWake() {
      slot.register(waker);
    }

    @Actor
    public void consumer(II_Result r) {
      slot.register(waker);
      r.r1 = look();
    }

    @Actor
    public void producer() {
      produce();
    }

    @Arbiter
    public void after(II_Result r) {
      r.r2 = waker.count.get();
    }
  }

  /** A new waker in place of an old one, which nobody listens to any more. */
  @JCStressTest
  @Outcome(
      id = {"1, 1, 0", "1, 0, 1", "0, 0, 1"},
      expect = ACCEPTABLE,
      desc = "The consumer sees the condition, or its new waker is woken.")
  @Outcome(id = "0, .*, 0", expect = FORBIDDEN, desc = "The wake-up is lost.")
  @Outcome(expect = FORBIDDEN, desc = "Both are woken, or none.")
  @State
  public static class ReplaceVsWake extends Condition {
    private final CountingWaker before = new CountingWaker();

    public ReplaceVsWake() {
      slot.register(before);
    }

    @Actor
    public void consumer(III_Result r) {
      slot.register(waker);
      r.r1 = look();
    }

    @Actor
    public void producer() {
      produce();
    }

    @Arbiter
    public void after(III_Result r) {
      r.r2 = before.count.get();
      r.r3 = waker.count.get();
    }
  }

  /** Two producers. */
  @JCStressTest
  @Outcome(
      id = {"0, 1", "1, 0"},
      expect = ACCEPTABLE,
      desc = "One of them has the waker.")
  @Outcome(expect = FORBIDDEN, desc = "Both have it, or none.")
  @State
  public static class TakeVsTake extends Condition {
    public TakeVsTake() {
      slot.register(waker);
    }

    @Actor
    public void first(II_Result r) {
      r.r1 = slot.take() == waker ? 1 : 0;
    }

    @Actor
    public void second(II_Result r) {
      r.r2 = slot.take() == waker ? 1 : 0;
    }
  }
}
