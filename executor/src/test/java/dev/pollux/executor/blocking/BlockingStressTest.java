package dev.pollux.executor.blocking;

import static dev.pollux.executor.blocking.OuterRuntime.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.core.JoinHandle;
import dev.pollux.core.TaskCancelledException;
import dev.pollux.core.TaskFailedException;
import dev.pollux.executor.BlockingExhaustion;
import dev.pollux.executor.BlockingPoolExhaustedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Everything at once, at random: every job ends exactly once, and every thread leaves. */
@Timeout(120)
class BlockingStressTest {

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final int SPAWNERS = 3;
  private static final int JOBS = 1500;

  private final OuterRuntime runtime = new OuterRuntime();
  private final AtomicInteger ran = new AtomicInteger();
  private final AtomicInteger ranTwice = new AtomicInteger();
  private final AtomicInteger interrupted = new AtomicInteger();

  static Stream<Object[]> poolsAndSeeds() {
    List<Object[]> cases = new ArrayList<>();
    for (long seed = 1; seed <= 3; seed++) {
      for (BlockingExhaustion exhaustion : BlockingExhaustion.values()) {
        for (int threads : new int[] {1, 2, 4}) {
          cases.add(new Object[] {seed, threads, exhaustion, false});
          if (Runtime.version().feature() >= 21) {
            cases.add(new Object[] {seed, threads, exhaustion, true});
          }
        }
      }
    }
    return cases.stream();
  }

  @ParameterizedTest
  @MethodSource("poolsAndSeeds")
  void everyJobEndsOnceAndNoThreadStays(
      long seed, int threads, BlockingExhaustion exhaustion, boolean virtual) throws Exception {
    ThreadFactory unreliable = new Unreliable(seed);
    BlockingPool pool =
        runtime.pool(
            new BlockingOptions(
                threads, TimeUnit.MICROSECONDS.toNanos(50), 50, virtual, exhaustion, unreliable));
    List<FutureTask<Tally>> spawners = new ArrayList<>();
    for (int i = 0; i < SPAWNERS; i++) {
      Random random = new Random(seed * 31 + i);
      FutureTask<Tally> spawner = new FutureTask<>(() -> spawnAtRandom(pool, random));
      spawners.add(spawner);
      new Thread(spawner, "spawner").start();
    }
    Tally sum = new Tally();
    for (FutureTask<Tally> spawner : spawners) {
      sum.add(spawner.get(100, TimeUnit.SECONDS));
    }
    await(pool::isIdle);
    await(() -> pool.threads() == 0);
    assertThat(pool.queueDepth()).isZero();
    assertThat(pool.idleThreads()).isZero();
    assertThat(pool.waitingThreads()).isZero();
    assertThat(sum.refused + sum.completed + sum.failed + sum.cancelled)
        .as("seed %s: %s", seed, sum)
        .isEqualTo(SPAWNERS * JOBS);
    assertThat(ran.get()).as("seed %s: %s", seed, sum).isGreaterThanOrEqualTo(sum.completed);
    assertThat(ranTwice).hasValue(0);
    assertThat(interrupted).as("jobs that found an interrupt not meant for them").hasValue(0);
    assertThat(runtime.reports)
        .allMatch(
            report ->
                report instanceof BlockingPoolExhaustedException
                    || report instanceof RejectedExecutionException);
    assertThat(pool.shutdown(OuterRuntime.LIMIT_NANOS)).isEmpty();
  }

  private Tally spawnAtRandom(BlockingPool pool, Random random) throws Exception {
    Tally tally = new Tally();
    List<JoinHandle<Integer>> handles = new ArrayList<>();
    for (int i = 0; i < JOBS; i++) {
      int kind = random.nextInt(8);
      try {
        handles.add(spawn(pool, kind, random.nextInt(200)));
      } catch (RejectedExecutionException refused) {
        tally.refused++;
      }
      if (random.nextInt(3) == 0 && !handles.isEmpty()) {
        handles.get(random.nextInt(handles.size())).requestCancel();
      }
      if (handles.size() > 40) {
        tally.count(handles.remove(random.nextInt(handles.size())));
      }
    }
    for (JoinHandle<Integer> handle : handles) {
      tally.count(handle);
    }
    return tally;
  }

  private JoinHandle<Integer> spawn(BlockingPool pool, int kind, int spins) {
    AtomicBoolean begun = new AtomicBoolean();
    Callable<Integer> work =
        () -> {
          ran.incrementAndGet();
          if (begun.getAndSet(true)) {
            ranTwice.incrementAndGet();
          }
          for (int i = 0; i < spins; i++) {
            Thread.onSpinWait();
          }
          return 1;
        };
    return switch (kind) {
      case 0 -> pool.spawnInterruptible(work);
      case 1 ->
          pool.spawnInterruptible(
              () -> {
                TimeUnit.MICROSECONDS.sleep(spins);
                return work.call();
              });
      case 2 ->
          pool.spawnBlocking(
              () -> {
                throw new IllegalStateException("as it should");
              });
      case 3 ->
          pool.spawnBlocking(
              () -> {
                Thread.currentThread().interrupt();
                return work.call();
              });
      case 4 -> pool.spawnBlocking(() -> pool.spawnBlocking(work).join());
      case 5 ->
          pool.spawnBlocking(
              () -> {
                JoinHandle<Integer> inner = pool.spawnInterruptible(work);
                inner.requestCancel();
                return inner.join();
              });
      default ->
          pool.spawnBlocking(
              () -> {
                if (Thread.currentThread().isInterrupted()) {
                  interrupted.incrementAndGet();
                }
                return work.call();
              });
    };
  }

  /** What became of the jobs of one spawner. */
  private static final class Tally {
    int refused;
    int completed;
    int failed;
    int cancelled;

    void count(JoinHandle<Integer> handle) throws Exception {
      try {
        assertThat(handle.join(LIMIT)).isEqualTo(1);
        completed++;
      } catch (TaskFailedException e) {
        failed++;
      } catch (TaskCancelledException e) {
        cancelled++;
      }
    }

    void add(Tally other) {
      refused += other.refused;
      completed += other.completed;
      failed += other.failed;
      cancelled += other.cancelled;
    }

    @Override
    public String toString() {
      return "refused "
          + refused
          + ", completed "
          + completed
          + ", failed "
          + failed
          + ", cancelled "
          + cancelled;
    }
  }

  /** A factory that fails now and then. */
  private static final class Unreliable implements ThreadFactory {
    private final Random random;

    Unreliable(long seed) {
      random = new Random(seed);
    }

    @Override
    public synchronized Thread newThread(Runnable body) {
      return switch (random.nextInt(10)) {
        case 0 -> null;
        case 1 -> throw new IllegalStateException("no thread today");
        default -> new Thread(body, "unreliable");
      };
    }
  }
}
