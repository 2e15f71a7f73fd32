package dev.pollux.io.driver;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.core.Context;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.testing.PollHarness;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** One who waits for a direction of a registration, cranked by hand. */
final class Waiting {

  final PollHarness harness;
  private final Registration registration;
  private final int direction;

  Waiting(NioDriver driver, Registration registration, int direction) {
    this.harness = PollHarness.create().offer(NioDriver.class, driver);
    this.registration = registration;
    this.direction = direction;
  }

  /** Asks whether to try. */
  @CanIgnoreReturnValue
  int ask() throws IOException {
    return ask(null);
  }

  /** As {@link #ask()}, as one of many. */
  @CanIgnoreReturnValue
  int ask(ReadinessWaiters.@Nullable Waiter waiter) throws IOException {
    try {
      return harness.poll(new Asking(waiter)).value();
    } catch (IOException e) {
      throw e;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /** Asks, tries in vain, and says so, until it has to wait. */
  void exhaust() throws IOException {
    for (int seen = ask(); seen >= 0; seen = ask()) {
      registration.exhausted(direction, seen);
    }
  }

  boolean isWoken() {
    return harness.woken();
  }

  private final class Asking implements Future<Integer> {
    private final ReadinessWaiters.@Nullable Waiter waiter;

    Asking(ReadinessWaiters.@Nullable Waiter waiter) {
      this.waiter = waiter;
    }

    @Override
    public Poll<Integer> poll(Context cx) throws IOException {
      return Poll.ready(
          waiter == null
              ? registration.pollReady(cx, direction)
              : registration.pollReady(cx, direction, waiter));
    }
  }
}
