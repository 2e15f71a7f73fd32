package dev.pollux.benchmarks;

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

/** {@link Pipelines Five stages} by four readers; the score is for one element of the source. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 5,
    jvmArgs = {"-Xms800m", "-Xmx800m", "-Xmn400m", "-XX:+AlwaysPreTouch"})
@OperationsPerInvocation(PipelineBenchmark.SIZE)
public class PipelineBenchmark {

  static final int SIZE = 1_000_000;

  private final CurrentThreadRuntime runtime = PolluxRuntime.currentThread();

  /** A field, so that no loop over it can be folded. */
  private int size = SIZE;

  /** Ends the runtime. */
  @TearDown
  public void close() {
    runtime.close();
  }

  /** Pollux, element by element. */
  @Benchmark
  public long polluxPollNext() throws Exception {
    return runtime.blockOn(Pipelines.sumByPollNext(Pipelines.pollux(size)));
  }

  /** Pollux, by internal iteration. */
  @Benchmark
  public long polluxPollEach() throws Exception {
    return runtime.blockOn(Pipelines.sumByPollEach(Pipelines.pollux(size)));
  }

  /** Reactor. */
  @Benchmark
  public long reactor() {
    return Pipelines.sum(Pipelines.reactor(size));
  }

  /** RxJava. */
  @Benchmark
  public long rxjava() {
    return Pipelines.sum(Pipelines.rxjava(size));
  }
}
