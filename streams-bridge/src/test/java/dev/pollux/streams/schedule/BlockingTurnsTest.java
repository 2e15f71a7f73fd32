package dev.pollux.streams.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.executor.MultiThreadRuntime;
import dev.pollux.executor.PolluxRuntime;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Queues whose jobs run on the blocking pool, and what an interrupt of a job reaches. */
@Timeout(60)
class BlockingTurnsTest {

  private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

  private final MultiThreadRuntime runtime =
      PolluxRuntime.builder().workers(1).pausedClock().multiThread();
  private final CountDownLatch emptied = new CountDownLatch(1);
  private final LiveSet live = new LiveSet(emptied::countDown);
  private final List<String> ran = new CopyOnWriteArrayList<>();

  @AfterEach
  void close() {
    runtime.close();
  }

  private SerialQueue queue(Turns turns) {
    return new SerialQueue(turns, runtime.timer(), live);
  }

  private Turns blocking(int most) {
    return new BlockingTurns(runtime, runtime, "test", most);
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** Runs a job after all that was offered before, and waits for it. */
  private static void settle(SerialQueue queue) {
    CountDownLatch done = new CountDownLatch(1);
    assertThat(queue.offer(new TestJob(done::countDown, queue))).isTrue();
    await(done);
  }

  private static void offer(SerialQueue queue, Job job) {
    assertThat(queue.offer(job)).isTrue();
  }

  private static void offerAfter(SerialQueue queue, Job job, long nanos) {
    assertThat(queue.offerAfter(job, nanos)).isTrue();
  }

  @Test
  void jobsRunInOrderOnThreadsThatMayBlock() {
    SerialQueue queue = queue(blocking(2));
    Thread[] thread = new Thread[1];
    for (int i = 0; i < 1_000; i++) {
      String name = "" + i;
      offer(queue, new TestJob(() -> ran.add(name), queue));
    }
    offer(queue, new TestJob(() -> thread[0] = Thread.currentThread(), queue));
    settle(queue);
    assertThat(ran).hasSize(1_000);
    for (int i = 0; i < 1_000; i++) {
      assertThat(ran.get(i)).isEqualTo("" + i);
    }
    assertThat(thread[0].getName()).doesNotContain("worker");
  }

  @Test
  void noMoreThreadsAreTakenThanWereGranted() {
    Turns turns = blocking(2);
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    CountDownLatch two = new CountDownLatch(2);
    CountDownLatch all = new CountDownLatch(20);
    for (int i = 0; i < 20; i++) {
      SerialQueue queue = queue(turns);
      offer(
          queue,
          new TestJob(
              () -> {
                most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                two.countDown();
                await(two);
                inside.decrementAndGet();
                all.countDown();
              },
              queue));
    }
    await(all);
    assertThat(most).hasValue(2);
  }

  @Test
  void queueThatIsNeverEmptyStepsBackForOthers() {
    Turns turns = blocking(1);
    SerialQueue busy = queue(turns);
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch otherRan = new CountDownLatch(1);
    Runnable[] again = new Runnable[1];
    again[0] =
        () -> {
          begun.countDown();
          if (otherRan.getCount() > 0) {
            offer(busy, new TestJob(again[0], busy));
          }
        };
    offer(busy, new TestJob(again[0], busy));
    await(begun);
    SerialQueue other = queue(turns);
    offer(other, new TestJob(otherRan::countDown, other));
    await(otherRan);
  }

  @Test
  void queueThatWaitsForItsTimeHoldsNoThread() {
    CountDownLatch gate = new CountDownLatch(1);
    runtime
        .spawnBlocking(
            () -> {
              await(gate); // meanwhile the clock does not jump by itself
              return null;
            })
        .detach();
    Turns turns = blocking(1);
    SerialQueue waits = queue(turns);
    CountDownLatch due = new CountDownLatch(1);
    offerAfter(waits, new TestJob(due::countDown, waits), 10 * MILLI);
    SerialQueue other = queue(turns);
    settle(other);
    assertThat(due.getCount()).isEqualTo(1);
    runtime.advance(Duration.ofMillis(10));
    await(due);
    gate.countDown();
    settle(waits);
  }

  @Test
  void closedQueueInLineLetsGoAtOnce() {
    Turns turns = blocking(1);
    CountDownLatch gate = new CountDownLatch(1);
    CountDownLatch begun = new CountDownLatch(1);
    SerialQueue first = queue(turns);
    offer(
        first,
        new TestJob(
            () -> {
              begun.countDown();
              await(gate);
            },
            first));
    await(begun);
    SerialQueue inLine = queue(turns);
    TestJob waiting = new TestJob(() -> ran.add("waiting"), inLine);
    offer(inLine, waiting);
    inLine.close();
    assertThat(waiting).extracting("body").isNull();
    gate.countDown();
    live.close();
    await(emptied);
    assertThat(ran).isEmpty();
  }

  @Test
  void interruptReachesTheJobThatRunsAndNoOther() {
    for (Turns turns : List.of(blocking(1), new WorkerTurns(runtime, "test"))) {
      SerialQueue queue = queue(turns);
      CountDownLatch begun = new CountDownLatch(1);
      CountDownLatch never = new CountDownLatch(1);
      TestJob job =
          new TestJob(
              () -> {
                begun.countDown();
                try {
                  never.await();
                } catch (InterruptedException expected) {
                  Thread.currentThread().interrupt(); // as a body would that can't throw it
                }
              },
              queue);
      offer(queue, job);
      boolean[] interrupted = {true};
      offer(
          queue, new TestJob(() -> interrupted[0] = Thread.currentThread().isInterrupted(), queue));
      await(begun);
      assertThat(job.isDisposed()).isFalse();
      job.dispose();
      assertThat(job.isDisposed()).isTrue();
      settle(queue);
      assertThat(interrupted[0]).isFalse();
      assertThat(job.ended()).isEqualTo(1);
    }
  }

  @Test
  void closeInterruptsWhatRuns() {
    for (Turns turns : List.of(blocking(1), new WorkerTurns(runtime, "test"))) {
      SerialQueue queue = queue(turns);
      CountDownLatch begun = new CountDownLatch(1);
      CountDownLatch never = new CountDownLatch(1);
      CountDownLatch heard = new CountDownLatch(1);
      offer(
          queue,
          new TestJob(
              () -> {
                begun.countDown();
                try {
                  never.await();
                } catch (InterruptedException expected) {
                  heard.countDown();
                }
              },
              queue));
      await(begun);
      queue.close();
      await(heard);
    }
  }

  @Test
  void fewerThreadsThanOneAreRefused() {
    assertThatThrownBy(() -> blocking(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("most must be at least 1, was 0");
  }

  @Test
  void closedRuntimeRefuses() {
    PolluxRuntime real = PolluxRuntime.builder().workers(1).multiThread(); // its clock never jumps
    Turns turns = new BlockingTurns(real, real, "test", 1);
    SerialQueue queue = new SerialQueue(turns, real.timer(), live);
    SerialQueue waits = new SerialQueue(turns, real.timer(), live);
    TestJob waiting = new TestJob(() -> ran.add("waiting"), waits);
    offerAfter(waits, waiting, TimeUnit.HOURS.toNanos(1));
    settle(waits);
    real.close();
    assertThat(queue.offer(new TestJob(() -> ran.add("late"), queue))).isFalse();
    assertThat(waits.offer(new TestJob(() -> ran.add("late"), waits))).isFalse();
    assertThat(waiting.isDisposed()).isTrue();
    assertThat(ran).isEmpty();
  }

  @Test
  void jobsThatThePoolTakesBackAreDisposed() throws Exception {
    MultiThreadRuntime small =
        PolluxRuntime.builder().workers(1).maxBlockingThreads(1).multiThread();
    CountDownLatch gate = new CountDownLatch(1);
    CountDownLatch begun = new CountDownLatch(1);
    Thread closing = new Thread(small::close);
    try {
      var blocker =
          small.spawnBlocking(
              () -> {
                begun.countDown();
                await(gate);
                return null;
              });
      await(begun);
      BlockingTurns turns = new BlockingTurns(small, small, "test", 1);
      SerialQueue queue = new SerialQueue(turns, small.timer(), live);
      SerialQueue inLine = new SerialQueue(turns, small.timer(), live);
      TestJob first = new TestJob(() -> ran.add("first"), queue);
      TestJob second = new TestJob(() -> ran.add("second"), inLine);
      offer(queue, first); // queued in the pool, which has no thread for it
      offer(inLine, second); // in line behind it
      live.close();
      closing.start();
      await(emptied);
      assertThat(List.of(first, second)).allMatch(Job::isDisposed);
      assertThat(List.of(first, second)).allMatch(job -> job.ended() == 1);
      until(() -> turns.taken() == 0);
      blocker.detach();
    } finally {
      gate.countDown();
      closing.join();
      small.close();
    }
    assertThat(ran).isEmpty();
  }

  @Test
  void queueGoesOnOnceARuntimeThatWasTooFullForItsAlarmHasRoomAgain() {
    try (MultiThreadRuntime small =
        PolluxRuntime.builder().workers(1).maxTasks(1).pausedClock().multiThread()) {
      SerialQueue queue =
          new SerialQueue(new BlockingTurns(small, small, "test", 1), small.timer(), live);
      var taken = small.spawn(dev.pollux.core.Futures.pending());
      TestJob later = new TestJob(() -> ran.add("later"), queue);
      CountDownLatch ran = new CountDownLatch(1);
      offerAfter(queue, later, MILLI);
      until(later::isDisposed);
      assertThat(later.ended()).isEqualTo(1);
      assertThat(queue.isClosed()).isFalse();
      settle(queue);
      taken.requestCancel();
      until(() -> small.liveTasks() == 0);
      offerAfter(queue, new TestJob(ran::countDown, queue), MILLI);
      await(ran); // the clock jumps by itself
    }
  }

  private static void until(BooleanSupplier fact) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!fact.getAsBoolean()) {
      assertThat(System.nanoTime()).isLessThan(end);
      Thread.onSpinWait();
    }
  }
}
