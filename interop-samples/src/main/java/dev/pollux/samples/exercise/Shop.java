package dev.pollux.samples.exercise;

import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.sync.Mpsc;
import dev.pollux.sync.Oneshot;
import dev.pollux.time.Time;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * The application that exercise 5 profiles: five tasks that go on until the runtime is closed. One
 * computes too much between two yields, and one waits for what never comes; who profiles it does
 * not know which.
 */
final class Shop {

  private static final int PATIENCE_SECONDS = 60;
  private static final int NUMBERS = 4_000_000;

  private final Mpsc<Integer> orders = Mpsc.bounded(16);

  /** Where the answer of the archive would come from: somebody has it, and does not send. */
  private final Oneshot<String> archive = Oneshot.create();

  private final Semaphore sales = new Semaphore(0);
  private final Semaphore counts = new Semaphore(0);
  private final Semaphore beats = new Semaphore(0);

  /** What was computed last: kept, so that it is computed. */
  private volatile int statistic;

  /** Opens the shop: spawns its tasks. */
  void open(PolluxRuntime runtime) {
    spawn(
        runtime,
        "orders",
        Futures.repeat(
            () -> Time.sleep(Duration.ofMillis(1)).flatMap(done -> orders.sender().send(1))));
    spawn(runtime, "prices", orders.receiver().forEach(order -> sales.release()));
    spawn(
        runtime,
        "statistics",
        Futures.repeat(() -> Futures.lazy(this::count).flatMap(done -> Futures.yieldNow())));
    spawn(runtime, "audit", archive.receiver().timeout(Duration.ofHours(1)));
    spawn(
        runtime,
        "heartbeat",
        Futures.repeat(() -> Time.sleep(Duration.ofMillis(5)).inspect(done -> beats.release())));
  }

  private static void spawn(PolluxRuntime runtime, String name, Future<?> future) {
    runtime.spawn(name, future).detach();
  }

  /** Some milliseconds of work in one poll. */
  private int count() {
    int sum = 0;
    for (int n = 1; n < NUMBERS; n++) {
      sum += Integer.bitCount(n * 31) ^ n;
    }
    statistic = sum;
    counts.release();
    return sum;
  }

  /**
   * Waits until every task that moves has moved some more times, from now on.
   *
   * @return whether they have within a minute
   */
  boolean awaitRounds(int rounds) throws InterruptedException {
    counts.drainPermits();
    sales.drainPermits();
    beats.drainPermits();
    return counts.tryAcquire(rounds, PATIENCE_SECONDS, TimeUnit.SECONDS)
        && sales.tryAcquire(rounds, PATIENCE_SECONDS, TimeUnit.SECONDS)
        && beats.tryAcquire(rounds, PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  @Override
  public String toString() {
    return "Shop[" + statistic + ", " + orders + ", " + archive + "]";
  }
}
