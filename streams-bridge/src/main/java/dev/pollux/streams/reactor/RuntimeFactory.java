package dev.pollux.streams.reactor;

import dev.pollux.executor.PolluxRuntime;
import java.util.concurrent.ThreadFactory;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Makes the schedulers of a runtime, for {@link Schedulers}. */
final class RuntimeFactory implements Schedulers.Factory {

  private final PolluxRuntime runtime;

  /** One for all, so that they show the same time. */
  private final EpochClock clock;

  RuntimeFactory(PolluxRuntime runtime) {
    this.runtime = runtime;
    this.clock = new EpochClock(runtime.timer());
  }

  @Override
  public Scheduler newParallel(int parallelism, ThreadFactory threadFactory) {
    Origin origin = Origin.of(threadFactory);
    return scheduler(Shape.parallel(parallelism, origin, runtime.metrics().workers()), origin);
  }

  @Override
  public Scheduler newSingle(ThreadFactory threadFactory) {
    Origin origin = Origin.of(threadFactory);
    return scheduler(Shape.single(origin), origin);
  }

  @Override
  public Scheduler newBoundedElastic(
      int threadCap, int queuedTaskCap, ThreadFactory threadFactory, int ttlSeconds) {
    if (ttlSeconds <= 0) {
      throw new IllegalArgumentException(
          "TTL must be strictly positive, was " + ttlSeconds * 1000L + "ms");
    }
    Origin origin = Origin.of(threadFactory);
    return scheduler(
        Shape.boundedElastic(threadCap, queuedTaskCap, origin, ",ttl=" + ttlSeconds + "s"), origin);
  }

  @Override
  public Scheduler newThreadPerTaskBoundedElastic(
      int threadCap, int queuedTaskCap, ThreadFactory threadFactory) {
    Origin origin = Origin.of(threadFactory);
    return scheduler(Shape.boundedElastic(threadCap, queuedTaskCap, origin, ""), origin);
  }

  private Scheduler scheduler(Shape shape, Origin origin) {
    return new PolluxScheduler(runtime, shape, origin.handler(), clock);
  }
}
