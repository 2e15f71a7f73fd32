package dev.pollux.executor.time;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.core.Poller;
import dev.pollux.core.Waker;
import dev.pollux.spi.Services;
import dev.pollux.spi.Timer;
import dev.pollux.time.Sleep;
import java.util.ArrayList;
import java.util.List;

/** A wheel with a clock that the test moves, held by the test's thread, and what it has woken. */
final class Wheel {

  final TimerWheel timer;
  private final Poller poller;
  long now;
  int unparks;

  Wheel(long tickNanos) {
    timer = new TimerWheel(() -> now, tickNanos, () -> unparks++);
    timer.acquire();
    poller = new Poller(new TimerOnly(timer), 0, false);
  }

  /** Polls a sleep on this wheel. */
  boolean poll(Sleep sleep, Waker waker) {
    try {
      return poller.poll(sleep, waker).isReady();
    } catch (RuntimeException failure) {
      throw failure;
    } catch (Exception impossible) {
      throw new AssertionError(impossible);
    }
  }

  /** Does it as a thread that does not hold the wheel would. */
  void elsewhere(Runnable what) {
    timer.release();
    try {
      what.run();
    } finally {
      timer.acquire();
    }
  }

  /** Moves the clock to {@code nanos} and turns the wheel, calling the wakers; counts them. */
  @CanIgnoreReturnValue
  int advanceTo(long nanos) {
    now = nanos;
    List<Waker> woken = new ArrayList<>();
    timer.advance(
        nanos,
        waker -> {
          woken.add(waker);
          waker.wake();
        });
    return woken.size();
  }

  private record TimerOnly(Timer timer) implements Services {}
}
