package dev.pollux.structure;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Discard;
import dev.pollux.core.Future;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.core.TaskFailedException;
import dev.pollux.spi.FailureOwned;
import org.jspecify.annotations.Nullable;

/**
 * What the task of a child runs: the child, whose end it tells the scope.
 *
 * @cancellation cancels the child
 * @threading the future belongs to the task; the other fields are guarded as {@link ScopeState}
 *     says
 */
final class ScopeChild<T extends @Nullable Object> implements Future<T>, FailureOwned {

  private final ScopeState state;

  /** Null once over. */
  private @Nullable Future<T> body;

  private @Nullable Discard discard;
  private boolean hasFailed;

  // Guarded by the lock of the state.
  @Nullable JoinHandle<?> handle;
  @Nullable Throwable failure;
  @Nullable ScopeChild<?> older;
  @Nullable ScopeChild<?> newer;
  boolean ended;
  boolean cancelRequested;
  boolean claimed;

  ScopeChild(ScopeState state, Future<T> body) {
    this.state = state;
    this.body = body;
  }

  @Override
  public Poll<T> poll(Context cx) throws Exception {
    Future<T> body = this.body;
    if (body == null) {
      throw new PollAfterEndException("a child of a scope");
    }
    if (discard == null) {
      discard = cx.discard();
    }
    Poll<T> answer;
    boolean over;
    try {
      answer = body.poll(cx);
      over = answer.isReady(); // here, for null is an answer that ends the task as well
    } catch (Throwable failure) {
      hasFailed = true;
      end(failure);
      throw failure;
    }
    if (over) {
      end(null);
    }
    return answer;
  }

  @Override
  public boolean isFailureOwned() {
    return hasFailed && state.ownsFailures();
  }

  @Override
  public void cancel() {
    Future<T> body = this.body;
    if (body == null) {
      return;
    }
    Discard discard = this.discard == null ? Discard.closing() : this.discard;
    try {
      body.cancel();
    } catch (Throwable violation) {
      discard.uncaught(violation, "cancel of a " + body.getClass().getName());
    }
    end(null);
  }

  private void end(@Nullable Throwable failure) {
    body = null;
    discard = null;
    state.ended(this, failure);
  }

  /** The failure of a child that was settled, for one waiter. */
  TaskFailedException thrown() {
    return new TaskFailedException(requireNonNull(handle), requireNonNull(failure));
  }

  @Override
  public void describe(Description description) {
    description.name("child of a scope").with("scope", state).child("body", body);
  }
}
