package dev.pollux.streams.schedule;

/**
 * Runs the jobs of a queue in turns on the blocking pool.
 *
 * @threading one thread or task at a time: the pool job that runs its turn, or the {@link Alarm}
 */
final class BlockingDrain extends Drain {

  private final BlockingTurns turns;

  BlockingDrain(SerialQueue queue, BlockingTurns turns) {
    super(queue);
    this.turns = turns;
  }

  /** Runs what is due. Never throws. */
  void turn() {
    int left = BlockingTurns.JOBS_PER_TURN;
    while (true) {
      if (queue.isClosed()) {
        end();
        return;
      }
      if (queue.hasDue()) {
        if (left-- == 0) {
          if (turns.hasLine()) {
            turns.stepBack(this);
            return;
          }
          left = BlockingTurns.JOBS_PER_TURN;
        }
        queue.runNext();
        Thread.interrupted(); // a flag that a job has set itself is not the next one's
      } else if (queue.hasWaiting()) {
        try {
          turns.await(this);
          return;
        } catch (Throwable refused) {
          if (!BlockingTurns.isFull(refused)) {
            end();
            return;
          }
          queue.dropWaiting(); // what comes later may find room
        }
      } else if (queue.tryRest()) {
        leave();
        return;
      }
    }
  }

  /** Drops what the queue has, which nobody will run, and leaves it idle. Never throws. */
  void giveUp() {
    do {
      if (queue.isClosed()) {
        end();
        return;
      }
      queue.dropArrived();
    } while (!queue.tryRest());
    leave();
  }

  /** Closes the queue, drops what it has, and is gone. */
  void end() {
    queue.close();
    queue.refuse();
    leave();
  }
}
