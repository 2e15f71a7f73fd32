package dev.pollux.benchmarks;

import dev.pollux.executor.MultiThreadRuntime;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.streams.rxjava.PolluxRxScheduler;
import io.reactivex.rxjava3.core.Flowable;
import io.reactivex.rxjava3.core.Scheduler;
import io.reactivex.rxjava3.schedulers.Schedulers;
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

/**
 * RxJava's operators and workers on its own schedulers and on ours; the score is for one job or
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
public class RxSchedulerBenchmark {

  private static final int JOBS = 10_000;
  private static final int ELEMENTS = 100_000;
  private static final int STREAMS = 1_000;
  private static final int RUNS = 100;

  /** What is measured. */
  @Param({
    "rxComputation",
    "polluxComputation",
    "rxIo",
    "polluxIo",
    "rxSingle",
    "polluxSingle",
  })
  public String on = "";

  private @Nullable MultiThreadRuntime runtime;
  private Scheduler scheduler = Schedulers.trampoline();

  /** Makes the runtime, if it is ours. */
  @Setup
  public void open() {
    if (on.startsWith("pollux")) {
      MultiThreadRuntime ours = PolluxRuntime.multiThread();
      runtime = ours;
      scheduler =
          switch (on) {
            case "polluxComputation" -> PolluxRxScheduler.computation(ours);
            case "polluxIo" -> PolluxRxScheduler.io(ours);
            default -> PolluxRxScheduler.single(ours);
          };
    } else {
      scheduler =
          switch (on) {
            case "rxComputation" -> Schedulers.computation();
            case "rxIo" -> Schedulers.io();
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
      scheduler.scheduleDirect(done::countDown);
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
  public Integer observeOn() {
    return Flowable.range(1, ELEMENTS).observeOn(scheduler).blockingLast();
  }

  /** Elements of a source that runs on the scheduler. */
  @Benchmark
  @OperationsPerInvocation(ELEMENTS)
  public Integer subscribeOn() {
    return Flowable.range(1, ELEMENTS).subscribeOn(scheduler).blockingLast();
  }

  /** Streams of one element, each on a worker of its own. */
  @Benchmark
  @OperationsPerInvocation(STREAMS)
  public Integer flatMapSubscribeOn() {
    return Flowable.range(1, STREAMS)
        .flatMap(i -> Flowable.just(i).subscribeOn(scheduler), 16)
        .blockingLast();
  }

  /** Elements over two rails. */
  @Benchmark
  @OperationsPerInvocation(ELEMENTS)
  public Integer parallelRunOn() {
    return Flowable.range(1, ELEMENTS).parallel(2).runOn(scheduler).sequential().blockingLast();
  }

  /** Runs of a periodic job without a period. */
  @Benchmark
  @OperationsPerInvocation(RUNS)
  public Long interval() {
    return Flowable.interval(0, TimeUnit.NANOSECONDS, scheduler)
        .onBackpressureDrop()
        .take(RUNS)
        .blockingLast();
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
