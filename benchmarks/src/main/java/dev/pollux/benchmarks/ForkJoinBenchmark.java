package dev.pollux.benchmarks;

import static dev.pollux.benchmarks.MultiThreadBenchmark.HOPS;
import static dev.pollux.benchmarks.MultiThreadBenchmark.PAIRS;
import static dev.pollux.benchmarks.MultiThreadBenchmark.TASKS;
import static dev.pollux.benchmarks.MultiThreadBenchmark.YIELDING_TASKS;
import static dev.pollux.benchmarks.MultiThreadBenchmark.YIELDS_EACH;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
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
 * What {@link MultiThreadBenchmark} does, or the nearest thing, by a ForkJoinPool: fork and join in
 * a pool for that, the rest in one for events. A task that yields executes itself again.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 5,
    jvmArgs = {"-Xms800m", "-Xmx800m", "-Xmn400m", "-XX:+AlwaysPreTouch"})
public class ForkJoinBenchmark {

  private final ForkJoinPool joins = pool(false);
  private final ForkJoinPool events = pool(true);

  private static ForkJoinPool pool(boolean asyncMode) {
    return new ForkJoinPool(
        Runtime.getRuntime().availableProcessors(),
        ForkJoinPool.defaultForkJoinWorkerThreadFactory,
        null,
        asyncMode);
  }

  /** Ends the pools. */
  @TearDown
  public void close() {
    joins.shutdown();
    events.shutdown();
  }

  /** Tasks forked, then joined. */
  @Benchmark
  @OperationsPerInvocation(TASKS)
  public long spawnAndJoin() {
    return joins.submit(ForkJoinBenchmark::forkAndJoin).join();
  }

  private static long forkAndJoin() {
    List<ForkJoinTask<Integer>> tasks = new ArrayList<>(TASKS);
    for (int i = 0; i < TASKS; i++) {
      tasks.add(ForkJoinTask.adapt(() -> 1).fork());
    }
    long sum = 0;
    for (int i = TASKS - 1; i >= 0; i--) { // on JDK 17 each join of the oldest looks at all others
      sum += tasks.get(i).join();
    }
    return sum;
  }

  /** Tasks that execute themselves again. */
  @Benchmark
  @OperationsPerInvocation(YIELDING_TASKS * YIELDS_EACH)
  public void yields() throws InterruptedException {
    CountDownLatch running = new CountDownLatch(YIELDING_TASKS);
    events.execute(
        () -> {
          for (int i = 0; i < YIELDING_TASKS; i++) {
            events.execute(new Again(YIELDS_EACH, running));
          }
        });
    running.await();
  }

  private final class Again implements Runnable {

    private final CountDownLatch running;
    private int left;

    Again(int left, CountDownLatch running) {
      this.left = left;
      this.running = running;
    }

    @Override
    public void run() {
      if (left == 0) {
        running.countDown();
      } else {
        left--;
        events.execute(this);
      }
    }
  }

  /** A task that executes the next, and so on. */
  @Benchmark
  @OperationsPerInvocation(HOPS)
  public int chainedSpawn() {
    CompletableFuture<Integer> last = new CompletableFuture<>();
    events.execute(() -> executeNext(0, last));
    return last.join();
  }

  private void executeNext(int before, CompletableFuture<Integer> last) {
    if (before == HOPS) {
      last.complete(before);
    } else {
      events.execute(() -> executeNext(before + 1, last));
    }
  }

  /** Tasks and children that complete stages for each other. */
  @Benchmark
  @OperationsPerInvocation(PAIRS)
  public void wake() throws InterruptedException {
    CountDownLatch playing = new CountDownLatch(PAIRS);
    events.execute(
        () -> {
          for (int i = 0; i < PAIRS; i++) {
            int ball = i;
            events.execute(() -> play(ball, playing));
          }
        });
    playing.await();
  }

  @SuppressWarnings("FutureReturnValueIgnored") // the latch says when all are over
  private void play(int ball, CountDownLatch playing) {
    CompletableFuture<Integer> request = new CompletableFuture<>();
    CompletableFuture<Integer> reply = new CompletableFuture<>();
    events.execute(() -> request.thenAcceptAsync(x -> reply.complete(x + 1), events));
    request.complete(ball);
    reply.thenAcceptAsync(
        x -> {
          if (x == ball + 1) {
            playing.countDown();
          }
        },
        events);
  }
}
