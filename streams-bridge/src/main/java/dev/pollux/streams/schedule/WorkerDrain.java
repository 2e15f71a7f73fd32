package dev.pollux.streams.schedule;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.spi.ContextThread;
import dev.pollux.time.Sleep;
import dev.pollux.time.Time;
import org.jspecify.annotations.Nullable;

/**
 * The task that runs the jobs of a queue. Each job takes a unit of budget, so that a queue that is
 * never empty does not keep others from the thread.
 *
 * @cancellation closes the queue: the runtime is shut down
 * @threading confined to its task
 */
final class WorkerDrain extends Drain implements Future<Void> {

  private @Nullable Sleep sleep;
  private boolean isOver;

  /** Who spawns this, while it does; for that thread. */
  private @Nullable Thread spawning;

  WorkerDrain(SerialQueue queue) {
    super(queue);
  }

  /**
   * Has {@code spawn} make this a task. If that throws, the queue is left to the caller as it is: a
   * spawn that is refused cancels the future, which for a task is the end of its queue.
   */
  void spawnedBy(Runnable spawn) {
    spawning = Thread.currentThread();
    try {
      spawn.run();
    } finally {
      spawning = null;
    }
  }

  @Override
  public Poll<Void> poll(Context cx) {
    if (isOver) {
      throw new PollAfterEndException("the task of a scheduler's worker");
    }
    queue.awake();
    while (true) {
      if (queue.isClosed()) {
        queue.refuse();
        return over();
      }
      if (queue.hasDue()) {
        if (!cx.tryProceed()) {
          return Poll.pending();
        }
        queue.runNext();
        if (Thread.currentThread() instanceof ContextThread) { // else the thread is the user's
          Thread.interrupted(); // a flag that a job has set itself is not the next one's
        }
      } else if (!queue.hasWaiting()) {
        if (queue.tryRest()) {
          return over();
        }
      } else if (!hasElapsed(queue.nextDeadline(), cx) && queue.trySleep(cx.waker())) {
        return Poll.pending();
      }
    }
  }

  private boolean hasElapsed(long deadline, Context cx) {
    Sleep until = sleep;
    if (until == null) {
      until = Time.sleepUntil(deadline);
      sleep = until;
    } else {
      until.resetUntil(deadline);
    }
    return until.poll(cx).isReady();
  }

  private Poll<Void> over() {
    end();
    return Poll.done();
  }

  private void end() {
    isOver = true;
    Sleep until = sleep;
    sleep = null;
    if (until != null) {
      until.cancel();
    }
    leave();
  }

  @Override
  public void cancel() {
    if (spawning == Thread.currentThread()) {
      isOver = true;
    } else if (!isOver) {
      queue.close(); // also what runs, if somebody else does
      queue.refuse();
      end();
    }
  }

  @Override
  public void describe(Description description) {
    description.name("scheduler worker").with("waiting", queue.size()).child("time", sleep);
  }
}
