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
 * Tries until something is had: {@link Readiness#whenReadable}.
 *
 * @cancellation nothing is lost
 * @threading confined to the polling task
 */
final class ReadinessAttempt<T> implements Future<T> {

  private final int direction;

  // Null once over.
  private @Nullable Registration registration;
  private Readiness.@Nullable Attempt<? extends T> attempt;

  /** From the first poll that has to wait. */
  private @Nullable Waiter waiter;

  ReadinessAttempt(
      Registration registration, int direction, Readiness.Attempt<? extends T> attempt) {
    this.registration = registration;
    this.direction = direction;
    this.attempt = attempt;
  }

  @Override
  public Poll<T> poll(Context cx) throws IOException {
    Registration registration = this.registration;
    Readiness.Attempt<? extends T> attempt = this.attempt;
    if (registration == null || attempt == null) {
      throw new PollAfterEndException("Readiness attempt");
    }
    Unpolled.used(this);
    try {
      Waiter waiter = this.waiter;
      if (waiter == null) {
        waiter = new Waiter();
        this.waiter = waiter;
      }
      while (true) {
        int seen = registration.pollReady(cx, direction, waiter);
        if (seen < 0) {
          return Poll.pending();
        }
        T got = attempt.attempt();
        if (got != null) {
          end(registration);
          return Poll.ready(got);
        }
        registration.exhausted(direction, seen);
      }
    } catch (Throwable failure) {
      end(registration);
      throw failure;
    }
  }

  private void end(Registration registration) {
    Readiness.forget(registration, waiter);
    waiter = null;
    attempt = null;
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
    description.name("Readiness attempt");
    Registration registration = this.registration;
    if (registration == null) {
      description.with("state", "over");
    } else {
      description.waitsFor(Readiness.waitsFor(registration, direction));
    }
  }
}
