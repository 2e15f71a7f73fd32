package dev.pollux.executor;

import static dev.pollux.executor.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.core.CancelHandle;
import dev.pollux.core.Context;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.JoinSet;
import dev.pollux.core.Poll;
import dev.pollux.core.TaskCancelledException;
import dev.pollux.core.TaskResult;
import dev.pollux.executor.MultiThreading.Uncaught;
import dev.pollux.structure.FailurePolicy;
import dev.pollux.structure.ScopeClosedException;
import dev.pollux.structure.ScopeOptions;
import dev.pollux.structure.TaskScope;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Sets and scopes whose tasks end, fail, spawn and are cancelled on all workers at once. */
@Tag("stress")
@ParameterizedClass(name = "{0} workers")
@ValueSource(ints = {1, 2, 8})
@Timeout(120)
class StructureStressTest {

  private static final long RUN_NANOS = TimeUnit.MILLISECONDS.toNanos(700);

  private final Uncaught uncaught = new Uncaught();
  private final MultiThreadRuntime runtime;
  private final long seed = System.nanoTime();

  StructureStressTest(int workers) {
    this.runtime =
        PolluxRuntime.builder()
            .workers(workers)
            .uncaughtFailureHandler(uncaught::add)
            .multiThread();
  }

  @AfterEach
  void close() throws Exception {
    await(() -> runtime.liveTasks() == 0);
    runtime.close();
  }

  /** Yields some times, and then completes or fails; counts its ends. */
  private static final class Child implements Future<Integer> {
    private final AtomicInteger ends;
    private final boolean fails;
    private int yields;
    private boolean begun;
    private final AtomicInteger atOnce;
    private final int limit;

    Child(AtomicInteger ends, int yields, boolean fails, AtomicInteger atOnce, int limit) {
      this.ends = ends;
      this.yields = yields;
      this.fails = fails;
      this.atOnce = atOnce;
      this.limit = limit;
    }

    @Override
    public Poll<Integer> poll(Context cx) throws Exception {
      if (!begun) {
        begun = true;
        assertThat(atOnce.incrementAndGet()).as("children at once").isLessThanOrEqualTo(limit);
      }
      if (yields-- > 0) {
        cx.wakeSelf();
        return Poll.pending();
      }
      end();
      if (fails) {
        throw new IOException("expected");
      }
      return Poll.ready(1);
    }

    @Override
    public void cancel() {
      end();
    }

    private void end() {
      ends.incrementAndGet();
      if (begun) {
        atOnce.decrementAndGet();
      }
    }
  }

  @Test
  void everyTaskOfASetIsJoinedOnce() throws Exception {
    Random random = new Random(seed);
    long end = System.nanoTime() + RUN_NANOS;
    while (System.nanoTime() < end) {
      int count = 1 + random.nextInt(200);
      long roundSeed = random.nextLong();
      AtomicInteger ends = new AtomicInteger();
      List<CancelHandle> handles = new ArrayList<>();
      int joined =
          runtime.blockOn(
              Futures.<Integer>defer(
                  () -> spawnAndJoin(count, new Random(roundSeed), ends, handles)));
      assertThat(joined).as("of seed %s", seed).isEqualTo(count);
      assertThat(ends).as("of seed %s", seed).hasValue(count);
      assertThat(handles).allMatch(CancelHandle::isFinished);
    }
    uncaught.assertNone();
  }

  private Future<Integer> spawnAndJoin(
      int count, Random random, AtomicInteger ends, List<CancelHandle> handles) {
    JoinSet<Integer> set = JoinSet.on(runtime);
    AtomicInteger atOnce = new AtomicInteger();
    for (int i = 0; i < count; i++) {
      Child child =
          new Child(ends, random.nextInt(4), random.nextInt(4) == 0, atOnce, Integer.MAX_VALUE);
      handles.add(set.spawn(child));
    }
    int[] joined = {0};
    return Futures.pollFn(
        cx -> {
          while (true) {
            Future<Optional<TaskResult<Integer>>> next = set.joinNextResult();
            if (random.nextInt(4) == 0) {
              handles.get(random.nextInt(count)).requestCancel();
            }
            Poll<Optional<TaskResult<Integer>>> answer = next.poll(cx);
            if (answer.isPending()) {
              if (random.nextBoolean()) {
                return Poll.pending(); // its waker is left, and wakes this one
              }
              next.cancel(); // which loses nothing, the waker apart
              cx.wakeSelf();
              return Poll.pending();
            }
            if (answer.value().isEmpty()) {
              return Poll.ready(joined[0]);
            }
            joined[0]++;
          }
        });
  }

  @Test
  void noPermitOfAScopeIsLostOrDoubled() throws Exception {
    Random random = new Random(seed);
    long end = System.nanoTime() + RUN_NANOS;
    while (System.nanoTime() < end) {
      int limit = 1 + random.nextInt(3);
      TaskScope scope =
          TaskScope.on(
              runtime,
              ScopeOptions.defaults()
                  .withMaxConcurrent(limit)
                  .withFailurePolicy(FailurePolicy.KEEP_GOING));
      AtomicInteger atOnce = new AtomicInteger();
      AtomicInteger made = new AtomicInteger();
      AtomicInteger ends = new AtomicInteger();
      List<JoinHandle<Integer>> spawners = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        long taskSeed = random.nextLong();
        spawners.add(
            runtime.spawn(spawnMany(scope, new Random(taskSeed), made, ends, atOnce, limit)));
      }
      for (int i = 0; i < 4; i++) {
        spawners.get(random.nextInt(8)).requestCancel();
      }
      for (JoinHandle<Integer> spawner : spawners) {
        try {
          assertThat(spawner.join()).isNotNegative();
        } catch (TaskCancelledException expected) {
          // one of those that were asked to stop
        }
      }
      runtime.blockOn(scope.join());
      assertThat(ends).as("ends of children, of seed %s", seed).hasValue(made.get());
      for (int i = 0; i < limit; i++) {
        assertThat(scope.trySpawn(Futures.pending())).as("permit, of seed %s", seed).isPresent();
      }
      assertThat(scope.trySpawn(Futures.pending())).isEmpty();
      scope.close();
    }
    uncaught.assertNone();
  }

  private static Future<Integer> spawnMany(
      TaskScope scope,
      Random random,
      AtomicInteger made,
      AtomicInteger ends,
      AtomicInteger atOnce,
      int limit) {
    int[] left = {20};
    return Futures.repeatUntil(
        () -> {
          if (left[0]-- == 0) {
            return Futures.ready(Optional.of(0));
          }
          made.incrementAndGet();
          Future<JoinHandle<Integer>> spawn =
              scope.spawn(new Child(ends, random.nextInt(3), false, atOnce, limit));
          Future<Optional<Integer>> kept =
              spawn.map(
                  handle -> {
                    handle.detach();
                    return Optional.empty();
                  });
          return random.nextInt(3) > 0
              ? kept
              : Futures.race(kept, Futures.yieldNow().map(nothing -> Optional.empty()));
        });
  }

  @Test
  void aScopeThatIsClosedWhileItsChildrenSpawnEnds() throws Exception {
    Random random = new Random(seed);
    long end = System.nanoTime() + RUN_NANOS;
    while (System.nanoTime() < end) {
      AtomicInteger made = new AtomicInteger();
      AtomicInteger ends = new AtomicInteger();
      boolean fails = random.nextBoolean();
      TaskScope scope =
          TaskScope.on(
              runtime,
              ScopeOptions.defaults()
                  .withMaxConcurrent(64)
                  .withUncaughtFailureHandler((failure, origin) -> {}));
      for (int i = 0; i < 4; i++) {
        if (!spawnTree(scope, made, ends, fails ? i == 2 ? 3 : -1 : -1, 4)) {
          break;
        }
      }
      int spins = random.nextInt(20_000);
      for (int i = 0; i < spins; i++) {
        Thread.onSpinWait();
      }
      scope.close();
      assertThat(scope.liveChildren()).isZero();
      assertThat(ends).as("ends of children, of seed %s", seed).hasValue(made.get());
    }
    uncaught.assertNone();
  }

  /** A child that spawns two more, until the depth is reached. */
  private static boolean spawnTree(
      TaskScope scope, AtomicInteger made, AtomicInteger ends, int failAt, int depth) {
    made.incrementAndGet();
    Future<Integer> child =
        new Future<>() {
          private int polls;

          @Override
          public Poll<Integer> poll(Context cx) throws Exception {
            if (polls++ == 0 && depth > 0) {
              boolean unusedLeft = spawnTree(scope, made, ends, failAt, depth - 1);
              boolean unusedRight = spawnTree(scope, made, ends, failAt, depth - 1);
            }
            if (polls < 3) {
              cx.wakeSelf();
              return Poll.pending();
            }
            ends.incrementAndGet();
            if (depth == failAt) {
              throw new IOException("expected");
            }
            return Poll.ready(1);
          }

          @Override
          public void cancel() {
            ends.incrementAndGet();
          }
        };
    try {
      Optional<JoinHandle<Integer>> handle = scope.trySpawn(child);
      if (handle.isEmpty()) {
        child.cancel(); // no room: still ours
      }
      return handle.isPresent();
    } catch (ScopeClosedException closed) {
      return false;
    }
  }
}
