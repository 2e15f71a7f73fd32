package dev.pollux.io;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.io.driver.ReadinessWaiters.Waiter;
import dev.pollux.io.driver.Registration;
import dev.pollux.spi.Unpolled;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Waits for a report of the system that came after the first poll: {@link Readiness#readable}.
 *
 * @cancellation nothing is lost
 * @threading confined to the polling task
 */
final class ReadinessReport implements Future<Void> {
  /*
   * What is known to be ready is an old report, or a mere hope, so the first poll says that it is exhausted: if the channel
   * is ready all the same, the selector reports it again. A report marks every waiter that is listed, so one who comes to wait
   * next, and says the same of that report, takes it away from nobody.
   */
  private final int direction;

  /** Null once over. */
  private @Nullable Registration registration;

  /** From the first poll on. */
  private @Nullable Waiter waiter;

  ReadinessReport(Registration registration, int direction) {
    this.registration = registration;
    this.direction = direction;
  }

  @Override
  public Poll<Void> poll(Context cx) throws IOException {
    Registration registration = this.registration;
    if (registration == null) {
      throw new PollAfterEndException("Readiness report");
    }
    Unpolled.used(this);
    try {
      Waiter waiter = this.waiter;
      if (waiter == null) {
        waiter = new Waiter();
        this.waiter = waiter;
        registration.exhausted(direction, registration.lastReport());
      }
      boolean ready =
          (waiter.wasTold() && !registration.isClosed())
              ? cx.tryProceed()
              : registration.pollReady(cx, direction, waiter) >= 0;
      if (!ready) {
        return Poll.pending();
      }
    } catch (Throwable failure) {
      end(registration);
      throw failure;
    }
    end(registration);
    return Poll.done();
  }

  private void end(Registration registration) {
    Readiness.forget(registration, waiter);
    waiter = null;
    this.registration = null;
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    Registration registration = this.registration;
    if (registration != null) {
      end(registration);
    }
  }

  @Override
  public void describe(Description description) {
    description.name("Readiness report");
    Registration registration = this.registration;
    if (registration == null) {
      description.with("state", "over");
    } else {
      description.waitsFor(Readiness.waitsFor(registration, direction));
    }
  }
}
