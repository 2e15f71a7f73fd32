package dev.pollux.structure;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import org.jspecify.annotations.Nullable;

/**
 * Completes once a tracker is over: see {@link TaskTracker#whenEmpty()}.
 *
 * @cancellation nothing is lost
 * @threading confined to the polling task
 */
final class WhenEmpty extends Waiter implements Future<Void> {

  /** Null once over. */
  private @Nullable TaskTracker tracker;

  WhenEmpty(TaskTracker tracker) {
    super(tracker.over());
    this.tracker = tracker;
  }

  @Override
  public Poll<Void> poll(Context cx) {
    if (tracker == null) {
      throw new PollAfterEndException("whenEmpty");
    }
    if (!hasHappened(cx)) {
      return Poll.pending();
    }
    cancel(); // over, by its end
    return Poll.done();
  }

  @Override
  public void cancel() {
    tracker = null;
    leave();
  }

  @Override
  public void describe(Description description) {
    description.name("whenEmpty");
    TaskTracker tracker = this.tracker;
    if (tracker == null) {
      description.with("state", "over");
    } else if (tracker.isClosed()) {
      description.waitsFor("the end of " + tracker.size() + " tracked futures");
    } else {
      description.waitsFor("the close of a tracker with " + tracker.size() + " futures");
    }
  }
}
