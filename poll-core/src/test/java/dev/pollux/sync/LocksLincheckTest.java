package dev.pollux.sync;

import dev.pollux.core.Future;
import dev.pollux.core.Poller;
import dev.pollux.core.Waker;
import dev.pollux.spi.Services;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

/**
 * Explores the interleavings of one who waits and may give up with one who gives, takes and closes,
 * switching at every access.
 */
@DisabledIfSystemProperty(
    named = "pollux.debug",
    matches = "true",
    disabledReason = "an exploration stops in the middle, and leaves futures unused")
final class LocksLincheckTest {

  private static void check(Class<?> turns) {
    new ModelCheckingOptions()
        .iterations(10)
        .invocationsPerIteration(1_000)
        .threads(2)
        .actorsBefore(0)
        .actorsPerThread(3)
        .actorsAfter(0)
        .check(turns);
  }

  @Test
  void noPermitIsLost() {
    check(SemaphoreTurns.class);
  }

  @Test
  void theMutexIsFreeInTheEnd() {
    check(MutexTurns.class);
  }

  /** A semaphore with two permits, of which the second thread has one at first. */
  public static final class SemaphoreTurns {
    private final AsyncSemaphore semaphore = new AsyncSemaphore(2);
    private final Poller poller = new Poller(new Services() {}, 1, false);
    private final Waker waker = () -> woken = true;
    private volatile boolean woken;
    private volatile @Nullable Future<AsyncSemaphore.Permit> future;
    private volatile AsyncSemaphore.@Nullable Permit held = semaphore.tryAcquire();

    @Operation(nonParallelGroup = "waits")
    public void waits() throws Exception {
      Future<AsyncSemaphore.Permit> asked = future;
      if (asked == null) {
        asked = semaphore.acquireMany(2);
        future = asked;
      }
      woken = false;
      var answer = poller.poll(asked, waker);
      if (answer.isReady()) {
        future = null;
        answer.value().close();
      }
    }

    @Operation(nonParallelGroup = "waits")
    public void givesUp() {
      Future<?> asked = future;
      if (asked != null) {
        future = null;
        asked.cancel();
      }
    }

    @Operation(nonParallelGroup = "gives")
    public void tries() {
      if (held == null) {
        held = semaphore.tryAcquire();
      }
    }

    @Operation(nonParallelGroup = "gives")
    public void gives() {
      AsyncSemaphore.Permit permit = held;
      if (permit != null) {
        held = null;
        permit.close();
      }
    }

    @Validate
    public void nothingIsLost() throws Exception {
      if (future != null && held == null && !woken) {
        throw new AssertionError("it waits for what is free: " + semaphore);
      }
      givesUp();
      gives();
      if (semaphore.availablePermits() != 2) {
        throw new AssertionError("lost: " + semaphore);
      }
    }
  }

  /** A mutex that the second thread has at first. */
  public static final class MutexTurns {
    private final AsyncMutex mutex = new AsyncMutex();
    private final Poller poller = new Poller(new Services() {}, 1, false);
    private final Waker waker = () -> woken = true;
    private volatile boolean woken;
    private volatile @Nullable Future<AsyncMutex.Guard> future;
    private volatile AsyncMutex.@Nullable Guard held = mutex.tryLock();

    @Operation(nonParallelGroup = "waits")
    public void waits() throws Exception {
      Future<AsyncMutex.Guard> asked = future;
      if (asked == null) {
        asked = mutex.lock();
        future = asked;
      }
      woken = false;
      var answer = poller.poll(asked, waker);
      if (answer.isReady()) {
        future = null;
        answer.value().close();
      }
    }

    @Operation(nonParallelGroup = "waits")
    public void givesUp() {
      Future<?> asked = future;
      if (asked != null) {
        future = null;
        asked.cancel();
      }
    }

    @Operation(nonParallelGroup = "gives")
    public void tries() {
      if (held == null) {
        held = mutex.tryLock();
      }
    }

    @Operation(nonParallelGroup = "gives")
    public void gives() {
      AsyncMutex.Guard guard = held;
      if (guard != null) {
        held = null;
        guard.close();
      }
    }

    @Validate
    public void nothingIsLost() {
      if (future != null && held == null && !woken) {
        throw new AssertionError("it waits for what is free: " + mutex);
      }
      givesUp();
      gives();
      if (mutex.isLocked()) {
        throw new AssertionError("held by nobody: " + mutex);
      }
    }
  }
}
