package dev.pollux.streams.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.executor.PolluxRuntime;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Offers, disposes and closes from several threads, and the ends of all jobs counted. */
@Tag("stress")
@Timeout(120)
class SerialQueueStressTest {

  private static final long SEED = Long.getLong("pollux.seed", 42);
  private static final int ROUNDS = Integer.getInteger("pollux.stress.rounds", 300);
  private static final int THREADS = 3;
  private static final int JOBS = 60;

  /** Knows how often it ran, and when it was offered. */
  private static final class Traced extends Job {
    final AtomicInteger runs = new AtomicInteger();
    final AtomicInteger ends = new AtomicInteger();
    final boolean delayed;
    volatile boolean disposed;

    Traced(Runnable body, SerialQueue queue, boolean delayed) {
      super(body, queue);
      this.delayed = delayed;
    }

    @Override
    protected boolean onFailure(Throwable failure) {
      throw new AssertionError(failure);
    }

    @Override
    protected void onEnd() {
      ends.incrementAndGet();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"workers", "blocking", "closed", "closed blocking"})
  void everyJobIsRunOrDisposedOnce(String kind) throws Exception {
    boolean closes = kind.startsWith("closed");
    try (PolluxRuntime runtime = PolluxRuntime.builder().workers(2).multiThread()) {
      for (int round = 0; round < ROUNDS; round++) {
        CountDownLatch emptied = new CountDownLatch(1);
        LiveSet live = new LiveSet(emptied::countDown);
        Turns turns =
            kind.endsWith("blocking")
                ? new BlockingTurns(runtime, runtime, "stress", 2)
                : new WorkerTurns(runtime, "stress");
        SerialQueue queue = new SerialQueue(turns, runtime.timer(), live);
        AtomicInteger inside = new AtomicInteger();
        List<String> broken = new ArrayList<>();
        List<List<Traced>> jobs = new ArrayList<>();
        CyclicBarrier start = new CyclicBarrier(THREADS + 1);
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < THREADS; t++) {
          SplittableRandom random = new SplittableRandom(SEED + round * 31L + t);
          List<Traced> mine = new ArrayList<>();
          jobs.add(mine);
          int[] last = {-1};
          for (int i = 0; i < JOBS; i++) {
            int number = i;
            boolean delayed = random.nextInt(8) == 0;
            Traced[] self = new Traced[1];
            self[0] =
                new Traced(
                    () -> {
                      if (inside.incrementAndGet() != 1) {
                        broken.add("two at a time");
                      }
                      if (self[0].runs.incrementAndGet() != 1) {
                        broken.add("run twice");
                      }
                      if (!self[0].delayed) {
                        if (last[0] > number) {
                          broken.add(number + " after " + last[0]);
                        }
                        last[0] = number;
                      }
                      inside.decrementAndGet();
                    },
                    queue,
                    delayed);
            mine.add(self[0]);
          }
          Thread thread = new Thread(() -> offerAll(start, queue, mine, random));
          threads.add(thread);
          thread.start();
        }
        start.await();
        if (closes) {
          SplittableRandom random = new SplittableRandom(SEED - round);
          for (int spin = random.nextInt(20_000); spin > 0; spin--) {
            Thread.onSpinWait();
          }
          queue.close();
        }
        for (Thread thread : threads) {
          thread.join();
        }
        live.close();
        assertThat(emptied.await(60, TimeUnit.SECONDS)).as("round %s: %s", round, queue).isTrue();
        assertThat(broken).as("round %s", round).isEmpty();
        for (List<Traced> mine : jobs) {
          for (Traced job : mine) {
            assertThat(job.ends.get()).as("round %s: ends of %s", round, job).isEqualTo(1);
            if (!closes && !job.disposed) {
              assertThat(job.runs.get()).as("round %s: runs of %s", round, job).isEqualTo(1);
            }
          }
        }
      }
    }
  }

  private static void offerAll(
      CyclicBarrier start, SerialQueue queue, List<Traced> jobs, SplittableRandom random) {
    try {
      start.await();
    } catch (Exception stop) {
      throw new IllegalStateException(stop);
    }
    for (int i = 0; i < jobs.size(); i++) {
      Traced job = jobs.get(i);
      boolean unused =
          job.delayed ? queue.offerAfter(job, random.nextInt(2_000_000)) : queue.offer(job);
      if (random.nextInt(4) == 0) {
        Traced victim = jobs.get(random.nextInt(i + 1));
        victim.disposed = true;
        victim.dispose();
      }
      for (int spin = random.nextInt(3) == 0 ? random.nextInt(2_000) : 0; spin > 0; spin--) {
        Thread.onSpinWait();
      }
    }
  }
}
