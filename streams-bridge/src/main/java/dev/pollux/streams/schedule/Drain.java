package dev.pollux.streams.schedule;

import java.util.concurrent.RejectedExecutionException;

/** The consumer of a queue, from when it ceases to be idle until it is idle again. */
abstract class Drain extends LiveSet.Member {

  final SerialQueue queue;

  Drain(SerialQueue queue) {
    this.queue = queue;
  }

  final void enter(LiveSet live) {
    if (!live.add(this)) {
      throw new RejectedExecutionException("the scheduler was disposed");
    }
  }

  @Override
  final void stop() {
    queue.close();
  }

  @Override
  final void abandon() {
    queue.abandon();
  }

  @Override
  final void finish() {
    queue.finish();
  }
}
