package dev.pollux.core;

import dev.pollux.operator.Cancel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Waits for all tasks of a set, and answers their outputs in the order in which they ended; or
 * throws the first failure, once the others were asked to stop and have ended.
 *
 * @cancellation the outputs collected so far are discarded; the tasks stay in the set
 * @threading confined to the task that owns the set
 */
final class JoinRest<T extends @Nullable Object> implements Future<List<T>> {

  /** Null once this is over. */
  private @Nullable JoinedTasks<T> tasks;

  private final List<T> outputs = new ArrayList<>();

  /** The first failure; the others are its suppressed exceptions. */
  private @Nullable JoinException failure;

  private @Nullable Discard discard;

  JoinRest(JoinedTasks<T> tasks) {
    this.tasks = tasks;
  }

  @Override
  public Poll<List<T>> poll(Context cx) {
    JoinedTasks<T> tasks = this.tasks;
    if (tasks == null) {
      throw new PollAfterEndException("JoinSet.joinAll");
    }
    if (discard == null) {
      discard = cx.discard();
    }
    try {
      for (JoinedTasks.Ended<T> ended = tasks.pollEnded(cx);
          ended != null;
          ended = tasks.pollEnded(cx)) {
        take(ended, tasks, discard);
      }
    } catch (Throwable violation) {
      cancel();
      throw violation;
    }
    if (tasks.size() > 0) {
      return Poll.pending();
    }
    JoinException thrown = failure;
    failure = null;
    List<T> answer = Collections.unmodifiableList(new ArrayList<>(outputs));
    outputs.clear();
    cancel();
    if (thrown != null) {
      throw thrown;
    }
    return Poll.ready(answer);
  }

  private void take(JoinedTasks.Ended<T> ended, JoinedTasks<T> tasks, Discard discard) {
    JoinException failed = ended.failure();
    if (failed == null && failure == null) {
      outputs.add(ended.value());
    } else if (failed == null) {
      ended.drop(discard);
    } else if (failure == null) {
      failure = failed;
      tasks.requestCancelAll();
      discardOutputs(discard);
    } else if (failed instanceof TaskFailedException) {
      failure.addSuppressed(failed);
    }
  }

  private void discardOutputs(Discard discard) {
    for (int i = outputs.size() - 1; i >= 0; i--) {
      discard.discard(outputs.get(i));
    }
    outputs.clear();
  }

  @Override
  public void cancel() {
    JoinedTasks<T> tasks = this.tasks;
    Discard discard = Cancel.orClosing(this.discard);
    JoinException unthrown = failure;
    this.tasks = null;
    this.discard = null;
    failure = null;
    if (tasks != null) {
      tasks.clearWaker();
    }
    discardOutputs(discard);
    if (unthrown != null && JoinedTasks.tellsOfFailure(unthrown)) {
      discard.uncaught(unthrown, "a JoinSet.joinAll that was cancelled");
    }
  }

  @Override
  public void describe(Description description) {
    description
        .name("JoinSet.joinAll")
        .with("joined", outputs.size())
        .with("failed", failure != null);
    if (tasks != null) {
      tasks.describe(description);
    }
  }
}
