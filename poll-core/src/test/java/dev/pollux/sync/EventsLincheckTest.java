package dev.pollux.sync;

import dev.pollux.core.Future;
import dev.pollux.core.Poll;
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
 * Explores the interleavings of one who waits, gives up and waits again, with those who let happen
 * what it waits for, switching at every access. Once all is quiet it has what has happened, or was
 * woken.
 */
@DisabledIfSystemProperty(
    named = "pollux.debug",
    matches = "true",
    disabledReason = "an exploration stops in the middle, and leaves futures unused")
final class EventsLincheckTest {

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
  void noNotificationIsLost() {
    check(NotifyTurns.class);
  }

  @Test
  void noNotificationIsLostToOneWhoIsEnabled() {
    check(EnabledTurns.class);
  }

  @Test
  void noSignalIsLost() {
    check(SignalTurns.class);
  }

  @Test
  void noChangeOfAWatchIsLost() {
    check(WatchTurns.class);
  }

  @Test
  void noOneshotIsLost() {
    check(OneshotTurns.class);
  }

  /** One who waits. */
  abstract static class Turns {

    private final Poller poller = new Poller(new Services() {}, 1, false);
    private final Waker waker = () -> woken = true;
    private final Waker another = () -> woken = true;
    private volatile boolean woken;

    /** How often what is waited for has happened, or is about to. */
    private volatile int events;

    /** What of that is known to the one who waits. */
    private int seen;

    private @Nullable Future<?> waiting;

    /** Makes what it waits with. */
    abstract Future<?> future();

    /** Whether it had what it waits for. */
    final boolean turn() {
      Future<?> future = waiting == null ? future() : waiting;
      waiting = future;
      woken = false;
      seen = events;
      if (poll(future, seen % 2 == 0 ? waker : another).isReady()) {
        waiting = null;
        return true;
      }
      return false;
    }

    private Poll<?> poll(Future<?> future, Waker waker) {
      try {
        return poller.poll(future, waker);
      } catch (Exception failure) {
        throw new AssertionError(failure);
      }
    }

    final void giveUp() {
      if (waiting != null) {
        waiting.cancel();
        waiting = null;
      }
    }

    final synchronized void happens() {
      events++;
    }

    final void checkNothingLost() {
      if (waiting != null && !woken && seen < events) {
        throw new AssertionError("lost");
      }
    }
  }

  /** Waits for notifications. */
  public static final class NotifyTurns extends Turns {
    private final Notify notify = new Notify();

    @Override
    Future<?> future() {
      return notify.notified();
    }

    @Operation
    public void notifyOne() {
      happens();
      notify.notifyOne();
    }

    @Operation(nonParallelGroup = "waiter")
    public void await() {
      boolean unused = turn();
    }

    @Operation(nonParallelGroup = "waiter")
    public void cancel() {
      giveUp();
    }

    @Validate
    public void nothingIsLost() {
      checkNothingLost();
    }
  }

  /** Waits for notifications from before the first poll. */
  public static final class EnabledTurns extends Turns {
    private final Notify notify = new Notify();

    @Override
    Future<?> future() {
      Notified notified = notify.notified();
      notified.enable();
      return notified;
    }

    @Operation
    public void notifyOne() {
      happens();
      notify.notifyOne();
    }

    @Operation
    public void notifyWaiters() {
      happens();
      notify.notifyWaiters();
    }

    @Operation(nonParallelGroup = "waiter")
    public void await() {
      boolean unused = turn();
    }

    @Operation(nonParallelGroup = "waiter")
    public void cancel() {
      giveUp();
    }

    @Validate
    public void nothingIsLost() {
      checkNothingLost();
    }
  }

  /** Waits for signals. */
  public static final class SignalTurns extends Turns {
    private final Signal<String> signal = new Signal<>();

    @Override
    Future<?> future() {
      return signal.take();
    }

    @Operation
    public boolean signal() {
      happens();
      return signal.signal("value");
    }

    @Operation(nonParallelGroup = "waiter")
    public void await() {
      boolean unused = turn();
    }

    @Operation(nonParallelGroup = "waiter")
    public void cancel() {
      giveUp();
    }

    @Validate
    public void nothingIsLost() {
      checkNothingLost();
    }
  }

  /** Waits for changes. */
  public static final class WatchTurns extends Turns {
    private final Watch<Integer> watch = Watch.create(0);

    @Override
    Future<?> future() {
      return watch.receiver().changed();
    }

    @Operation
    public boolean send() {
      happens();
      return watch.sender().send(1);
    }

    @Operation(nonParallelGroup = "waiter")
    public void await() {
      boolean unused = turn();
    }

    @Operation(nonParallelGroup = "waiter")
    public void cancel() {
      giveUp();
    }

    @Validate
    public void nothingIsLost() {
      checkNothingLost();
    }
  }

  /** Waits for one value. */
  public static final class OneshotTurns extends Turns {
    private final Oneshot<String> oneshot = Oneshot.create();
    private boolean given;

    @Override
    Future<?> future() {
      return oneshot.receiver();
    }

    @Operation
    public boolean send() {
      happens();
      return oneshot.sender().send("value");
    }

    @Operation(nonParallelGroup = "waiter")
    public void await() {
      given = given || turn();
    }

    @Validate
    public void nothingIsLost() {
      if (!given) {
        checkNothingLost();
      }
    }
  }
}
