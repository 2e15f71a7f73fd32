package dev.pollux.structure;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Discard;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.core.TaskFailedException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A scope that is made for one future, the body, and ends when that and all children have ended.
 *
 * @cancellation cancels the body and asks the children to stop; the output of the body is discarded
 * @threading confined to the polling task; the scope may be used from anywhere
 */
final class ScopeBody<R extends @Nullable Object> extends ScopeState.Watcher implements Future<R> {

  private final ScopeOptions options;

  /** Null once it was called. */
  private @Nullable Function<? super TaskScope, ? extends Future<? extends R>> makeBody;

  /** Null until the first poll, and once over. */
  private @Nullable TaskScope scope;

  /** Null until the first poll, and once it is over. */
  private @Nullable Future<? extends R> body;

  private @Nullable Poll<? extends R> output;
  private @Nullable Throwable failure;
  private @Nullable Discard discard;

  ScopeBody(
      ScopeOptions options, Function<? super TaskScope, ? extends Future<? extends R>> makeBody) {
    super(true);
    this.options = options;
    this.makeBody = makeBody;
  }

  @Override
  public Poll<R> poll(Context cx) throws Exception {
    Function<? super TaskScope, ? extends Future<? extends R>> makeBody = this.makeBody;
    if (makeBody != null) {
      this.makeBody = null;
      discard = cx.discard();
      scope = new TaskScope(cx.spawner(), options.reportingTo(cx.discard()::uncaught));
      scope.state().keepFailuresFor(this); // whoever closes it
      makeBody(makeBody, scope);
    }
    TaskScope scope = this.scope;
    if (scope == null) {
      throw new PollAfterEndException("TaskScope.with");
    }
    ScopeState state = scope.state();
    Future<? extends R> body = this.body;
    if (body != null) {
      boolean hasFailed = state.watch(this, cx.waker()); // first; what fails later wakes this
      if (hasFailed) {
        this.body = null;
        TaskScope.cancel(body, requireNonNull(discard));
      } else if (!pollBody(body, state, cx)) {
        return Poll.pending();
      }
    }
    return state.awaitEndAndClose(this, cx.waker()) ? end(scope) : Poll.pending();
  }

  private void makeBody(
      Function<? super TaskScope, ? extends Future<? extends R>> makeBody, TaskScope scope) {
    try {
      body = requireNonNull(makeBody.apply(scope), "a body of null");
    } catch (Throwable thrown) {
      fail(thrown, scope.state());
    }
  }

  /** Returns whether the body is over. */
  private boolean pollBody(Future<? extends R> body, ScopeState state, Context cx) {
    try {
      Poll<? extends R> answer = body.poll(cx);
      if (answer.isPending()) {
        return false;
      }
      output = answer;
      this.body = null;
    } catch (Throwable thrown) {
      fail(thrown, state);
    }
    return true;
  }

  private void fail(Throwable thrown, ScopeState state) {
    body = null;
    failure = thrown;
    state.close();
  }

  /** Answers, when the body and all children have ended. */
  @SuppressWarnings("unchecked") // a Poll only answers
  private Poll<R> end(TaskScope scope) throws Exception {
    Poll<? extends R> answer = output;
    Throwable thrown = failure;
    Discard discard = requireNonNull(this.discard);
    release();
    TaskFailedException ofChild = scope.state().claimFailures(this);
    scope.closed();
    if (ofChild != null && (thrown == null || tellsOf(thrown, ofChild))) {
      if (answer != null) {
        discard.discard(answer.value());
      }
      throw ofChild;
    }
    if (thrown != null) {
      if (ofChild != null) {
        thrown.addSuppressed(ofChild);
      }
      if (thrown instanceof Error error) {
        throw error;
      }
      throw (Exception) thrown;
    }
    return (Poll<R>) requireNonNull(answer);
  }

  /** Whether the body only handed on what the handle of a child, or a late spawn, has thrown. */
  private static boolean tellsOf(Throwable thrown, TaskFailedException ofChildren) {
    Throwable cause = thrown.getCause();
    if (cause == null
        || !(thrown instanceof TaskFailedException || thrown instanceof ScopeClosedException)) {
      return false;
    }
    if (cause == ofChildren.getCause()) {
      return true;
    }
    for (Throwable later : ofChildren.getSuppressed()) {
      if (cause == later.getCause()) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void cancel() {
    makeBody = null;
    TaskScope scope = this.scope;
    Future<? extends R> body = this.body;
    Poll<? extends R> answer = output;
    Throwable unthrown = failure;
    Discard discard = this.discard;
    release();
    if (scope == null || discard == null) {
      return;
    }
    scope.state().forget(this);
    if (body != null) {
      TaskScope.cancel(body, discard);
    }
    scope.state().abandon();
    if (answer != null) {
      discard.discard(answer.value());
    }
    if (unthrown != null) {
      discard.uncaught(unthrown, "the body of " + scope.state() + ", which was cancelled");
    }
  }

  private void release() {
    scope = null;
    body = null;
    output = null;
    failure = null;
    discard = null;
  }

  @Override
  public void describe(Description description) {
    description.name("TaskScope.with").child("body", body);
    if (scope != null) {
      description.with("scope", scope);
    }
  }
}
