package dev.pollux.structure;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Discard;
import dev.pollux.core.Future;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import org.jspecify.annotations.Nullable;

/**
 * Spawns a child once there is room for it.
 *
 * @cancellation its place in the queue, or the permit that it was just given, goes to the next; the
 *     child is cancelled
 * @threading confined to the polling task, but for its place in the queue
 */
final class ScopeSpawn<T extends @Nullable Object> extends ScopeState.Place
    implements Future<JoinHandle<T>> {

  /** Null once over. */
  private @Nullable TaskScope scope;

  private final @Nullable String name;
  private @Nullable Future<T> child;
  private @Nullable Discard discard;

  ScopeSpawn(TaskScope scope, @Nullable String name, Future<T> child) {
    this.scope = scope;
    this.name = name;
    this.child = child;
  }

  @Override
  public Poll<JoinHandle<T>> poll(Context cx) {
    TaskScope scope = this.scope;
    Future<T> child = this.child;
    if (scope == null || child == null) {
      throw new PollAfterEndException("TaskScope.spawn");
    }
    if (discard == null) {
      discard = cx.discard();
    }
    switch (scope.state().admit(this, cx.waker())) {
      case WAITING -> {
        return Poll.pending();
      }
      case REFUSED -> {
        cancel();
        throw scope.state().refusal();
      }
      case GRANTED -> {
        if (!cx.tryProceed()) {
          return Poll.pending(); // the permit waits too
        }
      }
    }
    this.scope = null;
    this.child = null;
    this.discard = null;
    return Poll.ready(scope.start(name, child));
  }

  @Override
  public void cancel() {
    TaskScope scope = this.scope;
    Future<T> child = this.child;
    Discard discard = this.discard == null ? Discard.closing() : this.discard;
    this.scope = null;
    this.child = null;
    this.discard = null;
    if (scope != null && child != null) {
      scope.state().withdraw(this);
      TaskScope.cancel(child, discard);
    }
  }

  @Override
  public void describe(Description description) {
    description.name("TaskScope.spawn").child("child", child);
    if (scope != null) {
      description.waitsFor("room in " + scope.state());
    }
  }
}
