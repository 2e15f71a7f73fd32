package dev.pollux.benchmarks;

import dev.pollux.core.Futures;
import dev.pollux.executor.MultiThreadRuntime;
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

/**
 * Tasks of the multi-thread runtime, spawned by a task; {@link ForkJoinBenchmark} does the same.
 * The score is for one task, yield, hop or pair.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 5,
    jvmArgs = {"-Xms800m", "-Xmx800m", "-Xmn400m", "-XX:+AlwaysPreTouch"})
public class MultiThreadBenchmark {

  static final int TASKS = 100_000;
  static final int YIELDING_TASKS = 1000;
  static final int YIELDS_EACH = 100;
  static final int HOPS = 1000;
  static final int PAIRS = 1000;

  private final MultiThreadRuntime runtime = PolluxRuntime.multiThread();

  /** Ends the runtime. */
  @TearDown
  public void close() {
    runtime.close();
  }

  /** Tasks spawned, then joined. */
  @Benchmark
  @OperationsPerInvocation(TASKS)
  public long spawnAndJoin() throws Exception {
    return runtime.blockOn(new SpawnAndJoin(TASKS, i -> Futures.lazy(() -> 1)));
  }

  /** Tasks that give way to each other. */
  @Benchmark
  @OperationsPerInvocation(YIELDING_TASKS * YIELDS_EACH)
  public long yields() throws Exception {
    return runtime.blockOn(new SpawnAndJoin(YIELDING_TASKS, i -> new Yields(YIELDS_EACH)));
  }

  /** A task that spawns the next, and so on. */
  @Benchmark
  @OperationsPerInvocation(HOPS)
  public long chainedSpawn() throws Exception {
    return runtime.blockOn(new SpawnChains(HOPS, 1));
  }

  /** Tasks and children that wake each other, by one-shots. */
  @Benchmark
  @OperationsPerInvocation(PAIRS)
  public int wake() throws Exception {
    return runtime.blockOn(new PingPong(PAIRS));
  }
}
