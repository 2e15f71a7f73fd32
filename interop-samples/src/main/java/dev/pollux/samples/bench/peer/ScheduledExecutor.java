package dev.pollux.samples.bench.peer;

import dev.pollux.samples.bench.Millis;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * {@link ScheduledThreadPoolExecutor}, which removes what is cancelled. A timer is a callback, not
 * a task that goes on.
 */
final class ScheduledExecutor implements AutoCloseable {

  static final Peer PEER =
      Peer.of(
          "scheduled-executor",
          "ScheduledThreadPoolExecutor: timers only",
          17,
          ScheduledExecutor::new,
          List.of(
              PeerWorks.timers(ScheduledExecutor::timers),
              PeerWorks.timerCancel(ScheduledExecutor::cancelAll, ScheduledExecutor::cancelEach),
              PeerWorks.memory(ScheduledExecutor::putToSleep)));

  private static final long MINUTE_MILLIS = 60_000;

  private final ScheduledThreadPoolExecutor pool =
      new ScheduledThreadPoolExecutor(
          Runtime.getRuntime().availableProcessors(), new DaemonThreads("scheduled"));

  private ScheduledExecutor() {
    pool.setRemoveOnCancelPolicy(true);
  }

  private Future<?> schedule(Runnable action, long millis) {
    return pool.schedule(action, millis, TimeUnit.MILLISECONDS);
  }

  private Counted timers(int count) throws InterruptedException {
    Latch over = new Latch(count);
    long begunNanos = System.nanoTime();
    for (int i = 0; i < count; i++) {
      schedule(over::countDown, Millis.get(i));
    }
    int woken = over.await();
    return Counted.since(begunNanos, woken);
  }

  private Counted cancelAll(int count) {
    long begunNanos = System.nanoTime();
    List<Future<?>> timers = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      timers.add(schedule(() -> {}, MINUTE_MILLIS + Millis.get(i)));
    }
    long cancelled = 0;
    for (Future<?> timer : timers) {
      cancelled += timer.cancel(false) ? 1 : 0;
    }
    return Counted.since(begunNanos, cancelled);
  }

  private Counted cancelEach(int count) {
    long begunNanos = System.nanoTime();
    long cancelled = 0;
    for (int i = 0; i < count; i++) {
      cancelled += schedule(() -> {}, MINUTE_MILLIS + Millis.get(i)).cancel(false) ? 1 : 0;
    }
    return Counted.since(begunNanos, cancelled);
  }

  private int putToSleep(int count) {
    int before = pool.getQueue().size();
    for (int i = 0; i < count; i++) {
      schedule(() -> {}, TimeUnit.HOURS.toMillis(1));
    }
    return pool.getQueue().size() - before;
  }

  @Override
  public void close() {
    pool.shutdownNow();
  }
}
