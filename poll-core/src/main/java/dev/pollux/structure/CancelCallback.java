package dev.pollux.structure;

import static java.lang.invoke.MethodHandles.lookup;

import dev.pollux.core.Discard;
import java.lang.invoke.ConstantBootstraps;
import java.lang.invoke.VarHandle;

/**
 * What runs when a token is cancelled, unless it is closed before.
 *
 * @threading any thread
 */
final class CancelCallback extends Listener implements CancelRegistration {
  /*
   * `state` holds the action, until one compare-and-set takes it out: to STARTED by whoever runs it, to CLOSED by a close.
   * So it runs once or never, and what was closed in time holds nothing of its user, though the token may still be on the
   * way to it.
   */
  private static final String STARTED = "started";
  private static final String CLOSED = "closed";

  private static final VarHandle STATE =
      ConstantBootstraps.fieldVarHandle(
          lookup(), "state", VarHandle.class, CancelCallback.class, Object.class);

  private final Occurrence cancellation;
  private volatile Object state;

  CancelCallback(Occurrence cancellation, Runnable action) {
    this.cancellation = cancellation;
    this.state = action;
  }

  /** Runs the action, unless that was done or it was closed. Reports what it throws. */
  void run() {
    Object seen = state;
    if (!(seen instanceof Runnable action) || !STATE.compareAndSet(this, seen, STARTED)) {
      return;
    }
    try {
      action.run();
    } catch (Throwable failure) {
      Discard.closing()
          .uncaught(failure, "a cancellation callback of " + action.getClass().getName());
    }
  }

  @Override
  public void close() {
    Object seen = state;
    if (seen instanceof Runnable && STATE.compareAndSet(this, seen, CLOSED)) {
      cancellation.remove(this);
    }
  }

  @Override
  public boolean hasStarted() {
    return state == STARTED;
  }

  @Override
  public String toString() {
    Object seen = state;
    return "CancelRegistration[" + (seen instanceof Runnable ? "waiting" : seen) + "]";
  }
}
