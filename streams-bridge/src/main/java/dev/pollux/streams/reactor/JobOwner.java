package dev.pollux.streams.reactor;

import reactor.core.Scannable;

/** Who has scheduled a job: a worker, which knows what it has under way, or a scheduler itself. */
interface JobOwner {

  PolluxScheduler scheduler();

  /** What the job shows as its parent. */
  Scannable shown();

  /** Hears that {@code job} is over. Any thread, quick. */
  void ended(ScheduledJob job);
}
