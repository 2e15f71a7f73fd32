package dev.pollux.streams.schedule;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.time.Sleep;
import dev.pollux.time.Time;
import org.jspecify.annotations.Nullable;

/**
 * Waits for the time of a queue whose jobs run on the blocking pool, so that no thread has to.
 *
 * @cancellation closes the queue: the runtime is shut down
 * @threading confined to its task
 */
final class Alarm implements Future<Void> {

  private final BlockingTurns turns;
  private @Nullable BlockingDrain drain;
  private @Nullable Sleep sleep;

  /** Who spawns this, while it does; for that thread. */
  private @Nullable Thread spawning;

  Alarm(BlockingDrain drain, BlockingTurns turns) {
    this.drain = drain;
    this.turns = turns;
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
    BlockingDrain drain = this.drain;
    if (drain == null) {
      throw new PollAfterEndException("the alarm of a scheduler's worker");
    }
    SerialQueue queue = drain.queue;
    queue.awake();
    while (true) {
      if (queue.isClosed()) {
        over();
        drain.end();
        return Poll.done();
      }
      if (queue.hasDue()) {
        try {
          turns.enqueue(drain); // whose turn may begin at once: nothing of it is looked at after
          over();
          return Poll.done();
        } catch (Throwable refused) {
          if (!BlockingTurns.isFull(refused)) {
            over();
            drain.end();
            return Poll.done();
          }
          queue.dropDue();
        }
      }
      if (!queue.hasWaiting()) {
        if (queue.tryRest()) {
          over();
          drain.leave();
          return Poll.done();
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

  private void over() {
    drain = null;
    Sleep until = sleep;
    sleep = null;
    if (until != null) {
      until.cancel();
    }
  }

  @Override
  public void cancel() {
    BlockingDrain left = drain;
    over();
    if (left != null && spawning != Thread.currentThread()) {
      left.end();
    }
  }

  @Override
  public void describe(Description description) {
    description.name("scheduler alarm").child("time", sleep);
    BlockingDrain waiting = drain;
    if (waiting != null) {
      description.with("waiting", waiting.queue.size());
    }
  }
}
