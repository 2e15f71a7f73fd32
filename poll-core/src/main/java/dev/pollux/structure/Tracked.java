package dev.pollux.structure;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Discard;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import org.jspecify.annotations.Nullable;

/**
 * A future that is counted by a {@link TaskTracker} until it is over.
 *
 * @cancellation cancels the future, then counts it out
 * @threading confined to the polling task
 */
final class Tracked<T extends @Nullable Object> implements Future<T> {

  private final TaskTracker tracker;

  /** Null once over, and counted out. */
  private @Nullable Future<T> future;

  private Discard discard = Discard.closing();

  Tracked(TaskTracker tracker, Future<T> future) {
    this.tracker = tracker;
    this.future = future;
  }

  @Override
  public Poll<T> poll(Context cx) throws Exception {
    Future<T> future = this.future;
    if (future == null) {
      throw new PollAfterEndException("tracked");
    }
    discard = cx.discard();
    Poll<T> answer;
    boolean over;
    try {
      answer = future.poll(cx);
      over = answer.isReady(); // here, for an answer of null is an end as well
    } catch (Throwable failure) {
      end();
      throw failure;
    }
    if (over) {
      end();
    }
    return answer;
  }

  private void end() {
    future = null;
    discard = Discard.closing();
    tracker.transitionToOneLess();
  }

  @Override
  public void cancel() {
    Future<T> future = this.future;
    if (future == null) {
      return;
    }
    this.future = null;
    try {
      future.cancel();
    } catch (Throwable violation) {
      discard.uncaught(violation, "cancel of a " + future.getClass().getName());
    } finally {
      end();
    }
  }

  @Override
  public void describe(Description description) {
    description.name("tracked").child("body", future);
  }
}
