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

/**
 * Workers that fall asleep, are woken and stop searching, against pushes from outside: a task is
 * never left with somebody asleep whom nobody wakes.
 */
public final class IdleStress {
  private IdleStress() {}

  /** Workers that do nothing but sleep, and the queue that they would look into. */
  abstract static class Workers extends NumberedTasks {
    final SharedInjectQueue inject = new SharedInjectQueue();
    final Idle<Sleeper> idle;
    final Sleeper worker = new Sleeper();
    final Sleeper other = new Sleeper();

    Workers(int workers) {
      idle = new Idle<>(workers);
    }

    final void startSearching() {
      boolean allowed = idle.tryStartSearching();
      assert allowed;
    }

    /** Pushes from outside. Answers 1 if somebody was woken for it. */
    final int push() {
      boolean pushed = inject.push(task(1));
      assert pushed;
      return wake();
    }

    final int wake() {
      return idle.wantsSearcher() && idle.wakeForWork() != null ? 1 : 0;
    }

    /** Falls asleep. Answers 1 if the worker looks once more and finds a task. */
    final int sleep(Sleeper sleeper, boolean searching) {
      return idle.fallAsleep(sleeper, searching) && !inject.isEmpty() ? 1 : 0;
    }
  }

  /** The last searcher falls asleep while a task is pushed. */
  @JCStressTest
  @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "The worker sees the task.")
  @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "The worker is woken.")
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "Both.")
  @Outcome(id = "0, 0", expect = FORBIDDEN, desc = "The task is there, and everybody sleeps.")
  @State
  public static class PushVsLastSearchersSleep extends Workers {
    public PushVsLastSearchersSleep() {
      super(1);
      startSearching();
    }

    @Actor
    public void pusher(II_Result r) {
      r.r1 = push();
    }

    @Actor
    public void worker(II_Result r) {
      r.r2 = sleep(worker, true);
    }
  }

  /** A worker that was not searching falls asleep while a task is pushed; nobody searches. */
  @JCStressTest
  @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "The worker sees the task.")
  @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "The worker is woken.")
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "Both.")
  @Outcome(id = "0, 0", expect = FORBIDDEN, desc = "The worker sleeps beside the task.")
  @State
  public static class PushVsSleepWithoutSearch extends Workers {
    public PushVsSleepWithoutSearch() {
      super(2);
    }

    @Actor
    public void pusher(II_Result r) {
      r.r1 = push();
    }

    @Actor
    public void worker(II_Result r) {
      r.r2 = sleep(worker, false);
    }
  }

  /** Both searchers fall asleep at once, and a task came while they were searching. */
  @JCStressTest
  @Outcome(
      id = {"0, 1", "1, 0"},
      expect = ACCEPTABLE,
      desc = "One is the last, and sees the task.")
  @Outcome(id = "0, 0", expect = FORBIDDEN, desc = "The task is there, and everybody sleeps.")
  @Outcome(id = "1, 1", expect = FORBIDDEN, desc = "Both were the last.")
  @State
  public static class SleepVsSleep extends Workers {
    public SleepVsSleep() {
      super(4);
      startSearching();
      startSearching();
      int woken = push();
      assert woken == 0;
    }

    @Actor
    public void worker(II_Result r) {
      r.r1 = sleep(worker, true);
    }

    @Actor
    public void other(II_Result r) {
      r.r2 = sleep(other, true);
    }
  }

  /** The last searcher has found a task and stops searching, while another is pushed. */
  @JCStressTest
  @Outcome(
      id = {"0, 1", "1, 0"},
      expect = ACCEPTABLE,
      desc = "The sleeper is woken, once.")
  @Outcome(id = "0, 0", expect = FORBIDDEN, desc = "Nobody wakes the sleeper.")
  @Outcome(id = "1, 1", expect = FORBIDDEN, desc = "The sleeper is woken twice.")
  @State
  public static class PushVsStopSearching extends Workers {
    public PushVsStopSearching() {
      super(2);
      startSearching();
      int seen = sleep(other, false);
      assert seen == 0;
    }

    @Actor
    public void pusher(II_Result r) {
      r.r1 = push();
    }

    @Actor
    public void worker(II_Result r) {
      r.r2 = idle.stopSearching() && !inject.isEmpty() ? wake() : 0;
    }
  }

  /**
   * A sleeper is woken for work while it wakes up by itself, and if it was woken it stops searching
   * at once. The third number is 1 if it counts as awake, and nobody as searching, in the end.
   */
  @JCStressTest
  @Outcome(id = "1, 0, 1", expect = ACCEPTABLE, desc = "Woken for work.")
  @Outcome(id = "0, 1, 1", expect = ACCEPTABLE, desc = "Woke up by itself.")
  @Outcome(expect = FORBIDDEN, desc = "Counted twice, or not at all.")
  @State
  public static class WakeForWorkVsWakeUp extends Workers {
    public WakeForWorkVsWakeUp() {
      super(1);
      int seen = sleep(worker, false);
      assert seen == 0;
    }

    @Actor
    public void pusher(III_Result r) {
      r.r1 = wake();
    }

    @Actor
    public void worker(III_Result r) {
      if (idle.wakeUp(worker)) {
        r.r2 = 1;
      } else {
        boolean last = idle.stopSearching();
        assert last;
      }
    }

    @Arbiter
    public void after(III_Result r) {
      r.r3 = idle.searching() == 0 && !idle.anyAsleep() && !worker.isAsleep() ? 1 : 0;
    }
  }

  /** A worker as far as its sleep is concerned. */
  static final class Sleeper implements Idle.Sleeper {
    private volatile boolean asleep;

    @Override
    public boolean isAsleep() {
      return asleep;
    }

    @Override
    public void setAsleep(boolean asleep) {
      this.asleep = asleep;
    }

    @Override
    public boolean isLastChoice() {
      return false;
    }
  }
}
