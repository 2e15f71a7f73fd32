package dev.pollux.streams.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.executor.CurrentThreadRuntime;
import dev.pollux.executor.PolluxRuntime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A queue on the workers of a runtime whose clock stands still. */
@Timeout(60)
class SerialQueueTest {

  private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

  private final CurrentThreadRuntime runtime =
      PolluxRuntime.builder().pausedClock().currentThread();
  private final AtomicInteger emptied = new AtomicInteger();
  private final LiveSet live = new LiveSet(emptied::incrementAndGet);
  private final Turns turns = new WorkerTurns(runtime, "test");
  private final List<String> ran = new ArrayList<>();

  @AfterEach
  void close() {
    runtime.close();
  }

  private SerialQueue queue() {
    return new SerialQueue(turns, runtime.timer(), live);
  }

  private TestJob job(SerialQueue queue, String name) {
    return new TestJob(() -> ran.add(name), queue);
  }

  private void crank() {
    while (runtime.tryTick()) {
      // until nothing is ready
    }
  }

  private void advance(long millis) {
    runtime.advance(Duration.ofMillis(millis));
    crank();
  }

  private static void offer(SerialQueue queue, Job job) {
    assertThat(queue.offer(job)).isTrue();
  }

  private static void offerAfter(SerialQueue queue, Job job, long nanos) {
    assertThat(queue.offerAfter(job, nanos)).isTrue();
  }

  @Test
  void jobsRunInTheOrderInWhichTheyCame() {
    SerialQueue queue = queue();
    List<TestJob> jobs = List.of(job(queue, "a"), job(queue, "b"), job(queue, "c"));
    jobs.forEach(job -> assertThat(queue.offer(job)).isTrue());
    assertThat(ran).isEmpty();
    crank();
    assertThat(ran).containsExactly("a", "b", "c");
    assertThat(jobs).allMatch(Job::isDisposed).allMatch(job -> job.ended() == 1);
    assertThat(runtime.liveTasks()).isZero();
    assertThat(queue).hasToString("SerialQueue[idle]");
  }

  @Test
  void jobOfferedByAJobRunsAfterThoseThatWait() {
    SerialQueue queue = queue();
    offer(
        queue,
        new TestJob(
            () -> {
              ran.add("a");
              offer(queue, job(queue, "c"));
            },
            queue));
    offer(queue, job(queue, "b"));
    crank();
    assertThat(ran).containsExactly("a", "b", "c");
  }

  @Test
  void queueThatIsNeverEmptyGivesWay() {
    SerialQueue queue = queue();
    AtomicInteger count = new AtomicInteger();
    Runnable[] again = new Runnable[1];
    again[0] =
        () -> {
          if (count.incrementAndGet() < 1_000) {
            offer(queue, new TestJob(again[0], queue));
          }
        };
    offer(queue, new TestJob(again[0], queue));
    runtime.tryTick();
    assertThat(count.get()).isLessThan(1_000);
    SerialQueue other = queue();
    offer(other, job(other, "other"));
    runtime.tryTick();
    runtime.tryTick();
    assertThat(ran).containsExactly("other");
    assertThat(count.get()).isLessThan(1_000);
    crank();
    assertThat(count).hasValue(1_000);
  }

  @Test
  void orderIsThatOfTimeAndThenOfArrival() {
    SerialQueue queue = queue();
    offerAfter(queue, job(queue, "20"), 20 * MILLI);
    offerAfter(queue, job(queue, "10 first"), 10 * MILLI);
    offerAfter(queue, job(queue, "10 second"), 10 * MILLI);
    offer(queue, job(queue, "at once"));
    offerAfter(queue, job(queue, "negative"), -5);
    crank();
    assertThat(ran).containsExactly("at once", "negative");
    runtime.advance(Duration.ofMillis(12));
    offer(queue, job(queue, "later than 10"));
    crank();
    assertThat(ran)
        .containsExactly("at once", "negative", "10 first", "10 second", "later than 10");
    advance(8);
    assertThat(ran).endsWith("20");
    assertThat(runtime.liveTasks()).isZero();
  }

  @Test
  void whatWaitedInTheBatchKeepsItsPlaceWhenTimeComesIn() {
    SerialQueue queue = queue();
    offer(
        queue,
        new TestJob(
            () -> {
              ran.add("a");
              offerAfter(queue, job(queue, "now"), 0);
              offerAfter(queue, job(queue, "later"), MILLI);
              offer(queue, job(queue, "c"));
            },
            queue));
    offer(queue, job(queue, "b"));
    advance(0);
    assertThat(ran).containsExactly("a", "b", "now", "c");
    advance(1);
    assertThat(ran).endsWith("later");
  }

  @Test
  void disposedJobsDoNotRunAndHoldNothing() {
    SerialQueue queue = queue();
    TestJob queued = job(queue, "queued");
    TestJob waiting = job(queue, "waiting");
    TestJob stays = job(queue, "stays");
    offer(queue, queued);
    offerAfter(queue, waiting, 10 * MILLI);
    offerAfter(queue, stays, 20 * MILLI);
    queued.dispose();
    queued.dispose();
    crank();
    assertThat(queue.size()).isEqualTo(2);
    waiting.dispose();
    crank();
    assertThat(queue.size()).isEqualTo(1);
    stays.dispose();
    crank();
    assertThat(queue.size()).isZero();
    assertThat(runtime.liveTasks()).isZero();
    advance(30);
    assertThat(ran).isEmpty();
    assertThat(List.of(queued, waiting, stays)).allMatch(job -> job.ended() == 1);
    assertThat(live.isEmpty()).isTrue();
  }

  @Test
  void manyDisposedJobsLeaveNothing() {
    SerialQueue queue = queue();
    List<TestJob> jobs = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      TestJob job = job(queue, "never");
      offerAfter(queue, job, (1 + (i * 7919L) % 1000) * MILLI);
      jobs.add(job);
    }
    crank();
    for (int i = 0; i < 1_000; i += 2) {
      jobs.get((i * 617) % 1_000 / 2 * 2).dispose();
      jobs.get(i).dispose();
    }
    crank();
    assertThat(queue.size()).isEqualTo((int) jobs.stream().filter(j -> !j.isDisposed()).count());
    jobs.forEach(Job::dispose);
    crank();
    assertThat(queue.size()).isZero();
    assertThat(runtime.liveTasks()).isZero();
  }

  @Test
  void bodyIsLetGoAtOnce() {
    SerialQueue queue = queue();
    TestJob waiting = job(queue, "waiting");
    offerAfter(queue, waiting, MILLI);
    crank();
    waiting.dispose();
    assertThat(waiting).extracting("body").isNull();
    TestJob run = job(queue, "run");
    offer(queue, run);
    crank();
    assertThat(run).extracting("body").isNull();
  }

  @Test
  void periodicJobRunsAtAFixedRateUntilItIsDisposed() {
    SerialQueue queue = queue();
    TestJob job = new TestJob(() -> ran.add("tick"), queue, 10 * MILLI);
    offerAfter(queue, job, 5 * MILLI);
    crank();
    advance(5);
    assertThat(ran).hasSize(1);
    advance(9);
    assertThat(ran).hasSize(1);
    advance(1);
    assertThat(ran).hasSize(2);
    runtime.advance(Duration.ofMillis(35)); // three are due at once
    crank();
    assertThat(ran).hasSize(5);
    advance(5);
    assertThat(ran).hasSize(6);
    job.dispose();
    advance(100);
    assertThat(ran).hasSize(6);
    assertThat(runtime.liveTasks()).isZero();
    assertThat(job.ended()).isEqualTo(1);
  }

  @Test
  void failureOfAPeriodicJobEndsItOrNotAsItsOwnerSays() {
    SerialQueue queue = queue();
    TestJob goesOn =
        new TestJob(
            () -> {
              ran.add("tick");
              throw new IllegalArgumentException();
            },
            queue,
            MILLI);
    offerAfter(queue, goesOn, MILLI);
    TestJob ends =
        new TestJob(
            () -> {
              throw new IllegalStateException();
            },
            queue,
            MILLI);
    offerAfter(queue, ends, MILLI);
    crank();
    advance(3);
    assertThat(ran).hasSize(3);
    assertThat(goesOn.failures).hasSize(3);
    assertThat(ends.failures).hasSize(1);
    assertThat(ends.isDisposed()).isTrue();
    goesOn.dispose();
  }

  @Test
  void jobThatDisposesItselfIsNotInterrupted() {
    SerialQueue queue = queue();
    TestJob[] self = new TestJob[1];
    self[0] =
        new TestJob(
            () -> {
              self[0].dispose();
              ran.add("interrupted: " + Thread.currentThread().isInterrupted());
            },
            queue,
            MILLI);
    offerAfter(queue, self[0], 0);
    crank();
    advance(5);
    assertThat(ran).containsExactly("interrupted: false");
    assertThat(self[0].ended()).isEqualTo(1);
  }

  @Test
  void closedQueueDropsWhatItHasAndRefusesMore() {
    SerialQueue queue = queue();
    TestJob waiting = job(queue, "waiting");
    offerAfter(queue, waiting, MILLI);
    crank();
    TestJob queued = job(queue, "queued");
    offer(queue, queued);
    queue.close();
    queue.close();
    assertThat(List.of(waiting, queued)).allMatch(Job::isDisposed);
    TestJob late = job(queue, "late");
    assertThat(queue.offer(late)).isFalse();
    assertThat(late.isDisposed()).isTrue();
    crank();
    advance(10);
    assertThat(ran).isEmpty();
    assertThat(List.of(waiting, queued, late)).allMatch(job -> job.ended() == 1);
    assertThat(runtime.liveTasks()).isZero();
    assertThat(queue).hasToString("SerialQueue[closed]");
  }

  @Test
  void idleQueueCanBeClosed() {
    SerialQueue queue = queue();
    queue.close();
    assertThat(queue.offer(job(queue, "late"))).isFalse();
    assertThat(queue.offerAfter(job(queue, "late"), MILLI)).isFalse();
    crank();
    assertThat(ran).isEmpty();
  }

  @Test
  void sleepingQueueThatIsClosedLetsGoAtItsNextTurn() {
    SerialQueue queue = queue();
    offerAfter(queue, job(queue, "waiting"), MILLI);
    crank();
    assertThat(queue).hasToString("SerialQueue[sleeping]");
    queue.close();
    crank();
    assertThat(queue.size()).isZero();
    assertThat(runtime.liveTasks()).isZero();
  }

  @Test
  void jobThatClosesItsQueueIsTheLast() {
    SerialQueue queue = queue();
    offer(
        queue,
        new TestJob(
            () -> {
              ran.add("a");
              queue.close();
            },
            queue));
    offer(queue, job(queue, "b"));
    crank();
    assertThat(ran).containsExactly("a");
    assertThat(live.isEmpty()).isTrue();
  }

  @Test
  void gracefulEndRunsWhatWaitsButNothingPeriodic() {
    SerialQueue queue = queue();
    offerAfter(queue, job(queue, "waited"), 10 * MILLI);
    TestJob periodic = new TestJob(() -> ran.add("tick"), queue, MILLI);
    offerAfter(queue, periodic, MILLI);
    crank();
    TestJob unseen = new TestJob(() -> ran.add("tick"), queue, MILLI);
    offerAfter(queue, unseen, MILLI);
    live.close();
    assertThat(queue.offer(job(queue, "late"))).isFalse();
    assertThat(emptied).hasValue(0);
    crank();
    assertThat(periodic.isDisposed()).isTrue();
    assertThat(unseen.isDisposed()).isTrue();
    advance(10);
    assertThat(ran).containsExactly("waited");
    assertThat(emptied.get()).isPositive();
    assertThat(live.isEmpty()).isTrue();
  }

  @Test
  void stopDropsWhatWaits() {
    SerialQueue queue = queue();
    TestJob waiting = job(queue, "waiting");
    offerAfter(queue, waiting, 10 * MILLI);
    crank();
    live.stop();
    crank();
    advance(20);
    assertThat(ran).isEmpty();
    assertThat(waiting.isDisposed()).isTrue();
    assertThat(emptied.get()).isPositive();
  }

  @Test
  void closedRuntimeRefusesAndDropsWhatWaited() {
    SerialQueue asleep = queue();
    TestJob waiting = job(asleep, "waiting");
    offerAfter(asleep, waiting, 10 * MILLI);
    crank();
    SerialQueue idle = queue();
    runtime.close();
    assertThat(waiting.isDisposed()).isTrue();
    assertThat(waiting.ended()).isEqualTo(1);
    TestJob late = job(idle, "late");
    assertThat(idle.offer(late)).isFalse();
    assertThat(late.ended()).isEqualTo(1);
    assertThat(asleep.offer(job(asleep, "late"))).isFalse();
    assertThat(ran).isEmpty();
    assertThat(live.isEmpty()).isTrue();
  }
}
