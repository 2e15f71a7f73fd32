package dev.pollux.executor.task;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.pollux.core.Context;
import dev.pollux.core.Discard;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.core.Poller;
import dev.pollux.core.TaskInfo;
import dev.pollux.core.Waker;
import dev.pollux.spi.RuntimeListener;
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
import org.openjdk.jcstress.infra.results.I_Result;

/** Whole tasks: what the joiner, the canceller and the worker do to one another. */
public final class TaskJoinStress {
  private TaskJoinStress() {}

  private static final int VALUE = 42;
  private static final Future<Integer> ANSWER = cx -> Poll.ready(VALUE);
  private static final Future<Integer> FAILURE =
      cx -> {
        throw new Failure();
      };

  private static int one(boolean happened) {
    return happened ? 1 : 0;
  }

  /** One task of one turn, with a page of its own: the registry is not what is raced for. */
  abstract static class OneTask {
    final Counts counts = new Counts();
    final Task<Integer> task;

    OneTask(Future<Integer> future) {
      task = new Task<>(future);
      task.setPlace(new TaskPage(counts, 1), 0);
    }

    final void runTask() {
      boolean again = task.run(new Poller(Nothing.INSTANCE, 1, false)) == AfterTurn.QUEUE_AGAIN;
      assert !again;
    }

    /** The output, -1 if it is gone, -2 if it is not the one that the future answered. */
    final int takeOutput() {
      try {
        Integer value = task.takeUnwrapped(IllegalStateException::new);
        return value == VALUE ? 1 : -2;
      } catch (PollAfterEndException gone) {
        return -1;
      } catch (Exception wrong) {
        return -2;
      }
    }
  }

  /** A joiner that registers for the first time meets completion. */
  @JCStressTest
  @Outcome(id = "1, 1, 1", expect = ACCEPTABLE, desc = "Registered in time, and woken.")
  @Outcome(id = "0, 0, 1", expect = ACCEPTABLE, desc = "Complete already: no waker is left behind.")
  @Outcome(id = "1, 0, .*", expect = FORBIDDEN, desc = "The joiner sleeps for ever.")
  @Outcome(id = ".*, .*, -.*", expect = FORBIDDEN, desc = "The output is gone, or wrong.")
  @State
  public static class RegisterVsComplete extends OneTask {
    private final CountingWaker joiner = new CountingWaker();

    public RegisterVsComplete() {
      super(ANSWER);
    }

    @Actor
    public void joiner(III_Result r) {
      r.r1 = one(task.registerJoiner(joiner));
    }

    @Actor
    public void worker() {
      runTask();
    }

    @Arbiter
    public void after(III_Result r) {
      r.r2 = joiner.count.get();
      r.r3 = takeOutput();
    }
  }

  /** A joiner that takes its waker back, to leave another, meets completion. */
  @JCStressTest
  @Outcome(id = "1, 0, 1", expect = ACCEPTABLE, desc = "Replaced in time: the new one is woken.")
  @Outcome(id = "0, 1, 0", expect = ACCEPTABLE, desc = "Complete already: the old one was woken.")
  @Outcome(
      id = "0, 0, 0",
      expect = ACCEPTABLE,
      desc = "Complete between the two steps: the joiner sees that, and no waker is left.")
  @Outcome(id = "1, .*, 0", expect = FORBIDDEN, desc = "The joiner sleeps for ever.")
  @Outcome(id = ".*, 1, 1", expect = FORBIDDEN, desc = "Both are woken.")
  @State
  public static class ReplaceVsComplete extends OneTask {
    private final CountingWaker before = new CountingWaker();
    private final CountingWaker joiner = new CountingWaker();

    public ReplaceVsComplete() {
      super(ANSWER);
      boolean registered = task.registerJoiner(before);
      assert registered;
    }

    @Actor
    public void joiner(III_Result r) {
      r.r1 = one(task.registerJoiner(joiner));
    }

    @Actor
    public void worker() {
      runTask();
    }

    @Arbiter
    public void after(III_Result r) {
      r.r2 = before.count.get();
      r.r3 = joiner.count.get();
    }
  }

  /** Whoever sees the task complete finds the output that its future answered. */
  @JCStressTest
  @Outcome(id = "0", expect = ACCEPTABLE, desc = "Not complete yet.")
  @Outcome(id = "1", expect = ACCEPTABLE, desc = "The output.")
  @Outcome(
      id = {"-1", "-2"},
      expect = FORBIDDEN,
      desc = "Complete, and the output is not there.")
  @State
  public static class TakeVsComplete extends OneTask {
    public TakeVsComplete() {
      super(ANSWER);
    }

    @Actor
    public void joiner(I_Result r) {
      r.r1 = task.isFinished() ? takeOutput() : 0;
    }

    @Actor
    public void worker() {
      runTask();
    }
  }

  /** Detach meets completion: the output is discarded, once. */
  @JCStressTest
  @Outcome(id = "1", expect = ACCEPTABLE, desc = "Once.")
  @Outcome(id = "0", expect = FORBIDDEN, desc = "Never.")
  @Outcome(id = "2", expect = FORBIDDEN, desc = "Twice.")
  @State
  public static class DetachVsComplete extends OneTask {
    public DetachVsComplete() {
      super(ANSWER);
    }

    @Actor
    public void owner() {
      task.detach();
    }

    @Actor
    public void worker() {
      runTask();
    }

    @Arbiter
    public void after(I_Result r) {
      r.r1 = counts.discarded.get();
    }
  }

  /** Detach meets a failure: it is reported, once. */
  @JCStressTest
  @Outcome(id = "1", expect = ACCEPTABLE, desc = "Once.")
  @Outcome(id = "0", expect = FORBIDDEN, desc = "Never.")
  @Outcome(id = "2", expect = FORBIDDEN, desc = "Twice.")
  @State
  public static class DetachVsFail extends OneTask {
    public DetachVsFail() {
      super(FAILURE);
    }

    @Actor
    public void owner() {
      task.detach();
    }

    @Actor
    public void worker() {
      runTask();
    }

    @Arbiter
    public void after(I_Result r) {
      r.r1 = counts.uncaught.get();
    }
  }

  /** The waiter takes the output while another thread detaches the handle. */
  @JCStressTest
  @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "The waiter has it.")
  @Outcome(id = "-1, 1", expect = ACCEPTABLE, desc = "It is discarded.")
  @Outcome(id = "1, 1", expect = FORBIDDEN, desc = "Taken, and discarded.")
  @Outcome(id = "-1, 0", expect = FORBIDDEN, desc = "Lost.")
  @State
  public static class TakeVsDetach extends OneTask {
    public TakeVsDetach() {
      super(ANSWER);
      runTask();
    }

    @Actor
    public void waiter(II_Result r) {
      r.r1 = takeOutput();
    }

    @Actor
    public void other() {
      task.detach();
    }

    @Arbiter
    public void after(II_Result r) {
      r.r2 = counts.discarded.get();
    }
  }

  /** A waiter that has left its waker gives up while the task completes. */
  @JCStressTest
  @Outcome(
      id = {"1, 0", "1, 1"},
      expect = ACCEPTABLE,
      desc = "The output is discarded once; the waker is forgotten, or woken for nothing.")
  @Outcome(
      id = {"0, .*", "2, .*"},
      expect = FORBIDDEN,
      desc = "The output is lost, or discarded twice.")
  @State
  public static class GiveUpVsComplete extends OneTask {
    private final CountingWaker joiner = new CountingWaker();

    public GiveUpVsComplete() {
      super(new Once());
      boolean registered = task.registerJoiner(joiner);
      assert registered;
      boolean again = task.run(new Poller(Nothing.INSTANCE, 1, false)) == AfterTurn.QUEUE_AGAIN;
      assert again;
    }

    @Actor
    public void waiter() {
      task.cancel();
    }

    @Actor
    public void worker() {
      runTask();
    }

    @Arbiter
    public void after(II_Result r) {
      r.r1 = counts.discarded.get() + counts.cancelled.get();
      r.r2 = joiner.count.get();
    }
  }

  /** Two threads begin to join. */
  @JCStressTest
  @Outcome(
      id = {"0, 1", "1, 0"},
      expect = ACCEPTABLE,
      desc = "One is refused.")
  @Outcome(
      id = "1, 1",
      expect = FORBIDDEN,
      desc = "Two joiners, of which one would sleep for ever.")
  @Outcome(id = "0, 0", expect = FORBIDDEN, desc = "Both are refused.")
  @State
  public static class JoinVsJoin extends TaskTurnStress.Running {
    @Actor
    public void first(II_Result r) {
      r.r1 = one(tryTransitionToJoining());
    }

    @Actor
    public void second(II_Result r) {
      r.r2 = one(tryTransitionToJoining());
    }
  }

  /** Yields in its first poll, then answers. */
  private static final class Once implements Future<Integer> {
    private boolean polled;

    @Override
    public Poll<Integer> poll(Context cx) {
      if (polled) {
        return Poll.ready(VALUE);
      }
      polled = true;
      cx.wakeSelf();
      return Poll.pending();
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

  /** A scheduler that counts what comes to it. */
  static final class Counts implements Scheduler, Discard {
    final AtomicInteger discarded = new AtomicInteger();
    final AtomicInteger uncaught = new AtomicInteger();
    final AtomicInteger cancelled = new AtomicInteger();

    @Override
    public void schedule(Task<?> task) {}

    @Override
    public void ending(Task<?> task, RuntimeListener.Outcome outcome) {
      if (outcome == RuntimeListener.Outcome.CANCELLED) {
        cancelled.incrementAndGet();
      }
    }

    @Override
    public void uncaught(TaskInfo task, Throwable failure) {
      uncaught.incrementAndGet();
    }

    @Override
    public Discard discard() {
      return this;
    }

    @Override
    public void discard(@Nullable Object value) {
      discarded.incrementAndGet();
    }

    @Override
    public void uncaught(Throwable failure, String origin) {
      uncaught.incrementAndGet();
    }

    @Override
    public String runtimeName() {
      return "stress";
    }
  }

  /** A context without services. */
  private enum Nothing implements Services {
    INSTANCE
  }

  /** A failure without a stack trace. */
  private static final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Failure() {
      super("no", null, false, false);
    }
  }
}
