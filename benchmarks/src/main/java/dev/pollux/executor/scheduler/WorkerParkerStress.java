package dev.pollux.executor.scheduler;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.pollux.spi.Driver;
import dev.pollux.spi.Parker;
import java.util.Optional;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * Unparks of a worker that goes to sleep. It sleeps in a driver that returns at once and notes
 * whether it would have slept; the sleep of a thread differs in nothing before it begins.
 */
public final class WorkerParkerStress {
  private WorkerParkerStress() {}

  /** A worker's parker, and the driver that the worker holds. */
  abstract static class Sleeper {
    final Sleepless driver = new Sleepless();
    final WorkerParker parker = new WorkerParker(driver);

    /** Parks for ever. Answers 1 if the worker began to sleep. */
    final int park() {
      driver.slept = 0;
      parker.park(true, Parker.FOREVER);
      return driver.slept;
    }
  }

  /**
   * One unpark and one park. The numbers are 1 if the unpark woke a sleeper, if the park slept, and
   * if the park after it sleeps.
   */
  @JCStressTest
  @Outcome(id = "0, 0, 1", expect = ACCEPTABLE, desc = "The permit came first; the park took it.")
  @Outcome(id = "1, 1, 1", expect = ACCEPTABLE, desc = "The sleeper was woken.")
  @Outcome(id = "0, 1, 0", expect = ACCEPTABLE, desc = "The permit is there for the next park.")
  @Outcome(id = "0, 1, 1", expect = FORBIDDEN, desc = "The worker sleeps, and nobody wakes it.")
  @Outcome(expect = FORBIDDEN, desc = "The permit counts twice.")
  @State
  public static class UnparkVsPark extends Sleeper {
    @Actor
    public void waker(III_Result r) {
      r.r1 = parker.unpark() ? 1 : 0;
    }

    @Actor
    public void worker(III_Result r) {
      r.r2 = park();
    }

    @Arbiter
    public void next(III_Result r) {
      r.r3 = park();
    }
  }

  /**
   * A park that takes a permit takes the news that came with it: if the worker does not see them,
   * the permit is still there. The second number is 1 if the park after it sleeps.
   */
  @JCStressTest
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "News and permit were taken.")
  @Outcome(
      id = {"0, 0", "1, 0"},
      expect = ACCEPTABLE,
      desc = "The permit is still there.")
  @Outcome(id = "0, 1", expect = FORBIDDEN, desc = "The permit is gone, and the news not seen.")
  @State
  public static class NewsVsPermit extends Sleeper {
    private int news;

    public NewsVsPermit() {
      boolean slept = parker.unpark();
      assert !slept;
    }

    @Actor
    public void waker() {
      news = 1;
      boolean unused = parker.unpark();
    }

    @Actor
    public void worker(II_Result r) {
      int slept = park();
      assert slept == 0;
      r.r1 = news;
    }

    @Arbiter
    public void next(II_Result r) {
      r.r2 = park();
    }
  }

  /** A driver in which nobody sleeps. */
  private static final class Sleepless implements Driver {
    int slept;

    @Override
    public void park(long timeoutNanos) {
      if (timeoutNanos != 0) {
        slept = 1;
      }
    }

    @Override
    public void unpark() {}

    @Override
    public <S> Optional<S> service(Class<S> type) {
      return Optional.empty();
    }

    @Override
    public void close() {}
  }
}
