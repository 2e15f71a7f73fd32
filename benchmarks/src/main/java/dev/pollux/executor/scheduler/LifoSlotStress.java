package dev.pollux.executor.scheduler;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/** The owner of a LIFO slot against a thief. */
public final class LifoSlotStress {
  private LifoSlotStress() {}

  /** Both want the task. */
  @JCStressTest
  @Outcome(
      id = {"1, 0", "0, 1"},
      expect = ACCEPTABLE,
      desc = "One has it.")
  @Outcome(id = "1, 1", expect = FORBIDDEN, desc = "Both have it.")
  @Outcome(id = "0, 0", expect = FORBIDDEN, desc = "It is lost.")
  @State
  public static class TakeVsSteal extends NumberedTasks {
    private final LifoSlot slot = new LifoSlot();

    public TakeVsSteal() {
      boolean put = slot.tryPut(task(1));
      assert put;
    }

    @Actor
    public void owner(II_Result r) {
      r.r1 = digits(0, slot.take());
    }

    @Actor
    public void thief(II_Result r) {
      r.r2 = digits(0, slot.steal());
    }
  }

  /** A task is put in while a thief looks. */
  @JCStressTest
  @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "The thief came too early.")
  @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "The thief has it.")
  @Outcome(expect = FORBIDDEN, desc = "Both have it, or it is lost.")
  @State
  public static class PutVsSteal extends NumberedTasks {
    private final LifoSlot slot = new LifoSlot();

    public PutVsSteal() {
      task(1);
    }

    @Actor
    public void owner() {
      boolean put = slot.tryPut(task(1));
      assert put;
    }

    @Actor
    public void thief(II_Result r) {
      r.r1 = digits(0, slot.steal());
    }

    @Arbiter
    public void left(II_Result r) {
      r.r2 = digits(0, slot.take());
    }
  }

  /** The owner takes the task, and puts the next one in, while a thief has seen the first. */
  @JCStressTest
  @Outcome(id = "1, 0, 2", expect = ACCEPTABLE, desc = "The thief had seen the first.")
  @Outcome(id = "1, 2, 0", expect = ACCEPTABLE, desc = "The thief has the second.")
  @Outcome(id = "0, 1, 2", expect = ACCEPTABLE, desc = "The thief has the first.")
  @Outcome(expect = FORBIDDEN, desc = "A task is lost or doubled.")
  @State
  public static class RefillVsSteal extends NumberedTasks {
    private final LifoSlot slot = new LifoSlot();

    public RefillVsSteal() {
      task(2);
      boolean put = slot.tryPut(task(1));
      assert put;
    }

    @Actor
    public void owner(III_Result r) {
      r.r1 = digits(0, slot.take());
      boolean put = slot.tryPut(task(2));
      assert put;
    }

    @Actor
    public void thief(III_Result r) {
      r.r2 = digits(0, slot.steal());
    }

    @Arbiter
    public void left(III_Result r) {
      r.r3 = digits(0, slot.take());
    }
  }
}
