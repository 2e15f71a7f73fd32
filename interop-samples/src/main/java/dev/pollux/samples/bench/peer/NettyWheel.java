package dev.pollux.samples.bench.peer;

import dev.pollux.samples.bench.Millis;
import io.netty.util.HashedWheelTimer;
import io.netty.util.Timeout;
import io.netty.util.TimerTask;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Netty's {@link HashedWheelTimer}, with ticks of 1 ms. A timer is a callback on its one thread,
 * not a task that goes on.
 */
final class NettyWheel implements RunningPeer {

  static final Peer PEER =
      Peer.of(
          "netty",
          "Netty's HashedWheelTimer: timers only",
          17,
          NettyWheel::new,
          List.of(
              PeerWorks.timers(NettyWheel::timers),
              PeerWorks.timerCancel(NettyWheel::cancelAll, NettyWheel::cancelEach),
              PeerWorks.memory(NettyWheel::putToSleep)));

  private static final long MINUTE_MILLIS = 60_000;
  private static final int SLOTS = 2048;

  /** Of all timers that are never due: what is counted is the wheel's own part. */
  private static final TimerTask NOTHING = timeout -> {};

  private final HashedWheelTimer wheel =
      new HashedWheelTimer(new DaemonThreads("wheel"), 1, TimeUnit.MILLISECONDS, SLOTS);

  private NettyWheel() {}

  private Timeout schedule(TimerTask action, long millis) {
    return wheel.newTimeout(action, millis, TimeUnit.MILLISECONDS);
  }

  private Counted timers(int count) throws InterruptedException {
    Latch over = new Latch(count);
    TimerTask wakeUp = timeout -> over.countDown();
    long begunNanos = System.nanoTime();
    for (int i = 0; i < count; i++) {
      schedule(wakeUp, Millis.get(i));
    }
    int woken = over.await();
    return Counted.since(begunNanos, woken);
  }

  private Counted cancelAll(int count) {
    long begunNanos = System.nanoTime();
    List<Timeout> timers = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      timers.add(schedule(NOTHING, MINUTE_MILLIS + Millis.get(i)));
    }
    long cancelled = 0;
    for (Timeout timer : timers) {
      cancelled += timer.cancel() ? 1 : 0;
    }
    return Counted.since(begunNanos, cancelled);
  }

  private Counted cancelEach(int count) {
    long begunNanos = System.nanoTime();
    long cancelled = 0;
    for (int i = 0; i < count; i++) {
      cancelled += schedule(NOTHING, MINUTE_MILLIS + Millis.get(i)).cancel() ? 1 : 0;
    }
    return Counted.since(begunNanos, cancelled);
  }

  private int putToSleep(int count) {
    long before = wheel.pendingTimeouts();
    for (int i = 0; i < count; i++) {
      schedule(NOTHING, TimeUnit.HOURS.toMillis(1));
    }
    return (int) (wheel.pendingTimeouts() - before);
  }

  @Override
  public void close() {
    wheel.stop();
  }
}
