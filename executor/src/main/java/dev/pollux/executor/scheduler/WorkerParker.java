package dev.pollux.executor.scheduler;

import static java.lang.invoke.MethodHandles.lookup;

import com.google.errorprone.annotations.Keep;
import dev.pollux.spi.Driver;
import dev.pollux.spi.Parker;
import java.lang.invoke.ConstantBootstraps;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * How one worker sleeps: by itself, or in the I/O driver while it holds that. There is one permit,
 * wherever it sleeps.
 *
 * @threading {@link #park}: the worker; {@link #unpark}: any thread
 */
final class WorkerParker {
  /*
   * States
   *  EMPTY        awake, no permit
   *  PERMIT       there is a permit: the next or the current park returns
   *  IN_THREAD    asleep in LockSupport
   *  IN_DRIVER    asleep in the driver
   *
   * Transitions
   *  EMPTY      --park-->    IN_THREAD, IN_DRIVER      IN_*       --unpark-->  PERMIT (and the sleeper is woken)
   *  PERMIT     --park-->    EMPTY, without a sleep    EMPTY      --unpark-->  PERMIT
   *  any        --park returns-->  EMPTY
   *
   * Ordering: each edge is one read-modify-write of `state`. An unpark between the decision to sleep and the sleep
   * itself finds IN_*: the permit of LockSupport, or that of the driver, is set then and ends the sleep at once. An
   * unpark of the driver that comes late is spent on whoever parks in it next, which is one sleep too short.
   *
   * Source: Tokio, multi_thread/park.rs.
   */
  private static final int EMPTY = 0;
  private static final int PERMIT = 1;
  private static final int IN_THREAD = 2;
  private static final int IN_DRIVER = 3;

  private static final VarHandle STATE =
      ConstantBootstraps.fieldVarHandle(
          lookup(), "state", VarHandle.class, WorkerParker.class, int.class);

  @Keep private volatile int state;

  /** Written before IN_THREAD, and read after it was seen. */
  private @Nullable Thread sleeper;

  private final @Nullable Driver driver;

  WorkerParker(@Nullable Driver driver) {
    this.driver = driver;
  }

  /**
   * Sleeps until there is a permit, or the time is over, or for no reason at all; takes the permit.
   *
   * @param inDriver whether to sleep in the driver, which the caller holds
   * @param timeoutNanos as for {@link Parker#park}
   */
  void park(boolean inDriver, long timeoutNanos) {
    sleeper = Thread.currentThread();
    if (STATE.compareAndSet(this, EMPTY, inDriver ? IN_DRIVER : IN_THREAD)) {
      try {
        sleep(inDriver, timeoutNanos);
      } finally {
        STATE.getAndSet(this, EMPTY); // no mere write: what came before an unpark must be seen
      }
    } else {
      STATE.getAndSet(this, EMPTY);
      if (inDriver && driver != null) {
        driver.park(0);
      }
    }
  }

  private void sleep(boolean inDriver, long timeoutNanos) {
    if (inDriver && driver != null) {
      driver.park(timeoutNanos);
    } else if (timeoutNanos < 0) {
      LockSupport.park(this);
    } else if (timeoutNanos > 0) {
      LockSupport.parkNanos(this, timeoutNanos);
    }
  }

  /**
   * Ends the current or the next sleep.
   *
   * @return whether a sleeper had to be woken
   */
  boolean unpark() {
    int before = (int) STATE.getAndSet(this, PERMIT);
    if (before == IN_THREAD) {
      LockSupport.unpark(sleeper);
    } else if (before == IN_DRIVER && driver != null) {
      driver.unpark();
    }
    return before == IN_THREAD || before == IN_DRIVER;
  }
}
