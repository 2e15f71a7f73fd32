package dev.pollux.benchmarks;

import dev.pollux.core.AsyncIterators;
import dev.pollux.executor.CurrentThreadRuntime;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.streams.Streams;
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
import reactor.core.publisher.Flux;

/** The bridges, on one thread; the score is for one element. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 5,
    jvmArgs = {"-Xms800m", "-Xmx800m", "-Xmn400m", "-XX:+AlwaysPreTouch"})
@OperationsPerInvocation(BridgeBenchmark.SIZE)
public class BridgeBenchmark {

  static final int SIZE = 1_000_000;

  private final CurrentThreadRuntime runtime = PolluxRuntime.currentThread();
  private int size = SIZE;

  /** Ends the runtime. */
  @TearDown
  public void close() {
    runtime.close();
  }

  /** What the others come on top of: the same numbers without a bridge. */
  @Benchmark
  public long withoutBridge() throws Exception {
    return runtime.blockOn(Pipelines.sumByPollEach(AsyncIterators.range(0, size)));
  }

  /** From an async iterator into a publisher and back. */
  @Benchmark
  public long roundTrip() throws Exception {
    return runtime.blockOn(Pipelines.sumByPollEach(Pipelines.bridgeRoundTrip(size, runtime)));
  }

  /** From a Flux, which needs no task of its own, into an async iterator. */
  @Benchmark
  public long fromFlux() throws Exception {
    return runtime.blockOn(
        Pipelines.sumByPollEach(Streams.<Integer>fromPublisher(Flux.range(0, size), 256)));
  }

  /** From an async iterator into a Flux that asks for everything at once. */
  @Benchmark
  public long intoFlux() throws Exception {
    return runtime
        .blockOn(
            Streams.fromCompletionStage(
                Flux.from(Streams.toPublisher(() -> AsyncIterators.range(0, size), runtime))
                    .collect(() -> new long[1], (sum, x) -> sum[0] += x)
                    .toFuture()))[0];
  }
}
