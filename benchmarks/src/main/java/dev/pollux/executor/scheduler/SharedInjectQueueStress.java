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

/** Pushes, takes and the close of the queue that all workers share. */
public final class SharedInjectQueueStress {
  private SharedInjectQueueStress() {}

  /** The queue, and the rings of two workers that take from it. */
  abstract static class Queue extends NumberedTasks {
    final SharedInjectQueue inject = new SharedInjectQueue();
    final Ring first = new Ring(4);
    final Ring second = new Ring(4);

    Queue() {
      for (int number = 1; number <= 4; number++) {
        task(number);
      }
    }

    final void push(int number) {
      boolean pushed = inject.push(task(number));
      assert pushed;
    }

    final int take(int most, Ring ring) {
      Task<?> oldest = inject.take(most, ring);
      return digits(digits(0, oldest), ring);
    }

    final int takeAll() {
      int digits = 0;
      for (Task<?> task = inject.take(1, first); task != null; task = inject.take(1, first)) {
        digits = digits(digits, task);
      }
      return digits;
    }
  }

  /** Two pushes of one thread while a worker takes. */
  @JCStressTest
  @Outcome(
      id = {"0, 12", "1, 2", "12, 0"},
      expect = ACCEPTABLE,
      desc = "Taken at once, or later.")
  @Outcome(expect = FORBIDDEN, desc = "A task is lost, doubled, or out of order.")
  @State
  public static class PushVsTake extends Queue {
    @Actor
    public void pusher() {
      push(1);
      push(2);
    }

    @Actor
    public void taker(II_Result r) {
      r.r1 = take(2, first);
    }

    @Arbiter
    public void later(II_Result r) {
      r.r2 = takeAll();
    }
  }

  /** Two workers take from the same batch. */
  @JCStressTest
  @Outcome(
      id = {"12, 3", "3, 12"},
      expect = ACCEPTABLE,
      desc = "Each task is claimed once.")
  @Outcome(expect = FORBIDDEN, desc = "A task is lost, or claimed twice.")
  @State
  public static class TakeVsTakeOfBatch extends Queue {
    public TakeVsTakeOfBatch() {
      inject.pushBatch(new Task<?>[] {task(1), task(2), task(3)});
    }

    @Actor
    public void one(II_Result r) {
      r.r1 = take(2, first);
    }

    @Actor
    public void two(II_Result r) {
      r.r2 = take(2, second);
    }
  }

  /** Two workers take while there are only single tasks: one has them all, and leaves a batch. */
  @JCStressTest
  @Outcome(
      id = {"12, 3, 0", "3, 12, 0"},
      expect = ACCEPTABLE,
      desc = "The other has found the batch.")
  @Outcome(
      id = {"12, 0, 3", "0, 12, 3"},
      expect = ACCEPTABLE,
      desc = "The other came before the batch.")
  @Outcome(expect = FORBIDDEN, desc = "A task is lost, doubled, or out of order.")
  @State
  public static class TakeVsTakeOfStack extends Queue {
    public TakeVsTakeOfStack() {
      push(1);
      push(2);
      push(3);
    }

    @Actor
    public void one(III_Result r) {
      r.r1 = take(2, first);
    }

    @Actor
    public void two(III_Result r) {
      r.r2 = take(2, second);
    }

    @Arbiter
    public void later(III_Result r) {
      r.r3 = takeAll();
    }
  }

  /** Two workers that want one task each move the stack behind the batch; one has pushed before. */
  @JCStressTest
  @Outcome(id = "1234", expect = ACCEPTABLE, desc = "Each task is somewhere, once.")
  @Outcome(expect = FORBIDDEN, desc = "A task is lost or doubled.")
  @State
  public static class MoveVsPushAndMove extends Queue {
    private int one;
    private int two;

    public MoveVsPushAndMove() {
      inject.pushBatch(new Task<?>[] {task(1)});
      push(2);
      push(3);
    }

    @Actor
    public void one() {
      one = take(1, first);
    }

    @Actor
    public void two() {
      push(4);
      two = take(1, second);
    }

    @Arbiter
    public void all(I_Result r) {
      r.r1 = sorted(one, two, takeAll());
    }
  }

  /** A task is pushed, and the chain taken, while the queue is closed. */
  @JCStressTest
  @Outcome(id = "1, 123", expect = ACCEPTABLE, desc = "The push came in time.")
  @Outcome(id = "0, 12", expect = ACCEPTABLE, desc = "The push came too late.")
  @Outcome(expect = FORBIDDEN, desc = "A task is taken and lost, or refused and kept.")
  @State
  public static class PushAndTakeVsClose extends Queue {
    private int taken;

    public PushAndTakeVsClose() {
      push(1);
      push(2);
    }

    @Actor
    public void taker(II_Result r) {
      r.r1 = inject.push(task(3)) ? 1 : 0;
      taken = take(1, first);
    }

    @Actor
    public void closer() {
      inject.close(2);
    }

    @Arbiter
    public void all(II_Result r) {
      boolean refused = !inject.push(task(4));
      r.r2 = refused ? sorted(taken, takeAll()) : 4;
    }
  }
}
