package dev.pollux.executor.scheduler;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.pollux.executor.task.Task;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/** The owner of a ring against thieves, and thieves against one another. */
public final class RingStress {
  private RingStress() {}

  /** The ring of an owner, and those of two thieves; the indices wrap around within the test. */
  abstract static class Rings extends NumberedTasks {
    final Ring ring;
    final Ring thief = new Ring(4, -1);
    final Ring other = new Ring(4, Integer.MAX_VALUE);

    Rings(int capacity, int filled) {
      ring = new Ring(capacity, -2);
      for (int i = 1; i <= filled; i++) {
        push(i);
      }
    }

    final void push(int number) {
      boolean pushed = ring.tryPush(task(number));
      assert pushed;
    }

    /** What a thief gets, oldest first. */
    final int steal(Ring from, Ring into) {
      Task<?> oldest = from.stealInto(into);
      return digits(digits(0, oldest), into);
    }
  }

  /** A task is pushed while the older half is stolen. */
  @JCStressTest
  @Outcome(id = "1, 23", expect = ACCEPTABLE, desc = "Half of two.")
  @Outcome(id = "12, 3", expect = ACCEPTABLE, desc = "Half of three.")
  @Outcome(expect = FORBIDDEN, desc = "A task is lost, doubled, or out of order.")
  @State
  public static class PushVsSteal extends Rings {
    public PushVsSteal() {
      super(4, 2);
    }

    @Actor
    public void owner() {
      push(3);
    }

    @Actor
    public void thief(II_Result r) {
      r.r1 = steal(ring, thief);
    }

    @Arbiter
    public void left(II_Result r) {
      r.r2 = digits(0, ring);
    }
  }

  /** A task is pushed into an empty ring while a thief looks. */
  @JCStressTest
  @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "The thief came too early.")
  @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "The thief has it.")
  @Outcome(expect = FORBIDDEN, desc = "It is lost, or both have it.")
  @State
  public static class PushVsStealOfTheFirst extends Rings {
    public PushVsStealOfTheFirst() {
      super(2, 0);
      task(1);
    }

    @Actor
    public void owner() {
      push(1);
    }

    @Actor
    public void thief(II_Result r) {
      r.r1 = steal(ring, thief);
    }

    @Arbiter
    public void left(II_Result r) {
      r.r2 = digits(0, ring);
    }
  }

  /** The owner and a thief want the last task. */
  @JCStressTest
  @Outcome(
      id = {"1, 0", "0, 1"},
      expect = ACCEPTABLE,
      desc = "One has it.")
  @Outcome(id = "1, 1", expect = FORBIDDEN, desc = "Both have it.")
  @Outcome(expect = FORBIDDEN, desc = "It is lost.")
  @State
  public static class PopVsStealOfTheLast extends Rings {
    public PopVsStealOfTheLast() {
      super(2, 1);
    }

    @Actor
    public void owner(II_Result r) {
      r.r1 = digits(0, ring.pop());
    }

    @Actor
    public void thief(II_Result r) {
      r.r2 = steal(ring, thief);
    }
  }

  /** The owner takes everything, to let it overflow, while a thief takes half. */
  @JCStressTest
  @Outcome(id = "123, 0", expect = ACCEPTABLE, desc = "The thief came too late.")
  @Outcome(id = "3, 12", expect = ACCEPTABLE, desc = "The thief was first.")
  @Outcome(expect = FORBIDDEN, desc = "A task is lost, doubled, or out of order.")
  @State
  public static class TakeAllVsSteal extends Rings {
    private final Task<?>[] room = new Task<?>[4];

    public TakeAllVsSteal() {
      super(4, 3);
    }

    @Actor
    public void owner(II_Result r) {
      int count = ring.takeAll(room);
      for (int i = 0; i < count; i++) {
        r.r1 = digits(r.r1, room[i]);
      }
    }

    @Actor
    public void thief(II_Result r) {
      r.r2 = steal(ring, thief);
    }
  }

  /** Two thieves at once. */
  @JCStressTest
  @Outcome(
      id = {"12, 3, 4", "3, 12, 4"},
      expect = ACCEPTABLE,
      desc = "Half for the first, half of the rest for the second.")
  @Outcome(expect = FORBIDDEN, desc = "A task is lost, doubled, or out of order.")
  @State
  public static class StealVsSteal extends Rings {
    public StealVsSteal() {
      super(4, 4);
    }

    @Actor
    public void thief(III_Result r) {
      r.r1 = steal(ring, thief);
    }

    @Actor
    public void other(III_Result r) {
      r.r2 = steal(ring, other);
    }

    @Arbiter
    public void left(III_Result r) {
      r.r3 = digits(0, ring);
    }
  }

  /** The owner uses a slot again that a thief copies. */
  @JCStressTest
  @Outcome(
      id = {"1, 2, 3", "2, 1, 3"},
      expect = ACCEPTABLE,
      desc = "In the order in which they came.")
  @Outcome(expect = FORBIDDEN, desc = "A task is lost, doubled, or out of order.")
  @State
  public static class ReuseVsSteal extends Rings {
    public ReuseVsSteal() {
      super(2, 2);
    }

    @Actor
    public void owner(III_Result r) {
      r.r1 = digits(0, ring.pop());
      push(3);
    }

    @Actor
    public void thief(III_Result r) {
      r.r2 = steal(ring, thief);
    }

    @Arbiter
    public void left(III_Result r) {
      r.r3 = digits(0, ring);
    }
  }

  /** The same with a thief that copies more than one: none of the copies may be a later task. */
  @JCStressTest
  @Outcome(id = "123456", expect = ACCEPTABLE, desc = "Each task is somewhere, once.")
  @Outcome(expect = FORBIDDEN, desc = "A task is lost or doubled.")
  @State
  public static class ReuseVsStealOfTwo extends Rings {
    private int popped;
    private int stolen;

    public ReuseVsStealOfTwo() {
      super(4, 4);
    }

    @Actor
    public void owner() {
      popped = digits(digits(0, ring.pop()), ring.pop());
      push(5);
      push(6);
    }

    @Actor
    public void thief() {
      stolen = steal(ring, thief);
    }

    @Arbiter
    public void all(I_Result r) {
      r.r1 = sorted(popped, stolen, digits(0, ring));
    }
  }

  /** Of two thieves one fails, and is robbed by the other: nobody sees what it had copied. */
  @JCStressTest
  @Outcome(id = "1234", expect = ACCEPTABLE, desc = "Each task is somewhere, once.")
  @Outcome(expect = FORBIDDEN, desc = "A task is lost or doubled.")
  @State
  public static class StealVsStealFromTheThief extends Rings {
    private int first;
    private int second;
    private int third;

    public StealVsStealFromTheThief() {
      super(4, 4);
    }

    @Actor
    public void thief() {
      first = digits(0, ring.stealInto(thief));
    }

    @Actor
    public void other() {
      second = digits(0, ring.stealInto(other));
      third = steal(thief, other);
    }

    @Arbiter
    public void all(I_Result r) {
      r.r1 = sorted(first, second, third, digits(0, ring), digits(0, thief));
    }
  }

  /** The owner forgets what was stolen before, while a thief takes what is left. */
  @JCStressTest
  @Outcome(id = "2, 3", expect = ACCEPTABLE, desc = "What is there, is there.")
  @Outcome(expect = FORBIDDEN, desc = "Forgotten, though it was not stolen yet.")
  @State
  public static class ForgetVsSteal extends Rings {
    public ForgetVsSteal() {
      super(2, 2);
      int stolen = steal(ring, other);
      assert stolen == 1;
    }

    @Actor
    public void owner() {
      push(3); // where the stolen one was
      ring.forget();
    }

    @Actor
    public void thief(II_Result r) {
      r.r1 = steal(ring, thief);
    }

    @Arbiter
    public void left(II_Result r) {
      r.r2 = digits(0, ring);
    }
  }
}
