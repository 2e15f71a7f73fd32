package dev.pollux.benchmarks;

import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.JoinHandle;
import dev.pollux.executor.MultiThreadRuntime;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.structure.ScopeOptions;
import dev.pollux.structure.TaskScope;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
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
 * Tasks of the multi-thread runtime that belong to a set or a scope, spawned by a task in batches
 * of 1,000. The score is for one of them; {@link MultiThreadBenchmark#spawnAndJoin} is without
 * either.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 5,
    jvmArgs = {"-Xms800m", "-Xmx800m", "-Xmn400m", "-XX:+AlwaysPreTouch"})
public class StructureBenchmark {

  static final int BATCH = 1000;
  static final int BATCHES = 100;

  private static final ScopeOptions NARROW = ScopeOptions.defaults().withMaxConcurrent(64);

  private final MultiThreadRuntime runtime = PolluxRuntime.multiThread();

  /** Ends the runtime. */
  @TearDown
  public void close() {
    runtime.close();
  }

  /** Spawned into a {@code JoinSet}, joined as they end. */
  @Benchmark
  @OperationsPerInvocation(BATCH * BATCHES)
  public long joinSet() throws Exception {
    return runtime.blockOn(new JoinSetBatches(BATCHES, BATCH));
  }

  /** Each batch by {@code Futures.parallelJoin}. */
  @Benchmark
  @OperationsPerInvocation(BATCH * BATCHES)
  public long parallelJoin() throws Exception {
    return runtime.blockOn(batches(StructureBenchmark::joinInParallel));
  }

  /** Each batch in a {@code TaskScope} of its own, whose end is awaited. */
  @Benchmark
  @OperationsPerInvocation(BATCH * BATCHES)
  public long taskScope() throws Exception {
    return runtime.blockOn(
        batches(() -> TaskScope.with(scope -> spawnAll(scope, BATCH)).map(none -> BATCH)));
  }

  /** As {@link #taskScope}, with room for 64 children, so that spawns wait. */
  @Benchmark
  @OperationsPerInvocation(BATCH * BATCHES)
  public long narrowTaskScope() throws Exception {
    return runtime.blockOn(
        batches(() -> TaskScope.with(NARROW, scope -> spawnAll(scope, BATCH)).map(none -> BATCH)));
  }

  private static Future<Integer> joinInParallel() {
    List<Future<Integer>> futures = new ArrayList<>(BATCH);
    for (int i = 0; i < BATCH; i++) {
      futures.add(Futures.lazy(() -> 1));
    }
    return Futures.parallelJoin(futures).map(List::size);
  }

  private static Future<Integer> spawnAll(TaskScope scope, int count) {
    int[] left = {count};
    return Futures.repeatUntil(
        () -> {
          Future<JoinHandle<Integer>> spawn = scope.spawn(Futures.lazy(() -> 1));
          return spawn.map(
              handle -> {
                handle.detach();
                return --left[0] == 0 ? Optional.of(count) : Optional.empty();
              });
        });
  }

  /** Runs batches one after the other, and adds up what they answer. */
  private static Future<Long> batches(Supplier<Future<Integer>> batch) {
    int[] left = {BATCHES};
    long[] sum = {0};
    return Futures.repeatUntil(
        () ->
            batch
                .get()
                .map(
                    size -> {
                      sum[0] += size;
                      return --left[0] == 0 ? Optional.of(sum[0]) : Optional.<Long>empty();
                    }));
  }
}
