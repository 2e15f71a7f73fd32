package dev.pollux.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Handles of one future that are polled by several threads, some of which give up, while another
 * thread wakes the future over and over.
 */
@Tag("stress")
class SharedFutureStressTest {

  private static final int THREADS = 3;
  private static final long RUN_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** Completes after so many events, and wakes itself now and then. Its fields are plain. */
  private static final class Steps implements Future<Integer> {
    final AtomicWaker waker = new AtomicWaker();
    final AtomicInteger events = new AtomicInteger();
    final AtomicInteger cancels = new AtomicInteger();
    final AtomicBoolean inPoll = new AtomicBoolean();
    final int target;
    private int polls;
    private boolean over;

    Steps(int target) {
      this.target = target;
    }

    @Override
    public Poll<Integer> poll(Context cx) {
      if (!inPoll.compareAndSet(false, true)) {
        throw new AssertionError("polled by two at once");
      }
      try {
        if (over) {
          throw new AssertionError("polled after its end");
        }
        waker.register(cx.waker());
        if (++polls % 5 == 0) {
          cx.wakeSelf();
          return Poll.pending();
        }
        over = events.get() >= target;
        return over ? Poll.ready(target) : Poll.pending();
      } finally {
        inPoll.set(false);
      }
    }

    @Override
    public void cancel() {
      if (!inPoll.compareAndSet(false, true)) {
        throw new AssertionError("cancelled during its poll");
      }
      if (!over) {
        over = true;
        cancels.incrementAndGet();
      }
      inPoll.set(false);
    }
  }

  @Test
  void everyHandleHasTheOutputThoughOthersGiveUp() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    long end = System.nanoTime() + RUN_NANOS;
    int rounds = 0;
    while (System.nanoTime() < end) {
      rounds++;
      oneRound(random, "round " + rounds + " of seed " + seed);
    }
    assertThat(rounds).isPositive();
  }

  private static void oneRound(Random random, String name) throws Exception {
    Steps steps = new Steps(1 + random.nextInt(20));
    SharedFuture<Integer> first = steps.shared();
    AtomicInteger outputs = new AtomicInteger();
    List<FutureTask<Void>> threads = new ArrayList<>();
    int patient = 0;
    for (int i = 0; i < THREADS; i++) {
      boolean givesUp = random.nextBoolean();
      patient += givesUp ? 0 : 1;
      threads.add(reader(first.another(), givesUp, random.nextLong(), outputs, name));
    }
    threads.add(
        new FutureTask<>(
            () -> {
              for (int i = 0; i < steps.target; i++) {
                steps.events.incrementAndGet();
                steps.waker.wake();
              }
              return null;
            }));
    first.cancel();
    for (FutureTask<Void> thread : threads) {
      Thread started = new Thread(thread, "shared");
      started.setDaemon(true);
      started.start();
    }
    for (FutureTask<Void> thread : threads) {
      assertThat(thread.get(60, TimeUnit.SECONDS)).as(name).isNull();
    }
    assertThat(outputs.get()).as(name).isGreaterThanOrEqualTo(patient);
    assertThat(steps.cancels.get()).as(name).isEqualTo(outputs.get() > 0 ? 0 : 1);
  }

  private static FutureTask<Void> reader(
      SharedFuture<Integer> handle,
      boolean givesUp,
      long seed,
      AtomicInteger outputs,
      String name) {
    return new FutureTask<>(
        () -> {
          Random own = new Random(seed);
          BlockingRunner runner = new BlockingRunner();
          int[] left = {givesUp ? own.nextInt(4) : Integer.MAX_VALUE};
          // It gives up after so many polls, be it woken or not.
          Future<Boolean> body =
              cx -> {
                if (left[0]-- == 0) {
                  handle.cancel();
                  return Poll.ready(false);
                }
                if (givesUp) {
                  cx.wakeSelf();
                }
                Poll<Integer> answer = handle.poll(cx);
                return answer.isReady() ? Poll.ready(true) : Poll.pending();
              };
          if (runner.run(body, name)) {
            outputs.incrementAndGet();
          }
          return null;
        });
  }
}
