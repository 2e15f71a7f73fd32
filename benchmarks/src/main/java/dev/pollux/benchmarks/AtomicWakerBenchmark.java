package dev.pollux.benchmarks;

import dev.pollux.core.AtomicWaker;
import dev.pollux.core.Waker;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What a leaf pays to leave its waker, and an event to find it. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
public class AtomicWakerBenchmark {

  private final Waker waker = () -> {};
  private final AtomicWaker empty = new AtomicWaker();
  private final AtomicWaker registered = new AtomicWaker();
  private final AtomicWaker turning = new AtomicWaker();

  /** Makes the benchmark. */
  public AtomicWakerBenchmark() {
    registered.register(waker);
  }

  /** A poll that finds its own waker there, as most do. */
  @Benchmark
  public void registerTheSame() {
    registered.register(waker);
  }

  /** An event that nobody waits for. */
  @Benchmark
  public void wakeNobody() {
    empty.wake();
  }

  /** A poll that leaves its waker, and an event that takes it. */
  @Benchmark
  public void registerAndWake() {
    turning.register(waker);
    turning.wake();
  }
}
