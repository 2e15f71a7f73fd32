package dev.pollux.executor.scheduler;

import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Options;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.jetbrains.lincheck.datastructures.Validate;
import org.jetbrains.lincheck.datastructures.verifier.EpsilonVerifier;
import org.junit.jupiter.api.Test;

/**
 * Two workers that search, sleep and wake as {@code Worker} does, and a thread that pushes from
 * outside, under every interleaving: when all have stopped, no task is left while a worker sleeps
 * whom nobody wakes.
 */
public final class IdleLincheckTest {

  private final SharedInjectQueue inject = new SharedInjectQueue();
  private final Idle<Worker> idle = new Idle<>(2);
  private final Worker a = new Worker();
  private final Worker b = new Worker();

  /** What a worker is, without what it runs. */
  private final class Worker implements Idle.Sleeper {
    private final Ring ring = new Ring(4);
    private volatile boolean asleep;
    private volatile boolean permit;
    private boolean sleeping;
    private boolean searching;

    /** One step of its loop: it sleeps on, or wakes up, or runs what it finds, or falls asleep. */
    void turn() {
      if (sleeping) {
        if (!permit) {
          return;
        }
        wakeUp();
      }
      if (inject.isEmpty() && !searching) {
        searching = idle.tryStartSearching();
      }
      if (Tasks.with(inject.take(1, ring), ring).isEmpty()) {
        fallAsleep();
      } else if (searching) {
        searching = false;
        if (idle.stopSearching() && !inject.isEmpty()) {
          wakeForWork();
        }
      }
    }

    private void fallAsleep() {
      boolean wasSearching = searching;
      searching = false;
      if (idle.fallAsleep(this, wasSearching) && !inject.isEmpty()) {
        wakeUp();
      } else {
        sleeping = true;
      }
    }

    private void wakeUp() {
      sleeping = false;
      permit = false;
      searching = !idle.wakeUp(this);
    }

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

  private void wakeForWork() {
    if (idle.wantsSearcher()) {
      Worker sleeper = idle.wakeForWork();
      if (sleeper != null) {
        sleeper.permit = true;
      }
    }
  }

  @Operation(nonParallelGroup = "outside")
  public void push() {
    if (!inject.push(Tasks.task())) {
      throw new AssertionError("refused");
    }
    wakeForWork();
  }

  @Operation(nonParallelGroup = "a")
  public void turnOfA() {
    a.turn();
  }

  @Operation(nonParallelGroup = "b")
  public void turnOfB() {
    b.turn();
  }

  @Validate
  public void noTaskIsLeftWhileAllSleep() {
    boolean nobody = a.sleeping && !a.permit && b.sleeping && !b.permit;
    if (nobody && !inject.isEmpty()) {
      throw new AssertionError("a task is left, and all sleep: " + idle);
    }
    int asleep = (a.asleep ? 1 : 0) + (b.asleep ? 1 : 0);
    if (idle.allAsleep() != (asleep == 2) || idle.anyAsleep() != (asleep > 0)) {
      throw new AssertionError(asleep + " asleep, and the word says " + idle);
    }
    if (idle.searching() > 2) {
      throw new AssertionError("" + idle);
    }
  }

  @Test
  void noTaskIsLeftWhileAllSleepUnderAnyInterleaving() {
    check(new ModelCheckingOptions().iterations(30).invocationsPerIteration(500));
  }

  @Test
  void noTaskIsLeftWhileAllSleepUnderStress() {
    check(new StressOptions().iterations(15).invocationsPerIteration(1_000));
  }

  private static void check(Options<?, ?> options) {
    options
        .threads(3)
        .actorsBefore(2)
        .actorsPerThread(3)
        .actorsAfter(0)
        .verifier(EpsilonVerifier.class)
        .check(IdleLincheckTest.class);
  }
}
