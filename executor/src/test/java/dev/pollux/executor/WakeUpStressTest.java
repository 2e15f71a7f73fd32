package dev.pollux.executor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.core.JoinHandle;
import dev.pollux.core.Poll;
import dev.pollux.core.Poller;
import dev.pollux.spi.Services;
import dev.pollux.spi.Timer;
import dev.pollux.time.Sleep;
import dev.pollux.time.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Something comes from outside at the moment at which the worker falls asleep. There is one worker,
 * and so nobody who would look after it: a wake-up that is lost is lost for ever.
 */
@Tag("stress")
@Timeout(60)
class WakeUpStressTest {

  private static final long RUN_NANOS = TimeUnit.MILLISECONDS.toNanos(700);

  /** More than a worker searches before it sleeps. */
  private static final int MOST_PAUSE_NANOS = 60_000;

  private static final Duration LIMIT = Duration.ofSeconds(20);

  private final long seed = System.nanoTime();
  private final Random random = new Random(seed);

  private interface Round {
    void run(MultiThreadRuntime runtime) throws Exception;
  }

  private void repeat(Round round) throws Exception {
    try (MultiThreadRuntime runtime = PolluxRuntime.builder().workers(1).multiThread()) {
      long end = System.nanoTime() + RUN_NANOS;
      while (System.nanoTime() < end) {
        pause();
        round.run(runtime);
      }
    }
  }

  private void pause() {
    long until = System.nanoTime() + random.nextInt(MOST_PAUSE_NANOS);
    while (System.nanoTime() < until) {
      Thread.onSpinWait();
    }
  }

  @Test
  void aTaskThatIsSpawnedRuns() throws Exception {
    repeat(runtime -> runtime.spawn(cx -> Poll.done()).join(LIMIT));
  }

  @Test
  void aTaskThatIsWokenRuns() throws Exception {
    repeat(
        runtime -> {
          Waiting.Gate gate = new Waiting.Gate();
          JoinHandle<String> handle = runtime.spawn(gate);
          pause();
          gate.open();
          handle.join(LIMIT);
        });
  }

  @Test
  void aPinnedTaskThatIsSpawnedRuns() throws Exception {
    repeat(runtime -> runtime.spawnPinned(() -> cx -> Poll.done()).join(LIMIT));
  }

  @Test
  void aTimerThatIsArmedElsewhereFires() throws Exception {
    Semaphore woken = new Semaphore(0);
    repeat(
        runtime -> {
          Poller poller = new Poller(new TimerOnly(runtime.timer()), 0, false);
          Sleep sleep = Time.sleep(Duration.ofNanos(1_000 + random.nextInt(2_000_000)));
          if (poller.poll(sleep, woken::release).isPending()) {
            assertThat(woken.tryAcquire(LIMIT.toSeconds(), TimeUnit.SECONDS))
                .as("seed %s", seed)
                .isTrue();
          }
        });
  }

  @Test
  void theEndOfTheRuntimeReachesItsWorkersAndEndsItsTasks() throws Exception {
    long end = System.nanoTime() + RUN_NANOS;
    while (System.nanoTime() < end) {
      MultiThreadRuntime runtime = PolluxRuntime.builder().workers(1).multiThread();
      List<JoinHandle<?>> handles = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        handles.add(runtime.spawn(Time.sleep(Duration.ofHours(1))));
      }
      pause();
      runtime.shutdownNow();
      for (JoinHandle<?> handle : handles) {
        Waiting.await(handle::isFinished);
      }
    }
  }

  private record TimerOnly(Timer timer) implements Services {}
}
