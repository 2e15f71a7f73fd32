package dev.pollux.structure;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.core.TaskFailedException;
import org.jspecify.annotations.Nullable;

/**
 * Waits until the children of a scope have ended: {@code join}, or {@code closeAsync}.
 *
 * @cancellation nothing is lost: the scope stays as it is
 * @threading confined to the polling task
 */
final class ScopeEnd extends ScopeState.Watcher implements Future<Void> {

  /** Null once over. */
  private @Nullable TaskScope scope;

  private final boolean closes;
  private boolean begun;

  ScopeEnd(TaskScope scope, boolean closes) {
    super(!closes);
    this.scope = scope;
    this.closes = closes;
  }

  @Override
  public Poll<Void> poll(Context cx) {
    TaskScope scope = this.scope;
    if (scope == null) {
      throw new PollAfterEndException(name());
    }
    ScopeState state = scope.state();
    if (!begun) {
      begun = true;
      if (closes) {
        state.close();
      }
    }
    if (!state.awaitEnd(this, cx.waker())) {
      return Poll.pending();
    }
    this.scope = null;
    if (closes) {
      scope.closed();
      return Poll.done();
    }
    TaskFailedException failure = state.claimFailures(this);
    if (failure != null) {
      throw failure;
    }
    return Poll.done();
  }

  @Override
  public void cancel() {
    TaskScope scope = this.scope;
    this.scope = null;
    if (scope != null) {
      scope.state().forget(this);
    }
  }

  private String name() {
    return closes ? "TaskScope.closeAsync" : "TaskScope.join";
  }

  @Override
  public void describe(Description description) {
    description.name(name());
    if (scope != null) {
      description.waitsFor(scope.toString());
    }
  }
}
