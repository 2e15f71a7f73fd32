package dev.pollux.streams;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Discard;
import dev.pollux.core.Future;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.core.RuntimeShutdownException;
import dev.pollux.spi.Spawner;
import dev.pollux.spi.Unpolled;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The task behind a {@code CompletionStage}: runs a future and completes the stage with its output.
 * If somebody else completes the stage first, above all by cancelling it, the task is asked to
 * stop.
 */
final class TaskStage<T extends @Nullable Object> implements Future<Void> {

  private static final String TASK_NAME = "completion stage";

  private final CompletableFuture<T> stage = new CompletableFuture<>();

  /** Null once over. */
  private @Nullable Future<T> body;

  private Discard discard = Discard.closing();

  private TaskStage(Future<T> body) {
    Unpolled.used(body);
    this.body = body;
  }

  static <T extends @Nullable Object> CompletableFuture<T> spawn(Future<T> body, Spawner spawner) {
    TaskStage<T> task = new TaskStage<>(body);
    CompletableFuture<T> stage = task.stage;
    try {
      JoinHandle<Void> handle = spawner.spawn(TASK_NAME, task);
      handle.detach();
      // After the task has ended this asks a finished task, which is nothing.
      var unused = stage.whenComplete((output, failure) -> handle.requestCancel());
    } catch (Throwable refusal) {
      task.cancel();
      stage.completeExceptionally(refusal);
    }
    return stage;
  }

  @Override
  public Poll<Void> poll(Context cx) {
    Future<T> body = this.body;
    if (body == null) {
      throw new PollAfterEndException(TASK_NAME);
    }
    discard = cx.discard();
    Poll<T> answer;
    try {
      answer = body.poll(cx);
    } catch (Throwable failure) {
      this.body = null;
      fail(failure);
      return Poll.done();
    }
    if (answer.isPending()) {
      return Poll.pending();
    }
    this.body = null;
    T output = answer.value();
    if (!stage.complete(output)) {
      discard.discard(output);
    }
    return Poll.done();
  }

  private void fail(Throwable failure) {
    if (failure instanceof InterruptedException) {
      Thread.currentThread().interrupt();
    }
    boolean heard = stage.completeExceptionally(failure);
    if (!heard || failure instanceof VirtualMachineError) {
      discard.uncaught(failure, "a future whose completion stage was completed by somebody else");
    }
  }

  @Override
  public void cancel() {
    Future<T> left = body;
    body = null;
    if (left != null) {
      try {
        left.cancel();
      } catch (Throwable failure) {
        discard.uncaught(failure, "the cancel of a future behind a completion stage");
      }
      // Nothing changes if the stage was cancelled, and this task for that reason.
      stage.completeExceptionally(
          new RuntimeShutdownException(
              "the runtime was shut down, or dropped the task, before this stage was completed"));
    }
  }

  @Override
  public void describe(Description description) {
    description.name(TASK_NAME).child("body", body);
  }
}
