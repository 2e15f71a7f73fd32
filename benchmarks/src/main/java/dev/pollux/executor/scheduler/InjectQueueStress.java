package dev.pollux.executor.scheduler;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.executor.scheduler.InjectQueue.Pushed;
import dev.pollux.executor.task.Task;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/** Pushes against one another, and against everything that the owner does. */
public final class InjectQueueStress {
  private InjectQueueStress() {}

  private static final Future<Void> NOTHING = cx -> Poll.done();

  /** A queue and its owner's own one, and two tasks. */
  abstract static class Queues {
    final InjectQueue inject = new InjectQueue();
    final LocalQueue local = new LocalQueue();
    final Task<Void> a = new Task<>(NOTHING);
    final Task<Void> b = new Task<>(NOTHING);

    /** What is in the local queue: each task one digit, oldest first. */
    final int drain() {
      int digits = 0;
      for (Task<?> task = local.pollFirst(); task != null; task = local.pollFirst()) {
        digits = digits * 10 + (task == a ? 1 : 2);
      }
      return digits;
    }
  }

  private static int number(Pushed pushed) {
    return switch (pushed) {
      case QUEUED -> 0;
      case OWNER_SLEEPS -> 1;
      case REFUSED -> 2;
    };
  }

  /** Two pushes to an owner that sleeps. */
  @JCStressTest
  @Outcome(id = "1, 0, 12", expect = ACCEPTABLE, desc = "The first wakes the owner.")
  @Outcome(id = "0, 1, 21", expect = ACCEPTABLE, desc = "The first wakes the owner.")
  @Outcome(id = "0, 0, .*", expect = FORBIDDEN, desc = "Nobody wakes the owner.")
  @Outcome(expect = FORBIDDEN, desc = "A task is lost, or out of order, or the owner woken twice.")
  @State
  public static class PushVsPush extends Queues {
    public PushVsPush() {
      boolean parked = inject.tryPark();
      assert parked;
    }

    @Actor
    public void first(III_Result r) {
      r.r1 = number(inject.push(a));
    }

    @Actor
    public void second(III_Result r) {
      r.r2 = number(inject.push(b));
    }

    @Arbiter
    public void owner(III_Result r) {
      inject.takeAll(local);
      r.r3 = drain();
    }
  }

  /** Two pushes of one thread while the owner takes: nothing is lost, and the order is kept. */
  @JCStressTest
  @Outcome(
      id = {"0, 12", "1, 2", "12, 0"},
      expect = ACCEPTABLE,
      desc = "Taken at once, or later.")
  @Outcome(expect = FORBIDDEN, desc = "A task is lost, doubled, or out of order.")
  @State
  public static class PushVsTakeAll extends Queues {
    @Actor
    public void pusher() {
      Pushed first = inject.push(a);
      Pushed second = inject.push(b);
      assert first == Pushed.QUEUED && second == Pushed.QUEUED;
    }

    @Actor
    public void owner(II_Result r) {
      inject.takeAll(local);
      r.r1 = drain();
    }

    @Arbiter
    public void later(II_Result r) {
      inject.takeAll(local);
      r.r2 = drain();
    }
  }

  /** The owner, which has found nothing, goes to sleep while a task is pushed. */
  @JCStressTest
  @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "The owner sees the task, and stays awake.")
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "The owner sleeps, and the pusher wakes it.")
  @Outcome(id = "0, 1", expect = FORBIDDEN, desc = "The owner sleeps, and nobody wakes it.")
  @Outcome(id = "1, 0", expect = FORBIDDEN, desc = "The owner is awake, and is woken.")
  @State
  public static class PushVsTryPark extends Queues {
    @Actor
    public void pusher(II_Result r) {
      r.r1 = number(inject.push(a));
    }

    @Actor
    public void owner(II_Result r) {
      r.r2 = inject.tryPark() ? 1 : 0;
    }
  }

  /** The owner wakes up for another reason while a task is pushed. */
  @JCStressTest
  @Outcome(
      id = {"0, 1", "1, 1"},
      expect = ACCEPTABLE,
      desc = "The task is there; the pusher wakes an owner that may be awake.")
  @Outcome(expect = FORBIDDEN, desc = "The task is lost.")
  @State
  public static class PushVsUnpark extends Queues {
    public PushVsUnpark() {
      boolean parked = inject.tryPark();
      assert parked;
    }

    @Actor
    public void pusher(II_Result r) {
      r.r1 = number(inject.push(a));
    }

    @Actor
    public void owner() {
      inject.unpark();
    }

    @Arbiter
    public void later(II_Result r) {
      inject.takeAll(local);
      r.r2 = drain();
    }
  }

  /** The owner closes the queue while two tasks are pushed: each is refused, or handed out. */
  @JCStressTest
  @Outcome(id = "0, 0, 12", expect = ACCEPTABLE, desc = "Both came in time.")
  @Outcome(id = "0, 2, 1", expect = ACCEPTABLE, desc = "One came in time.")
  @Outcome(id = "2, 2, 0", expect = ACCEPTABLE, desc = "Both came too late.")
  @Outcome(expect = FORBIDDEN, desc = "A task is taken and lost, or refused and kept.")
  @State
  public static class PushVsClose extends Queues {
    @Actor
    public void pusher(III_Result r) {
      r.r1 = number(inject.push(a));
      r.r2 = number(inject.push(b));
    }

    @Actor
    public void owner() {
      inject.close(local);
    }

    @Arbiter
    public void later(III_Result r) {
      r.r3 = drain();
    }
  }
}
