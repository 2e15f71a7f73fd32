package dev.pollux.benchmarks;

import static java.util.Objects.requireNonNull;

import dev.pollux.executor.MultiThreadRuntime;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.streams.reactor.PolluxScheduler;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Reactor's operators and workers on its own schedulers and on ours; the score is for one job or
 * element.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 5,
    jvmArgs = {"-Xms800m", "-Xmx800m", "-Xmn400m", "-XX:+AlwaysPreTouch"})
public class ReactorSchedulerBenchmark {

  private static final int JOBS = 10_000;
  private static final int ELEMENTS = 100_000;
  private static final int STREAMS = 1_000;
  private static final int RUNS = 100;

  /** What is measured. */
  @Param({
    "reactorParallel",
    "polluxParallel",
    "reactorElastic",
    "polluxElastic",
    "reactorSingle",
    "polluxSingle",
  })
  public String on = "";

  private @Nullable MultiThreadRuntime runtime;
  private Scheduler scheduler = Schedulers.immediate();

  /** Makes the runtime, if it is ours. */
  @Setup
  public void open() {
    if (on.startsWith("pollux")) {
      MultiThreadRuntime ours = PolluxRuntime.multiThread();
      runtime = ours;
      scheduler =
          switch (on) {
            case "polluxParallel" -> PolluxScheduler.parallel(ours);
            case "polluxElastic" -> PolluxScheduler.boundedElastic(ours);
            default -> PolluxScheduler.single(ours);
          };
    } else {
      scheduler =
          switch (on) {
            case "reactorParallel" -> Schedulers.parallel();
            case "reactorElastic" -> Schedulers.boundedElastic();
            default -> Schedulers.single();
          };
    }
  }

  /** Closes the runtime, if it is ours. */
  @TearDown
  public void close() {
    MultiThreadRuntime ours = runtime;
    if (ours != null) {
      ours.close();
    }
  }

  /** Jobs of one worker, scheduled by this thread. */
  @Benchmark
  @OperationsPerInvocation(JOBS)
  public void scheduleFromOutside() throws InterruptedException {
    Scheduler.Worker worker = scheduler.createWorker();
    CountDownLatch done = new CountDownLatch(1);
    for (int i = 1; i < JOBS; i++) {
      worker.schedule(() -> {});
    }
    worker.schedule(done::countDown);
    done.await();
    worker.dispose();
  }

  /** Jobs of one worker, each scheduled by the one before. */
  @Benchmark
  @OperationsPerInvocation(JOBS)
  public void scheduleFromInside() throws InterruptedException {
    Scheduler.Worker worker = scheduler.createWorker();
    Chain chain = new Chain(worker, worker);
    chain.begin();
    chain.done.await();
    worker.dispose();
  }

  /** Jobs of two workers, each scheduled by the one before, which is of the other. */
  @Benchmark
  @OperationsPerInvocation(JOBS)
  public void hopBetweenWorkers() throws InterruptedException {
    Scheduler.Worker one = scheduler.createWorker();
    Scheduler.Worker other = scheduler.createWorker();
    Chain chain = new Chain(one, other);
    chain.begin();
    chain.done.await();
    one.dispose();
    other.dispose();
  }

  /** Jobs without a worker, scheduled by this thread. */
  @Benchmark
  @OperationsPerInvocation(JOBS)
  public void scheduleDirect() throws InterruptedException {
    CountDownLatch done = new CountDownLatch(JOBS);
    for (int i = 0; i < JOBS; i++) {
      scheduler.schedule(done::countDown);
    }
    done.await();
  }

  /** Delayed jobs that are disposed at once. */
  @Benchmark
  @OperationsPerInvocation(JOBS)
  public void delayAndDispose() {
    Scheduler.Worker worker = scheduler.createWorker();
    for (int i = 0; i < JOBS; i++) {
      worker.schedule(() -> {}, 1, TimeUnit.HOURS).dispose();
    }
    worker.dispose();
  }

  /** Elements through one asynchronous boundary. */
  @Benchmark
  @OperationsPerInvocation(ELEMENTS)
  public Integer publishOn() {
    return last(Flux.range(1, ELEMENTS).publishOn(scheduler));
  }

  /** Elements of a source that runs on the scheduler. */
  @Benchmark
  @OperationsPerInvocation(ELEMENTS)
  public Integer subscribeOn() {
    return last(Flux.range(1, ELEMENTS).hide().subscribeOn(scheduler));
  }

  /** Streams of one element, each on a worker of its own. */
  @Benchmark
  @OperationsPerInvocation(STREAMS)
  public Integer flatMapSubscribeOn() {
    return last(
        Flux.range(1, STREAMS).flatMap(i -> Mono.just(i).hide().subscribeOn(scheduler), 16));
  }

  /** Elements over two rails. */
  @Benchmark
  @OperationsPerInvocation(ELEMENTS)
  public Integer parallelRunOn() {
    return last(Flux.range(1, ELEMENTS).parallel(2).runOn(scheduler).sequential());
  }

  /** Runs of a periodic job without a period. */
  @Benchmark
  @OperationsPerInvocation(RUNS)
  public Long interval() {
    return last(
        Flux.interval(Duration.ZERO, Duration.ZERO, scheduler).onBackpressureDrop().take(RUNS));
  }

  private static <T> T last(Flux<T> elements) {
    return requireNonNull(elements.blockLast());
  }

  /** A job that schedules itself, on one worker and the other in turn. */
  private static final class Chain implements Runnable {
    final CountDownLatch done = new CountDownLatch(1);
    private final Scheduler.Worker one;
    private final Scheduler.Worker other;
    private int left = JOBS;

    Chain(Scheduler.Worker one, Scheduler.Worker other) {
      this.one = one;
      this.other = other;
    }

    void begin() {
      one.schedule(this);
    }

    @Override
    public void run() {
      if (--left == 0) {
        done.countDown();
      } else {
        (left % 2 == 0 ? one : other).schedule(this);
      }
    }
  }
}
