package dev.pollux.executor.task;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.spi.ContextPropagation.Scope;
import dev.pollux.spi.ContextPropagation.Snapshot;
import dev.pollux.spi.FailureOwned;
import org.jspecify.annotations.Nullable;

/**
 * The future of a task, with the context of whoever spawned it. A description does not show it.
 *
 * @cancellation cancels the future, with that context
 * @threading as every future is
 */
final class PropagatedFuture<T extends @Nullable Object> implements Future<T>, FailureOwned {

  private final Propagation propagation;

  /** Null once over, as the future. */
  private @Nullable Snapshot snapshot;

  private @Nullable Future<T> future;
  private boolean isFailureOwned;

  PropagatedFuture(Propagation propagation, Snapshot snapshot, Future<T> future) {
    this.propagation = propagation;
    this.snapshot = snapshot;
    this.future = future;
  }

  @Override
  public Poll<T> poll(Context cx) throws Exception {
    Future<T> future = this.future;
    Snapshot snapshot = this.snapshot;
    if (future == null || snapshot == null) {
      throw new PollAfterEndException("a future with a propagated context");
    }
    boolean over = true;
    Scope scope = propagation.open(snapshot);
    try {
      Poll<T> answer = future.poll(cx);
      over = answer != null && answer.isReady(); // of a null, who polls says whose it is
      return answer;
    } catch (Throwable failure) {
      isFailureOwned = future instanceof FailureOwned owned && owned.isFailureOwned();
      throw failure;
    } finally {
      propagation.close(scope);
      if (over) {
        end();
      }
    }
  }

  @Override
  public boolean isFailureOwned() {
    return isFailureOwned;
  }

  @Override
  public void cancel() {
    Future<T> future = this.future;
    Snapshot snapshot = this.snapshot;
    if (future == null || snapshot == null) {
      return;
    }
    end();
    Scope scope = propagation.open(snapshot);
    try {
      future.cancel();
    } finally {
      propagation.close(scope);
    }
  }

  private void end() {
    future = null;
    snapshot = null;
  }

  @Override
  public void describe(Description description) {
    Future<T> future = this.future;
    if (future != null) {
      description.sameAs(future);
    }
  }

  @Override
  public String toString() {
    return String.valueOf(future);
  }
}
