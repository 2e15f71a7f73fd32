package dev.pollux.sync;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.Poller;
import dev.pollux.core.Waker;
import dev.pollux.spi.Services;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/** The words of the locks against their queues: each pair of steps that can meet. */
public final class LocksStress {

  private LocksStress() {}

  /** One who asks, with a poller and a waker of its own. */
  static final class Asking<H> {
    private final Poller poller = new Poller(new Services() {}, 1, false);
    private final Future<H> future;
    private final AtomicInteger wakes = new AtomicInteger();
    private final Waker waker = wakes::incrementAndGet;
    @Nullable H held;

    Asking(Future<H> future) {
      this.future = future;
    }

    /** Polls once; returns 1 if it has it now. */
    int poll() {
      try {
        Poll<H> answer = poller.poll(future, waker);
        if (answer.isReady()) {
          held = answer.value();
          return 1;
        }
        return 0;
      } catch (Exception failure) {
        throw new AssertionError(failure);
      }
    }

    Asking<H> polled() {
      poll();
      return this;
    }

    void giveUp() {
      future.cancel();
    }

    int wakes() {
      return wakes.get();
    }
  }

  // ---- the mutex

  /** A mutex that is held. */
  abstract static class Mutex {
    final AsyncMutex mutex = new AsyncMutex();
    final AsyncMutex.Guard guard = Objects.requireNonNull(mutex.tryLock());
    final Asking<AsyncMutex.Guard> asking = new Asking<>(mutex.lock());

    final int locked() {
      return mutex.isLocked() ? 1 : 0;
    }
  }

  /** R1 of the mutex: a close meets who is about to wait. */
  @JCStressTest
  @Outcome(
      id = {"1, 0, 1", "0, 1, 1"},
      expect = ACCEPTABLE,
      desc = "It has the lock, or is woken.")
  @Outcome(expect = FORBIDDEN, desc = "It waits for ever.")
  @State
  public static class MutexCloseVsWait extends Mutex {
    @Actor
    public void waits(III_Result r) {
      r.r1 = asking.poll();
    }

    @Actor
    public void closes() {
      guard.close();
    }

    @Arbiter
    public void after(III_Result r) {
      r.r2 = asking.wakes();
      r.r3 = locked();
    }
  }

  /** R2 of the mutex: a close meets the last waiter, which gives up. */
  @JCStressTest
  @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "The lock is free.")
  @Outcome(expect = FORBIDDEN, desc = "The lock is held by nobody.")
  @State
  public static class MutexCloseVsGiveUp extends Mutex {
    public MutexCloseVsGiveUp() {
      asking.poll();
    }

    @Actor
    public void givesUp() {
      asking.giveUp();
    }

    @Actor
    public void closes() {
      guard.close();
    }

    @Arbiter
    public void after(II_Result r) {
      r.r1 = locked();
      r.r2 = mutex.tryLock() != null ? 1 : 0;
    }
  }

  /** A close meets who polls again and takes the lock as soon as it can. */
  @JCStressTest
  @Outcome(
      id = {"1, 1, 1", "1, 0, 1", "0, 1, 1"},
      expect = ACCEPTABLE,
      desc = "It has the lock, or is woken.")
  @Outcome(expect = FORBIDDEN, desc = "It waits for ever.")
  @State
  public static class MutexCloseVsPoll extends Mutex {
    public MutexCloseVsPoll() {
      asking.poll();
    }

    @Actor
    public void polls(III_Result r) {
      r.r1 = asking.poll();
    }

    @Actor
    public void closes() {
      guard.close();
    }

    @Arbiter
    public void after(III_Result r) {
      r.r2 = asking.wakes();
      r.r3 = locked();
    }
  }

  /** One guard is closed by two at once, and a third takes the lock. */
  @JCStressTest
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "Who has the lock keeps it.")
  @Outcome(expect = FORBIDDEN, desc = "The second close took the lock from somebody else.")
  @State
  public static class MutexCloseVsClose extends Mutex {
    @Actor
    public void closesAndTakes(II_Result r) {
      guard.close();
      r.r1 = mutex.tryLock() != null ? 1 : 0;
    }

    @Actor
    public void closes() {
      guard.close();
    }

    @Arbiter
    public void after(II_Result r) {
      r.r2 = locked();
    }
  }

  // ---- the semaphore

  /** A semaphore of two permits, of which one is out. */
  abstract static class Permits {
    final AsyncSemaphore semaphore = new AsyncSemaphore(2);
    final AsyncSemaphore.Permit permit = Objects.requireNonNull(semaphore.tryAcquire());
    final Asking<AsyncSemaphore.Permit> asking = new Asking<>(semaphore.acquireMany(2));

    final int free() {
      return (int) semaphore.availablePermits();
    }
  }

  /** R1 of the semaphore: a give meets who is about to wait. */
  @JCStressTest
  @Outcome(
      id = {"1, 0, 0", "0, 1, 0"},
      expect = ACCEPTABLE,
      desc = "It has the permits, or is woken.")
  @Outcome(expect = FORBIDDEN, desc = "It waits for ever, or a permit is lost.")
  @State
  public static class GiveVsWait extends Permits {
    @Actor
    public void waits(III_Result r) {
      r.r1 = asking.poll();
    }

    @Actor
    public void gives() {
      permit.close();
    }

    @Arbiter
    public void after(III_Result r) {
      r.r2 = asking.wakes();
      r.r3 = free();
    }
  }

  /** R3 of the semaphore: a give meets who gives up, and has gathered one. */
  @JCStressTest
  @Outcome(id = "2, 1", expect = ACCEPTABLE, desc = "All are free, and can be had.")
  @Outcome(expect = FORBIDDEN, desc = "A permit is lost or doubled, or can't be had.")
  @State
  public static class GiveVsGiveUp extends Permits {
    public GiveVsGiveUp() {
      asking.poll();
    }

    @Actor
    public void givesUp() {
      asking.giveUp();
    }

    @Actor
    public void gives() {
      permit.close();
    }

    @Arbiter
    public void after(II_Result r) {
      r.r1 = free();
      r.r2 = semaphore.tryAcquireMany(2) != null ? 1 : 0;
    }
  }

  /** R2 of the semaphore: two give, and one waits for both. */
  @JCStressTest
  @Outcome(id = "1, 1, 0", expect = ACCEPTABLE, desc = "It has both.")
  @Outcome(expect = FORBIDDEN, desc = "It waits for ever, or a permit is lost or doubled.")
  @State
  public static class GiveVsGive extends Permits {
    private final AsyncSemaphore.Permit second = Objects.requireNonNull(semaphore.tryAcquire());

    public GiveVsGive() {
      asking.poll();
    }

    @Actor
    public void first() {
      permit.close();
    }

    @Actor
    public void second() {
      second.close();
    }

    @Arbiter
    public void after(III_Result r) {
      r.r1 = asking.wakes();
      r.r2 = asking.poll();
      r.r3 = free();
    }
  }

  /** R2 of the semaphore: two give, one waits for one, and somebody tries to take the other. */
  @JCStressTest
  @Outcome(
      id = {"1, 0, 1", "1, 1, 0"},
      expect = ACCEPTABLE,
      desc = "The waiter has one, and the other is free or taken.")
  @Outcome(expect = FORBIDDEN, desc = "The waiter waits for ever, or a permit is lost or doubled.")
  @State
  public static class GiveGiveVsTry {
    private final AsyncSemaphore semaphore = new AsyncSemaphore(2);
    private final AsyncSemaphore.Permit first = Objects.requireNonNull(semaphore.tryAcquire());
    private final AsyncSemaphore.Permit second = Objects.requireNonNull(semaphore.tryAcquire());
    private final Asking<AsyncSemaphore.Permit> asking = new Asking<>(semaphore.acquire());

    public GiveGiveVsTry() {
      asking.poll();
    }

    @Actor
    public void first() {
      first.close();
    }

    @Actor
    public void second(III_Result r) {
      second.close();
      r.r2 = semaphore.tryAcquire() != null ? 1 : 0;
    }

    @Arbiter
    public void after(III_Result r) {
      r.r1 = asking.wakes();
      r.r3 = (int) semaphore.availablePermits();
    }
  }

  /** I2 of the semaphore: one waits, and somebody tries to be quicker with what is given. */
  @JCStressTest
  @Outcome(id = "1, 0, 0", expect = ACCEPTABLE, desc = "The waiter has it.")
  @Outcome(expect = FORBIDDEN, desc = "The waiter was overtaken, or a permit is lost or doubled.")
  @State
  public static class GiveVsTry {
    private final AsyncSemaphore semaphore = new AsyncSemaphore(1);
    private final AsyncSemaphore.Permit permit = Objects.requireNonNull(semaphore.tryAcquire());
    private final Asking<AsyncSemaphore.Permit> asking = new Asking<>(semaphore.acquire()).polled();

    @Actor
    public void gives() {
      permit.close();
    }

    @Actor
    public void tries(III_Result r) {
      r.r2 = semaphore.tryAcquire() != null ? 1 : 0;
    }

    @Arbiter
    public void after(III_Result r) {
      r.r1 = asking.wakes();
      r.r3 = (int) semaphore.availablePermits();
    }
  }

  /** A close meets a give that grants. */
  @JCStressTest
  @Outcome(
      id = {"1, 0", "1, 2"},
      expect = ACCEPTABLE,
      desc = "It is woken; it has both, or both are free.")
  @Outcome(expect = FORBIDDEN, desc = "It waits for ever, or a permit is lost or doubled.")
  @State
  public static class GiveVsClose extends Permits {
    public GiveVsClose() {
      asking.poll();
    }

    @Actor
    public void gives() {
      permit.close();
    }

    @Actor
    public void closes() {
      semaphore.close();
    }

    @Arbiter
    public void after(II_Result r) {
      r.r1 = asking.wakes();
      r.r2 = free();
    }
  }

  // ---- the read-write lock

  /** R1 of the read-write lock: the last reader ends while a writer is about to wait. */
  @JCStressTest
  @Outcome(
      id = {"1, 0, 1", "0, 1, 1"},
      expect = ACCEPTABLE,
      desc = "The writer has the lock, or is woken.")
  @Outcome(expect = FORBIDDEN, desc = "The writer waits for ever.")
  @State
  public static class ReadEndVsWriterWaits {
    private final AsyncRwLock lock = new AsyncRwLock();
    private final AsyncRwLock.ReadGuard reader = Objects.requireNonNull(lock.tryRead());
    private final Asking<AsyncRwLock.WriteGuard> writer = new Asking<>(lock.write());

    @Actor
    public void waits(III_Result r) {
      r.r1 = writer.poll();
    }

    @Actor
    public void ends() {
      reader.close();
    }

    @Arbiter
    public void after(III_Result r) {
      r.r2 = writer.wakes();
      r.r3 = lock.isWriteLocked() ? 1 : 0;
    }
  }

  /** Two readers end at once; a writer waits for both. */
  @JCStressTest
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "The writer is woken, and has the lock.")
  @Outcome(expect = FORBIDDEN, desc = "The writer waits for ever, or is granted twice.")
  @State
  public static class ReadEndVsReadEnd {
    private final AsyncRwLock lock = new AsyncRwLock();
    private final AsyncRwLock.ReadGuard first = Objects.requireNonNull(lock.tryRead());
    private final AsyncRwLock.ReadGuard second = Objects.requireNonNull(lock.tryRead());
    private final Asking<AsyncRwLock.WriteGuard> writer = new Asking<>(lock.write()).polled();

    @Actor
    public void first() {
      first.close();
    }

    @Actor
    public void second() {
      second.close();
    }

    @Arbiter
    public void after(II_Result r) {
      r.r1 = writer.wakes();
      r.r2 = writer.poll();
    }
  }

  /** R2 of the read-write lock: a writer gives up before a reader, while another reader ends. */
  @JCStressTest
  @Outcome(id = "1, 1, 1", expect = ACCEPTABLE, desc = "The reader behind it reads.")
  @Outcome(expect = FORBIDDEN, desc = "The reader waits for ever, or the count is wrong.")
  @State
  public static class WriterGivesUpVsReadEnd {
    private final AsyncRwLock lock = new AsyncRwLock();
    private final AsyncRwLock.ReadGuard first = Objects.requireNonNull(lock.tryRead());
    private final Asking<AsyncRwLock.WriteGuard> writer = new Asking<>(lock.write()).polled();
    private final Asking<AsyncRwLock.ReadGuard> reader = new Asking<>(lock.read()).polled();

    @Actor
    public void givesUp() {
      writer.giveUp();
    }

    @Actor
    public void ends() {
      first.close();
    }

    @Arbiter
    public void after(III_Result r) {
      r.r1 = reader.wakes();
      r.r2 = reader.poll();
      r.r3 = (int) lock.readers();
    }
  }

  /** A writer is downgraded while a reader is about to wait. */
  @JCStressTest
  @Outcome(
      id = {"1, 0, 2", "0, 1, 2"},
      expect = ACCEPTABLE,
      desc = "The reader reads too, or is woken to.")
  @Outcome(expect = FORBIDDEN, desc = "The reader waits for ever, or the count is wrong.")
  @State
  public static class DowngradeVsReaderWaits {
    private final AsyncRwLock lock = new AsyncRwLock();
    private final AsyncRwLock.WriteGuard writer = Objects.requireNonNull(lock.tryWrite());
    private final Asking<AsyncRwLock.ReadGuard> reader = new Asking<>(lock.read());

    @Actor
    public void waits(III_Result r) {
      r.r1 = reader.poll();
    }

    @Actor
    public void downgrades() {
      writer.downgrade();
    }

    @Arbiter
    public void after(III_Result r) {
      r.r2 = reader.wakes();
      r.r3 = (int) lock.readers();
    }
  }
}
