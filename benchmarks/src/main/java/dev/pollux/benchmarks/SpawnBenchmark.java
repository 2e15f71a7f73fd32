package dev.pollux.benchmarks;

import dev.pollux.core.Futures;
import dev.pollux.executor.CurrentThreadRuntime;
import dev.pollux.executor.PolluxRuntime;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Tasks of the current-thread runtime; the score is for one task. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 5,
    jvmArgs = {"-Xms800m", "-Xmx800m", "-Xmn400m", "-XX:+AlwaysPreTouch"})
public class SpawnBenchmark {

  private static final int MANY = 100_000;
  private static final int FEW = 100;

  private final CurrentThreadRuntime runtime = PolluxRuntime.currentThread();

  /** Ends the runtime. */
  @TearDown
  public void close() {
    runtime.close();
  }

  /** 100,000 tasks spawned, then joined: they don't fit a cache. */
  @Benchmark
  @OperationsPerInvocation(MANY)
  public long spawnAndJoinMany() throws Exception {
    return runtime.blockOn(new SpawnAndJoin(MANY, i -> Futures.lazy(() -> 1)));
  }

  /** 100 tasks spawned, then joined. */
  @Benchmark
  @OperationsPerInvocation(FEW)
  public long spawnAndJoinFew() throws Exception {
    return runtime.blockOn(new SpawnAndJoin(FEW, i -> Futures.lazy(() -> 1)));
  }

  /** A runtime entered and left, and the root task: what each {@code blockOn} costs. */
  @Benchmark
  public int blockOn() throws Exception {
    return runtime.blockOn(Futures.ready(1));
  }
}
