package dev.pollux.core;

import dev.pollux.operator.Cancel;
import dev.pollux.spi.Spawner;
import dev.pollux.spi.TaskLocals;
import org.jspecify.annotations.Nullable;

/**
 * A future that finishes though its waiter goes away: from its first poll on its body is a task of
 * its own.
 *
 * @cancellation before the first poll cancels the body; after it lets the task run on
 * @threading confined to the polling task, as every future is
 */
final class Shielded<T extends @Nullable Object> implements Future<T> {

  /** The body, until it is spawned; then null. */
  private @Nullable Future<T> future;

  /** The task of the body, from the first poll until this is over. */
  private @Nullable JoinHandle<T> task;

  Shielded(Future<T> future) {
    this.future = future;
  }

  @Override
  public Poll<T> poll(Context cx) throws Exception {
    JoinHandle<T> task = this.task;
    if (task == null) {
      task = spawn(cx);
      this.task = task;
    }
    Poll<T> answer;
    try {
      answer = task.poll(cx);
    } catch (TaskFailedException failed) {
      this.task = null;
      if (failed.getCause() instanceof Error error) {
        throw error;
      }
      if (failed.getCause() instanceof Exception exception) {
        throw exception;
      }
      throw failed; // a Throwable of neither kind
    } catch (Throwable cancelled) {
      this.task = null;
      throw cancelled;
    }
    if (answer.isReady()) {
      this.task = null;
    }
    return answer;
  }

  private JoinHandle<T> spawn(Context cx) {
    Future<T> body = future;
    if (body == null) {
      throw new PollAfterEndException("shielded");
    }
    Spawner spawner;
    try {
      spawner = cx.spawner();
    } catch (Throwable missing) {
      cancel();
      throw missing;
    }
    future = null;
    TaskLocals locals = cx.locals();
    return spawner.spawnShielded(locals == TaskLocals.empty() ? body : body.withLocals(locals));
  }

  @Override
  public void cancel() {
    Future<T> body = future;
    JoinHandle<T> task = this.task;
    future = null;
    this.task = null;
    if (task != null) {
      task.detach();
      task.cancel(); // of a detached handle: takes back the waker of this waiter, no more
    }
    Cancel.child(body, null);
  }

  @Override
  public void describe(Description description) {
    description.name("shielded").child("body", future).child("task", task);
  }
}
