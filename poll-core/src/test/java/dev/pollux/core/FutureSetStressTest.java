package dev.pollux.core;

import static java.lang.invoke.MethodHandles.lookup;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.invoke.ConstantBootstraps;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Children that are woken by several threads, over and over, while their set is polled by another.
 * One lost wake-up and the set never ends.
 */
@Tag("stress")
class FutureSetStressTest {

  private static final int THREADS = 3;
  private static final long RUN_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** Completes once it has seen so many events; their count has no ordering but the waker's. */
  private static final class Counted implements Future<Integer> {
    private static final VarHandle EVENTS =
        ConstantBootstraps.fieldVarHandle(
            lookup(), "events", VarHandle.class, Counted.class, int.class);

    final AtomicWaker waker = new AtomicWaker();
    final int target;

    @SuppressWarnings("unused") // through EVENTS only
    private int events;

    Counted(int target) {
      this.target = target;
    }

    /** Called by one thread. Returns whether it was the last event. */
    boolean event() {
      int count = (int) EVENTS.getOpaque(this) + 1;
      EVENTS.setOpaque(this, count);
      waker.wake();
      return count == target;
    }

    @Override
    public Poll<Integer> poll(Context cx) {
      waker.register(cx.waker());
      return (int) EVENTS.getOpaque(this) >= target ? Poll.ready(target) : Poll.pending();
    }
  }

  @Test
  void everyWakeUpFromManyThreadsIsServed() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    long end = System.nanoTime() + RUN_NANOS;
    BlockingRunner runner = new BlockingRunner();
    int rounds = 0;
    while (System.nanoTime() < end) {
      rounds++;
      oneRound(random, runner, "round " + rounds + " of seed " + seed);
    }
    assertThat(rounds).isPositive();
  }

  private static void oneRound(Random random, BlockingRunner runner, String name) throws Exception {
    int count = 1 + random.nextInt(64);
    List<List<Counted>> owned = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      owned.add(new ArrayList<>());
    }
    FutureSet<Integer> set = new FutureSet<>();
    int expected = 0;
    for (int i = 0; i < count; i++) {
      Counted child = new Counted(1 + random.nextInt(20));
      expected += child.target;
      owned.get(i % THREADS).add(child);
      set.add(child);
    }
    List<FutureTask<Void>> threads = new ArrayList<>();
    for (List<Counted> mine : owned) {
      long threadSeed = random.nextLong();
      FutureTask<Void> task =
          new FutureTask<>(
              () -> {
                wakeAll(mine, new Random(threadSeed));
                return null;
              });
      threads.add(task);
      Thread thread = new Thread(task, "waker");
      thread.setDaemon(true);
      thread.start();
    }
    int[] sum = {0};
    Future<Integer> drain =
        cx -> {
          while (true) {
            Next<Integer> next = set.pollNext(cx);
            if (next.isPending()) {
              return Poll.pending();
            }
            if (next.isEnd()) {
              return Poll.ready(sum[0]);
            }
            sum[0] += next.value();
          }
        };
    assertThat(runner.run(drain, name)).as(name).isEqualTo(expected);
    for (FutureTask<Void> task : threads) {
      assertThat(task.get(30, TimeUnit.SECONDS)).isNull();
    }
  }

  /** Gives each child as many events as it waits for, in a random order. */
  private static void wakeAll(List<Counted> children, Random random) {
    List<Counted> left = new ArrayList<>(children);
    while (!left.isEmpty()) {
      int at = random.nextInt(left.size());
      if (left.get(at).event()) {
        left.remove(at);
      }
    }
  }
}
