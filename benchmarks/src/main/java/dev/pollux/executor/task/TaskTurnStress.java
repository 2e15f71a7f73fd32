package dev.pollux.executor.task;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.pollux.executor.task.TaskState.Turn;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * Every pair of transitions of the turn that can race. In each a 1 says "I push the task": of a
 * task that owes a poll there is exactly one who does.
 */
public final class TaskTurnStress {
  private TaskTurnStress() {}

  private static int one(boolean happened) {
    return happened ? 1 : 0;
  }

  /** A task that a worker has the turn of. */
  abstract static class Running extends TaskState {
    Running() {
      super(OWNED);
      Turn turn = transitionToRunning();
      assert turn == Turn.POLL;
    }
  }

  /** A task that waits. */
  abstract static class Idle extends Running {
    Idle() {
      boolean push = transitionToIdle();
      assert !push;
    }
  }

  /** A task that is in a queue because it was woken. */
  abstract static class Scheduled extends Idle {
    Scheduled() {
      boolean push = transitionToScheduled();
      assert push;
    }
  }

  /** A job that waits for its one turn. */
  abstract static class Job extends TaskState {
    Job() {
      super(SCHEDULED);
    }
  }

  /** A wake meets the end of a pending turn. */
  @JCStressTest
  @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "Woken during the poll: the worker pushes.")
  @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "Woken after it: the waker pushes.")
  @Outcome(id = "0, 0", expect = FORBIDDEN, desc = "The wake-up is lost.")
  @Outcome(id = "1, 1", expect = FORBIDDEN, desc = "The task is in two queues.")
  @State
  public static class WakeVsIdle extends Running {
    @Actor
    public void waker(II_Result r) {
      r.r1 = one(transitionToScheduled());
    }

    @Actor
    public void worker(II_Result r) {
      r.r2 = one(transitionToIdle());
    }
  }

  /** A wake meets a look at a task that waits. */
  @JCStressTest
  @Outcome(
      id = {"1, 0", "0, 1"},
      expect = ACCEPTABLE,
      desc = "One of them pushes.")
  @Outcome(id = "0, 0", expect = FORBIDDEN, desc = "The wake-up is lost.")
  @Outcome(id = "1, 1", expect = FORBIDDEN, desc = "The task is in two queues.")
  @State
  public static class WakeVsInspect extends Idle {
    @Actor
    public void waker(II_Result r) {
      r.r1 = one(transitionToScheduled());
    }

    @Actor
    public void inspector(II_Result r) {
      r.r2 = one(tryTransitionToInspecting() && transitionToIdle());
    }
  }

  /** A worker takes the turn of a task that was woken while another thread looks at it. */
  @JCStressTest
  @Outcome(id = "1, 0, 0", expect = ACCEPTABLE, desc = "Woken, run, and never looked at.")
  @Outcome(id = "1, 1, 0", expect = ACCEPTABLE, desc = "Looked at before or after the turn.")
  @Outcome(
      id = "0, 1, 1",
      expect = ACCEPTABLE,
      desc = "Woken during the look: the inspector pushes.")
  @Outcome(
      id = {"0, 0, .*", "1, .*, 1", "0, 1, 0"},
      expect = FORBIDDEN,
      desc = "The task is in no queue, or in two.")
  @State
  public static class RunVsInspect extends Idle {
    @Actor
    public void worker(III_Result r) {
      if (transitionToScheduled()) {
        r.r1 = 1;
        Turn turn = transitionToRunning();
        assert turn == Turn.POLL;
        boolean again = transitionToIdle();
        assert !again;
      }
    }

    @Actor
    public void inspector(III_Result r) {
      if (tryTransitionToInspecting()) {
        r.r2 = 1;
        r.r3 = one(transitionToIdle());
      }
    }
  }

  /** Two threads look at a task that waits. */
  @JCStressTest
  @Outcome(
      id = {"1, 0", "0, 1"},
      expect = ACCEPTABLE,
      desc = "One has the task.")
  @Outcome(id = "0, 0", expect = FORBIDDEN, desc = "Nobody has it.")
  @Outcome(id = "1, 1", expect = FORBIDDEN, desc = "Both have it.")
  @State
  public static class InspectVsInspect extends Idle {
    @Actor
    public void first(II_Result r) {
      r.r1 = one(tryTransitionToInspecting());
    }

    @Actor
    public void second(II_Result r) {
      r.r2 = one(tryTransitionToInspecting());
    }
  }

  /** A mark is set by the one who pushes, while others wake and cancel. */
  @JCStressTest
  @Outcome(id = "0, 1, 1", expect = ACCEPTABLE, desc = "Cancelled, marked, and pushed once.")
  @Outcome(
      id = ".*",
      expect = FORBIDDEN,
      desc = "One of them is lost, or the task is pushed twice.")
  @State
  public static class MarkVsCancel extends Scheduled {
    @Actor
    public void pusher() {
      transitionToProbed();
    }

    @Actor
    public void canceller(III_Result r) {
      r.r1 = one(mustPush(transitionToCancelled()));
    }

    @Arbiter
    public void nextTurn(III_Result r) {
      r.r2 = one(hasMark());
      transitionToUnprobed();
      r.r3 = one(transitionToRunning() == Turn.DISCARD && !hasMark());
    }
  }

  /** Two wakes of a task that waits. */
  @JCStressTest
  @Outcome(
      id = {"0, 1", "1, 0"},
      expect = ACCEPTABLE,
      desc = "The first of them pushes.")
  @Outcome(id = "0, 0", expect = FORBIDDEN, desc = "The wake-ups are lost.")
  @Outcome(id = "1, 1", expect = FORBIDDEN, desc = "The task is in two queues.")
  @State
  public static class WakeVsWake extends Idle {
    @Actor
    public void first(II_Result r) {
      r.r1 = one(transitionToScheduled());
    }

    @Actor
    public void second(II_Result r) {
      r.r2 = one(transitionToScheduled());
    }
  }

  /** A wake and a cancel of a task that waits. */
  @JCStressTest
  @Outcome(
      id = {"0, 1, 1", "1, 0, 1"},
      expect = ACCEPTABLE,
      desc = "The first of them pushes, and the next turn is a discard.")
  @Outcome(
      id = {".*, .*, 0"},
      expect = FORBIDDEN,
      desc = "The cancel is lost.")
  @Outcome(
      id = {"0, 0, .*", "1, 1, .*"},
      expect = FORBIDDEN,
      desc = "The task is in no queue, or in two.")
  @State
  public static class WakeVsCancel extends Idle {
    @Actor
    public void waker(III_Result r) {
      r.r1 = one(transitionToScheduled());
    }

    @Actor
    public void canceller(III_Result r) {
      r.r2 = one(mustPush(transitionToCancelled()));
    }

    @Arbiter
    public void nextTurn(III_Result r) {
      r.r3 = one(transitionToRunning() == Turn.DISCARD);
    }
  }

  /**
   * A wake of a task that is scheduled already meets the poll. What its thread wrote before, in a
   * plain field, is seen by that poll, or another poll is owed.
   */
  @JCStressTest
  @Outcome(id = "0, 1, 0", expect = ACCEPTABLE, desc = "Woken before the poll, which saw it.")
  @Outcome(
      id = {"0, 0, 1", "0, 1, 1"},
      expect = ACCEPTABLE,
      desc = "Woken during the poll: the worker pushes.")
  @Outcome(
      id = {"1, 0, 0", "1, 1, 0"},
      expect = ACCEPTABLE,
      desc = "Woken after the poll: the waker pushes.")
  @Outcome(id = "0, 0, 0", expect = FORBIDDEN, desc = "The poll missed it, and none is owed.")
  @Outcome(id = "1, .*, 1", expect = FORBIDDEN, desc = "The task is in two queues.")
  @State
  public static class WakeVsRun extends Scheduled {
    private int message;

    @Actor
    public void waker(III_Result r) {
      message = 1;
      r.r1 = one(transitionToScheduled());
    }

    @Actor
    public void worker(III_Result r) {
      Turn turn = transitionToRunning();
      assert turn == Turn.POLL;
      r.r2 = message;
      r.r3 = one(transitionToIdle());
    }
  }

  /** As before, but of a turn that was kept: the task was born with it, or has yielded. */
  @JCStressTest
  @Outcome(
      id = {"0, 1, 0", "0, 1, 1", "0, 0, 1"},
      expect = ACCEPTABLE,
      desc = "Seen by the poll, or another is owed.")
  @Outcome(
      id = {"1, 0, 0", "1, 1, 0"},
      expect = ACCEPTABLE,
      desc = "Woken after the poll: the waker pushes.")
  @Outcome(id = "0, 0, 0", expect = FORBIDDEN, desc = "The poll missed it, and none is owed.")
  @Outcome(id = "1, .*, 1", expect = FORBIDDEN, desc = "The task is in two queues.")
  @State
  public static class WakeVsKeptTurn extends Running {
    private int message;

    @Actor
    public void waker(III_Result r) {
      message = 1;
      r.r1 = one(transitionToScheduled());
    }

    @Actor
    public void worker(III_Result r) {
      Turn turn = transitionToRunning(); // of the turn that was kept
      assert turn == Turn.POLL;
      r.r2 = message;
      r.r3 = one(transitionToIdle());
    }
  }

  /** A wake meets the last turn: nobody is told to push a complete task. */
  @JCStressTest
  @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "Complete, and nobody pushes.")
  @Outcome(id = "1, .*", expect = FORBIDDEN, desc = "A complete task is pushed.")
  @Outcome(id = ".*, 0", expect = FORBIDDEN, desc = "The completion is lost.")
  @State
  public static class WakeVsComplete extends Running {
    @Actor
    public void waker(II_Result r) {
      r.r1 = one(transitionToScheduled());
    }

    @Actor
    public void worker() {
      int before = transitionToComplete();
      assert TaskState.wasInterested(before);
    }

    @Arbiter
    public void after(II_Result r) {
      r.r2 = one(isComplete());
    }
  }

  /** A cancel meets the last turn: the value wins. */
  @JCStressTest
  @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "Complete, and nobody pushes.")
  @Outcome(id = "1, .*", expect = FORBIDDEN, desc = "A complete task is pushed.")
  @Outcome(id = ".*, 0", expect = FORBIDDEN, desc = "The completion is lost.")
  @State
  public static class CancelVsComplete extends Running {
    @Actor
    public void canceller(II_Result r) {
      r.r1 = one(mustPush(transitionToCancelled()));
    }

    @Actor
    public void worker() {
      int before = transitionToComplete();
      assert TaskState.wasInterested(before);
    }

    @Arbiter
    public void after(II_Result r) {
      r.r2 = one(isComplete());
    }
  }

  /** A cancel meets the end of a pending turn: one of the two pushes, and the next is a discard. */
  @JCStressTest
  @Outcome(id = "0, 1, 1", expect = ACCEPTABLE, desc = "During the poll: the worker pushes.")
  @Outcome(id = "1, 0, 1", expect = ACCEPTABLE, desc = "After the poll: the canceller pushes.")
  @Outcome(
      id = {"0, 0, .*", "1, 1, .*"},
      expect = FORBIDDEN,
      desc = "The task is in no queue, or in two.")
  @Outcome(id = ".*, .*, 0", expect = FORBIDDEN, desc = "The cancel is lost.")
  @State
  public static class CancelVsIdle extends Running {
    @Actor
    public void canceller(III_Result r) {
      r.r1 = one(mustPush(transitionToCancelled()));
    }

    @Actor
    public void worker(III_Result r) {
      r.r2 = one(transitionToIdle());
    }

    @Arbiter
    public void nextTurn(III_Result r) {
      r.r3 = one(!isIdle() && transitionToRunning() == Turn.DISCARD);
    }
  }

  /** A cancel meets a turn that was kept: this one is a discard, or the next one is. */
  @JCStressTest
  @Outcome(id = "0, 2, 0", expect = ACCEPTABLE, desc = "Before the turn, which is a discard.")
  @Outcome(id = "0, 1, 1", expect = ACCEPTABLE, desc = "During the poll: the worker pushes.")
  @Outcome(id = "1, 1, 0", expect = ACCEPTABLE, desc = "After the poll: the canceller pushes.")
  @Outcome(id = "0, 1, 0", expect = FORBIDDEN, desc = "The cancel is lost.")
  @Outcome(id = "1, .*, 1", expect = FORBIDDEN, desc = "The task is in two queues.")
  @State
  public static class CancelVsKeptTurn extends Running {
    @Actor
    public void canceller(III_Result r) {
      r.r1 = one(mustPush(transitionToCancelled()));
    }

    @Actor
    public void worker(III_Result r) {
      if (transitionToRunning() == Turn.DISCARD) {
        r.r2 = 2;
        int before = transitionToComplete();
        assert TaskState.wasInterested(before);
      } else {
        r.r2 = 1;
        r.r3 = one(transitionToIdle());
      }
    }
  }

  /** As before, of a task that was woken during the poll that kept the turn. */
  @JCStressTest
  @Outcome(id = "0, 2, 0", expect = ACCEPTABLE, desc = "Before the turn, which is a discard.")
  @Outcome(id = "0, 1, 1", expect = ACCEPTABLE, desc = "During the poll: the worker pushes.")
  @Outcome(id = "1, 1, 0", expect = ACCEPTABLE, desc = "After the poll: the canceller pushes.")
  @Outcome(id = "0, 1, 0", expect = FORBIDDEN, desc = "The cancel is lost.")
  @Outcome(id = "1, .*, 1", expect = FORBIDDEN, desc = "The task is in two queues.")
  @State
  public static class CancelVsWokenKeptTurn extends Running {
    public CancelVsWokenKeptTurn() {
      boolean push = transitionToScheduled();
      assert !push;
    }

    @Actor
    public void canceller(III_Result r) {
      r.r1 = one(mustPush(transitionToCancelled()));
    }

    @Actor
    public void worker(III_Result r) {
      if (transitionToRunning() == Turn.DISCARD) {
        r.r2 = 2;
        int before = transitionToComplete();
        assert TaskState.wasInterested(before);
      } else {
        r.r2 = 1;
        r.r3 = one(transitionToIdle());
      }
    }
  }

  /** A cancel meets the start of a turn: this one is a discard, or the next one is. */
  @JCStressTest
  @Outcome(id = "0, 2, 0", expect = ACCEPTABLE, desc = "Before the turn, which is a discard.")
  @Outcome(id = "0, 1, 1", expect = ACCEPTABLE, desc = "During the poll: the worker pushes.")
  @Outcome(id = "1, 1, 0", expect = ACCEPTABLE, desc = "After the poll: the canceller pushes.")
  @Outcome(id = "0, 1, 0", expect = FORBIDDEN, desc = "The cancel is lost.")
  @Outcome(id = "1, .*, 1", expect = FORBIDDEN, desc = "The task is in two queues.")
  @State
  public static class CancelVsRun extends Scheduled {
    @Actor
    public void canceller(III_Result r) {
      r.r1 = one(mustPush(transitionToCancelled()));
    }

    @Actor
    public void worker(III_Result r) {
      if (transitionToRunning() == Turn.DISCARD) {
        r.r2 = 2;
        int before = transitionToComplete();
        assert TaskState.wasInterested(before);
      } else {
        r.r2 = 1;
        r.r3 = one(transitionToIdle());
      }
    }
  }

  /** The thread of the pool and a canceller both want the one turn of a blocking job. */
  @JCStressTest
  @Outcome(
      id = {"0, 1", "1, 0"},
      expect = ACCEPTABLE,
      desc = "One of them has it.")
  @Outcome(id = "1, 1", expect = FORBIDDEN, desc = "The job runs, and is taken back.")
  @Outcome(id = "0, 0", expect = FORBIDDEN, desc = "The job never ends.")
  @State
  public static class JobRunVsTakenBack extends Job {
    @Actor
    public void worker(II_Result r) {
      r.r1 = one(tryTransitionToRunning());
    }

    @Actor
    public void canceller(II_Result r) {
      boolean push = mustPush(transitionToCancelled());
      assert !push;
      r.r2 = one(tryTransitionToRunning());
    }
  }
}
