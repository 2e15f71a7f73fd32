package dev.pollux.executor.task;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/** The places of tasks in the registry of the live ones. */
public final class LiveTasksStress {
  private LiveTasksStress() {}

  private static final Future<Void> NOTHING = cx -> Poll.done();

  private static LiveTasks registry() {
    return new LiveTasks(new TaskJoinStress.Counts());
  }

  /** Two tasks are registered at once. */
  @JCStressTest
  @Outcome(
      id = {"1, 2, 2", "2, 1, 2"},
      expect = ACCEPTABLE,
      desc = "Each has a place of its own.")
  @Outcome(expect = FORBIDDEN, desc = "One place for two, or a place is lost.")
  @State
  public static class ClaimVsClaim {
    private final LiveTasks live = registry();

    @Actor
    public void first(III_Result r) {
      Task<Void> task = new Task<>(NOTHING);
      live.register(task);
      r.r1 = (int) task.id();
    }

    @Actor
    public void second(III_Result r) {
      Task<Void> task = new Task<>(NOTHING);
      live.register(task);
      r.r2 = (int) task.id();
    }

    @Arbiter
    public void after(III_Result r) {
      AtomicInteger seen = new AtomicInteger();
      live.forEach(task -> seen.incrementAndGet());
      r.r3 = seen.get();
    }
  }

  /** A task ends while another is registered by the thread that a lane belongs to. */
  @JCStressTest
  @Outcome(
      id = {"1, 1", "2, 1"},
      expect = ACCEPTABLE,
      desc = "The newcomer has the place that was given back, or the next one.")
  @Outcome(expect = FORBIDDEN, desc = "A place is lost, or its task is.")
  @State
  public static class EndVsAdd {
    private final TaskPage page = new TaskPage(new TaskJoinStress.Counts(), 1);

    public EndVsAdd() {
      boolean added = page.tryAdd(new Task<>(NOTHING), 0);
      assert added;
      page.beginVisit();
    }

    @Actor
    public void leaver() {
      page.release(0);
    }

    @Actor
    public void comer(II_Result r) {
      Task<Void> task = new Task<>(NOTHING);
      boolean added = page.tryAdd(task, 0);
      assert added;
      r.r1 = (int) task.id();
    }

    @Arbiter
    public void after(II_Result r) {
      AtomicInteger seen = new AtomicInteger();
      page.forEach(task -> seen.incrementAndGet());
      r.r2 = page.size() == 1 && seen.get() == 1 ? 1 : 0;
    }
  }

  /** A thread of a shared lane is late: the page is visited anew before it has filled its slot. */
  @JCStressTest
  @Outcome(
      id = {"2, 3, 3", "3, 2, 3"},
      expect = ACCEPTABLE,
      desc = "Each has a place of its own.")
  @Outcome(expect = FORBIDDEN, desc = "One place for two, or a place is lost.")
  @State
  public static class LateVsNextVisit {
    private final TaskPage page = new TaskPage(new TaskJoinStress.Counts(), 1);

    public LateVsNextVisit() {
      boolean added = page.tryAddShared(new Task<>(NOTHING), 0);
      assert added;
    }

    @Actor
    public void late(III_Result r) {
      Task<Void> task = new Task<>(NOTHING);
      boolean added = page.tryAddShared(task, 0);
      assert added;
      r.r1 = (int) task.id();
    }

    @Actor
    public void next(III_Result r) {
      page.beginVisit();
      Task<Void> task = new Task<>(NOTHING);
      boolean added = page.tryAddShared(task, 0);
      assert added;
      r.r2 = (int) task.id();
    }

    @Arbiter
    public void after(III_Result r) {
      AtomicInteger seen = new AtomicInteger();
      page.forEach(task -> seen.incrementAndGet());
      r.r3 = seen.get();
    }
  }

  /** Whoever finds a task in the registry finds it whole. */
  @JCStressTest
  @Outcome(id = "0", expect = ACCEPTABLE, desc = "Not there yet.")
  @Outcome(id = "1", expect = ACCEPTABLE, desc = "There, with its place.")
  @Outcome(expect = FORBIDDEN, desc = "There, and half made.")
  @State
  public static class ReadVsRegister {
    private final LiveTasks live = registry();

    @Actor
    public void comer() {
      live.register(new Task<>(NOTHING));
    }

    @Actor
    public void reader(I_Result r) {
      live.forEach(task -> r.r1 = (int) task.id());
    }
  }

  /** Two lanes take a page each at once, as when both turn to the next one. */
  @JCStressTest
  @Outcome(
      id = {"65, 129, 2", "129, 65, 2"},
      expect = ACCEPTABLE,
      desc = "Each has a page of its own.")
  @Outcome(expect = FORBIDDEN, desc = "The numbers of one page for both, or a page is forgotten.")
  @State
  public static class TurnVsTurn {
    private final LiveTasks live = registry();

    private int register() {
      Task<Void> task = new Task<>(NOTHING);
      live.newLane().register(task);
      return (int) task.id();
    }

    @Actor
    public void first(III_Result r) {
      r.r1 = register();
    }

    @Actor
    public void second(III_Result r) {
      r.r2 = register();
    }

    @Arbiter
    public void after(III_Result r) {
      r.r3 = live.size();
    }
  }
}
