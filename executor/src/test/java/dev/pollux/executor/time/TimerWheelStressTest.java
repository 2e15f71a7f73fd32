package dev.pollux.executor.time;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.core.Context;
import dev.pollux.core.Poll;
import dev.pollux.core.Poller;
import dev.pollux.core.Waker;
import dev.pollux.spi.Services;
import dev.pollux.spi.Timer;
import dev.pollux.spi.TimerEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two threads at one wheel, and two wheels that entries wander between, for a second each. */
class TimerWheelStressTest {

  private static final long TICK_NANOS = 1_000;
  private static final long RUN_NANOS = TimeUnit.MILLISECONDS.toNanos(900);
  private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final long start = System.nanoTime();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private volatile boolean stopped;

  private long nanoTime() {
    return System.nanoTime() - start;
  }

  private boolean runs() {
    return nanoTime() < RUN_NANOS;
  }

  @AfterEach
  void stop() {
    stopped = true;
    threads.shutdownNow();
  }

  /** The holder sleeps exactly as it is told, so a wake-up that is lost is never made up for. */
  @Test
  void whoeverArmsElsewhereIsWokenAndWhoeverCancelsIsNot() throws Exception {
    Holder holder = new Holder();
    Future<?> holding = threads.submit(holder::hold);
    long seed = System.nanoTime();
    Random random = new Random(seed);
    List<Flag> quiet = new ArrayList<>();
    try {
      while (runs()) {
        Entry entry = new Entry(1 + random.nextInt(60_000));
        Flag flag = new Flag();
        boolean elapsed = entry.poll(holder.wheel, flag);
        switch (random.nextInt(5)) {
          case 0 -> {
            pause(random.nextInt(70_000)); // so that it meets the deadline
            if (entry.stop()) {
              quiet.add(flag);
            }
            continue;
          }
          case 1 -> {
            pause(random.nextInt(70_000));
            entry.move(random.nextInt(60_000));
            elapsed = entry.poll(holder.wheel, flag);
          }
          case 2 -> {
            Flag other = new Flag();
            pause(random.nextInt(70_000));
            elapsed = entry.poll(holder.wheel, other);
            flag = other;
          }
          case 3 -> {
            if (entry.stop()) {
              quiet.add(flag);
            }
            flag = new Flag();
            entry.move(random.nextInt(60_000));
            elapsed = entry.poll(holder.wheel, flag);
          }
          default -> {}
        }
        while (!elapsed) {
          flag.await();
          elapsed = entry.poll(holder.wheel, flag);
        }
        assertThat(nanoTime()).isGreaterThanOrEqualTo(entry.earliest);
      }
    } catch (Throwable failure) {
      throw new AssertionError("seed " + seed, failure);
    }
    stopped = true;
    LockSupport.unpark(holder.thread);
    assertThat(get(holding)).isEqualTo(0);
    assertThat(quiet).noneMatch(flag -> flag.woken);
  }

  /** Each thread holds a wheel, and takes any entry in turn to poll, cancel or reset it. */
  @Test
  void entriesThatWanderBetweenWheelsAreInOneAndKeepTime() throws Exception {
    long seed = System.nanoTime();
    AtomicReferenceArray<Entry> shared = new AtomicReferenceArray<>(6);
    for (int i = 0; i < shared.length(); i++) {
      shared.set(i, new Entry(1));
    }
    Wanderer[] wanderers = {new Wanderer(shared, seed), new Wanderer(shared, seed + 1)};
    try {
      List<Future<?>> runs = new ArrayList<>();
      for (Wanderer each : wanderers) {
        runs.add(threads.submit(each::wander));
      }
      for (Future<?> run : runs) {
        assertThat(get(run)).isNull();
      }
      for (int i = 0; i < shared.length(); i++) {
        shared.get(i).stop();
      }
      for (Wanderer each : wanderers) {
        each.wheel.acquire();
        assertThat(each.wheel.size()).isZero();
        each.wheel.release();
      }
      assertThat(wanderers[0].completed + wanderers[1].completed).isPositive();
    } catch (Throwable failure) {
      throw new AssertionError("seed " + seed, failure);
    }
  }

  private static Object get(Future<?> future) throws Exception {
    try {
      return future.get(LIMIT_NANOS, TimeUnit.NANOSECONDS);
    } catch (ExecutionException failure) {
      throw new AssertionError(failure.getCause());
    }
  }

  private void pause(long nanos) {
    long until = nanoTime() + nanos;
    while (nanoTime() < until) {
      Thread.onSpinWait();
    }
  }

  /** Turns a wheel and parks as long as that says. */
  private final class Holder {
    volatile Thread thread;
    final TimerWheel wheel =
        new TimerWheel(
            TimerWheelStressTest.this::nanoTime, TICK_NANOS, () -> LockSupport.unpark(thread));

    int hold() {
      thread = Thread.currentThread();
      wheel.acquire();
      while (!stopped) {
        wheel.advance(nanoTime(), Waker::wake);
        long next = wheel.nextDeadlineNanos();
        if (stopped) {
          break;
        }
        if (next == Long.MAX_VALUE) {
          LockSupport.park();
        } else {
          LockSupport.parkNanos(next - nanoTime());
        }
      }
      int left = wheel.size();
      wheel.release();
      return left;
    }
  }

  private final class Wanderer {
    final TimerWheel wheel =
        new TimerWheel(TimerWheelStressTest.this::nanoTime, TICK_NANOS, () -> {});
    final AtomicReferenceArray<Entry> shared;
    final Random random;
    int completed;

    Wanderer(AtomicReferenceArray<Entry> shared, long seed) {
      this.shared = shared;
      this.random = new Random(seed);
    }

    void wander() {
      wheel.acquire();
      while (runs()) {
        wheel.advance(nanoTime(), Waker::wake);
        int place = random.nextInt(shared.length());
        Entry entry = shared.getAndSet(place, null);
        if (entry != null) {
          for (int steps = random.nextInt(4); steps >= 0; steps--) {
            step(entry);
          }
          shared.set(place, entry);
        }
      }
      wheel.release();
    }

    void step(Entry entry) {
      switch (random.nextInt(4)) {
        case 0 -> {
          entry.stop();
          entry.move(1 + random.nextInt(40_000));
        }
        case 1 -> entry.move(1 + random.nextInt(40_000));
        default -> {
          if (entry.poll(wheel, new Flag())) {
            assertThat(nanoTime()).isGreaterThanOrEqualTo(entry.earliest);
            completed++;
            entry.stop();
            entry.move(1 + random.nextInt(40_000));
          }
        }
      }
    }
  }

  /** A waker that can be waited for. */
  private static final class Flag implements Waker {
    volatile boolean woken;
    volatile Thread waiting;

    @Override
    public void wake() {
      woken = true;
      LockSupport.unpark(waiting);
    }

    void await() {
      waiting = Thread.currentThread();
      long until = System.nanoTime() + LIMIT_NANOS;
      while (!woken) {
        assertThat(System.nanoTime()).as("never woken").isLessThan(until);
        LockSupport.parkNanos(LIMIT_NANOS);
      }
      woken = false;
    }
  }

  private final class Entry extends TimerEntry {
    /** A time before which it must not end. */
    long earliest;

    Entry(long delayNanos) {
      super(delayNanos);
      earliest = nanoTime() + delayNanos;
    }

    boolean poll(TimerWheel wheel, Waker waker) {
      try {
        return new Poller(new TimerOnly(wheel), 0, false)
            .poll((Context cx) -> Poll.ready(hasElapsed(cx)), waker)
            .value();
      } catch (Exception impossible) {
        throw new AssertionError(impossible);
      }
    }

    @com.google.errorprone.annotations.CanIgnoreReturnValue
    boolean stop() {
      return disarm();
    }

    void move(long delayNanos) {
      earliest = nanoTime() + delayNanos;
      reset(delayNanos);
    }
  }

  private record TimerOnly(Timer timer) implements Services {}
}
