package dev.pollux.executor.task;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.pollux.core.Discard;
import dev.pollux.core.TaskCancelledException;
import dev.pollux.core.TaskInfo;
import dev.pollux.spi.RuntimeListener;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** Cancels of a job that may be interrupted, against its beginning and its end. */
public final class InterruptStress {
  private InterruptStress() {}

  /** One job, and what its thread does afterwards. */
  abstract static class OneJob {
    final Owner owner = new Owner();
    final InterruptibleJob<Integer> job;

    /** 1 until the canceller is back; the runner waits for that with what comes after the job. */
    final AtomicInteger cancelling;

    OneJob(Callable<Integer> callable, AtomicInteger cancelling) {
      job = new InterruptibleJob<>(callable, null, null, owner);
      job.setPlace(new TaskPage(owner, 1), 0);
      this.cancelling = cancelling;
    }

    /** Runs the job, and answers whether an interrupt reached what came after it. */
    final int runJob() {
      job.run();
      boolean leaked = false;
      while (cancelling.get() > 0) {
        leaked |= Thread.interrupted();
        Thread.onSpinWait();
      }
      leaked |= Thread.interrupted();
      return leaked ? 1 : 0;
    }

    final void cancelJob() {
      job.requestCancel();
      cancelling.decrementAndGet();
    }

    /** 1 for the value, 0 for a cancellation, -1 for what must not be. */
    final int ending() {
      try {
        return job.takeUnwrapped(() -> new TaskCancelledException(job)) == 1 ? 1 : -1;
      } catch (TaskCancelledException cancelled) {
        return 0;
      } catch (Exception wrong) {
        return -1;
      }
    }
  }

  /** A job that looks at no interrupt is cancelled once. */
  @JCStressTest
  @Outcome(id = "0, 1, 1", expect = ACCEPTABLE, desc = "The job won.")
  @Outcome(id = "0, 0, 1", expect = ACCEPTABLE, desc = "Taken back, or cancelled before the call.")
  @Outcome(id = "1, .*, .*", expect = FORBIDDEN, desc = "The interrupt outlived its job.")
  @Outcome(expect = FORBIDDEN, desc = "A wrong end, or not one end.")
  @State
  public static class CancelVsRun extends OneJob {
    public CancelVsRun() {
      super(() -> 1, new AtomicInteger(1));
    }

    @Actor
    public void runner(III_Result r) {
      r.r1 = runJob();
    }

    @Actor
    public void canceller() {
      cancelJob();
    }

    @Arbiter
    public void after(III_Result r) {
      r.r2 = ending();
      r.r3 = owner.over.get();
    }
  }

  /** A job that goes on until it is interrupted. */
  @JCStressTest
  @Outcome(id = "0, 0, 1", expect = ACCEPTABLE, desc = "Taken back, not called, or interrupted.")
  @Outcome(id = "1, .*, .*", expect = FORBIDDEN, desc = "The interrupt outlived its job.")
  @Outcome(id = "0, -1, 1", expect = FORBIDDEN, desc = "The cancel did not reach the job.")
  @Outcome(expect = FORBIDDEN, desc = "A wrong end, or not one end.")
  @State
  public static class CancelVsLongRun extends OneJob {
    public CancelVsLongRun() {
      this(new AtomicInteger(1));
    }

    private CancelVsLongRun(AtomicInteger cancelling) {
      super(new UntilInterrupted(cancelling), cancelling);
    }

    @Actor
    public void runner(III_Result r) {
      r.r1 = runJob();
    }

    @Actor
    public void canceller() {
      cancelJob();
    }

    @Arbiter
    public void after(III_Result r) {
      r.r2 = ending();
      r.r3 = owner.over.get();
    }
  }

  /** Throws once it is interrupted, or once the canceller is back and has not done that. */
  private static final class UntilInterrupted implements Callable<Integer> {
    private final AtomicInteger cancelling;

    UntilInterrupted(AtomicInteger cancelling) {
      this.cancelling = cancelling;
    }

    @Override
    public Integer call() throws InterruptedException {
      while (true) {
        boolean last = cancelling.get() == 0;
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        if (last) {
          throw new IllegalStateException("the cancel is over, and nobody was interrupted");
        }
        Thread.onSpinWait();
      }
    }
  }

  /** Counts the ends. */
  private static final class Owner implements JobOwner {
    final AtomicInteger over = new AtomicInteger();

    @Override
    public void takenBack(BlockingJob<?> job) {}

    @Override
    public void over(BlockingJob<?> job) {
      over.incrementAndGet();
    }

    @Override
    public void schedule(Task<?> task) {}

    @Override
    public void ending(Task<?> task, RuntimeListener.Outcome outcome) {}

    @Override
    public void uncaught(TaskInfo task, Throwable failure) {}

    @Override
    public Discard discard() {
      return Discard.closing();
    }

    @Override
    public String runtimeName() {
      return "stress";
    }
  }
}
