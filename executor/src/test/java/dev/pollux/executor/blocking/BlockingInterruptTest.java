package dev.pollux.executor.blocking;

import static dev.pollux.executor.blocking.OuterRuntime.await;
import static dev.pollux.executor.blocking.OuterRuntime.occupy;
import static dev.pollux.executor.blocking.OuterRuntime.upTo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.JoinHandle;
import dev.pollux.core.TaskCancelledException;
import dev.pollux.core.TaskFailedException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileLockInterruptionException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a cancel does to jobs that may be interrupted, and what it leaves alone. */
@Timeout(60)
class BlockingInterruptTest {

  private final OuterRuntime runtime = new OuterRuntime();
  private final BlockingPool pool = runtime.pool(upTo(1));
  private final CountDownLatch gate = new CountDownLatch(1);
  private final CountDownLatch begun = new CountDownLatch(1);

  @AfterEach
  void shutDown() throws Exception {
    gate.countDown();
    assertThat(pool.shutdown(OuterRuntime.LIMIT_NANOS)).isEmpty();
    await(pool::isIdle);
  }

  @Test
  void aCancelInterruptsARunningJobWhichIsThenCancelled() throws Exception {
    JoinHandle<Object> job = spawnInterruptible(this::waitForTheGate);
    job.requestCancel();
    job.requestCancel();
    assertThatThrownBy(() -> job.join(Duration.ofSeconds(30)))
        .isInstanceOf(TaskCancelledException.class);
    assertThat(pool.spawnBlocking(Thread::interrupted).join()).isFalse();
    assertThat(runtime.uncaught).isEmpty();
  }

  @Test
  void aJobWithoutThatOptionIsNotInterrupted() throws Exception {
    JoinHandle<String> job = occupy(pool, 1, gate).get(0);
    job.requestCancel();
    JoinHandle<Boolean> next = pool.spawnBlocking(Thread::interrupted);
    gate.countDown();
    assertThat(job.join()).isEqualTo("occupied");
    assertThat(next.join()).isFalse();
  }

  @Test
  void aValueAnsweredInSpiteOfTheInterruptWins() throws Exception {
    JoinHandle<Object> job =
        spawnInterruptible(
            () -> {
              try {
                return waitForTheGate();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt(); // and leaves the flag behind
                return "all the same";
              }
            });
    job.requestCancel();
    assertThat(job.join(Duration.ofSeconds(30))).isEqualTo("all the same");
    assertThat(pool.spawnBlocking(Thread::interrupted).join()).isFalse();
  }

  @Test
  void aJobThatDoesNotLookAtTheInterruptLeavesNoneToTheNext() throws Exception {
    JoinHandle<Object> job =
        spawnInterruptible(
            () -> {
              while (gate.getCount() > 0) {
                Thread.onSpinWait();
              }
              return Thread.currentThread().isInterrupted();
            });
    job.requestCancel();
    gate.countDown();
    assertThat(job.join()).isEqualTo(true);
    assertThat(pool.spawnBlocking(Thread::interrupted).join()).isFalse();
  }

  static Stream<Exception> becauseOfTheInterrupt() {
    return Stream.of(
        new InterruptedException(),
        new InterruptedIOException(),
        new ClosedByInterruptException(),
        new FileLockInterruptionException(),
        new IllegalStateException(new InterruptedException()),
        new UncheckedIOException(new IOException(new ClosedByInterruptException())));
  }

  @ParameterizedTest
  @MethodSource("becauseOfTheInterrupt")
  void whatIsThrownBecauseOfTheInterruptIsACancellation(Exception thrown) throws Exception {
    JoinHandle<Object> job = throwsOnceInterrupted(thrown);
    job.requestCancel();
    assertThatThrownBy(() -> job.join(Duration.ofSeconds(30)))
        .isInstanceOf(TaskCancelledException.class);
    assertThat(pool.spawnBlocking(Thread::interrupted).join()).isFalse();
  }

  static Stream<Throwable> forAnotherReason() {
    IllegalStateException circle = new IllegalStateException();
    circle.initCause(new IllegalArgumentException(circle));
    return Stream.of(
        new IOException("disk"),
        new SocketTimeoutException(),
        circle,
        new AssertionError(new InterruptedException()));
  }

  @ParameterizedTest
  @MethodSource("forAnotherReason")
  void whatIsThrownForAnotherReasonIsAFailure(Throwable thrown) throws Exception {
    JoinHandle<Object> job = throwsOnceInterrupted(thrown);
    job.requestCancel();
    assertThatThrownBy(() -> job.join(Duration.ofSeconds(30)))
        .isInstanceOf(TaskFailedException.class)
        .hasCause(thrown);
    assertThat(pool.spawnBlocking(Thread::interrupted).join()).isFalse();
  }

  private JoinHandle<Object> throwsOnceInterrupted(Throwable thrown) throws Exception {
    return spawnInterruptible(
        () -> {
          try {
            return waitForTheGate();
          } catch (InterruptedException e) {
            if (thrown instanceof Error error) {
              throw error;
            }
            throw (Exception) thrown;
          }
        });
  }

  @Test
  void anInterruptByAnybodyElseIsAFailure() throws Exception {
    AtomicReference<Thread> thread = new AtomicReference<>();
    JoinHandle<Object> job =
        spawnInterruptible(
            () -> {
              thread.set(Thread.currentThread());
              return waitForTheGate();
            });
    await(() -> thread.get() != null);
    thread.get().interrupt();
    assertThatThrownBy(() -> job.join(Duration.ofSeconds(30)))
        .isInstanceOf(TaskFailedException.class)
        .hasCauseInstanceOf(InterruptedException.class);
  }

  @Test
  void aJobThatCancelsItselfIsInterrupted() throws Exception {
    AtomicReference<JoinHandle<Object>> self = new AtomicReference<>();
    self.set(
        pool.spawnInterruptible(
            "selfish",
            () -> {
              await(() -> self.get() != null);
              self.get().requestCancel();
              return waitForTheGate();
            }));
    assertThatThrownBy(() -> self.get().join(Duration.ofSeconds(30)))
        .isInstanceOf(TaskCancelledException.class)
        .hasMessageContaining("\"selfish\"");
  }

  @Test
  void aJobThatHasNotBegunIsTakenBackAndNobodyIsInterrupted() throws Exception {
    JoinHandle<String> running = occupy(pool, 1, gate).get(0);
    AtomicBoolean ran = new AtomicBoolean();
    JoinHandle<Object> queued = pool.spawnInterruptible(() -> ran.getAndSet(true));
    queued.requestCancel();
    queued.requestCancel();
    assertThat(queued.isFinished()).isTrue();
    gate.countDown();
    assertThat(running.join()).isEqualTo("occupied");
    assertThat(pool.spawnBlocking(Thread::interrupted).join()).isFalse();
    assertThat(ran).isFalse();
  }

  @Test
  void aCancelAfterTheEndInterruptsNobody() throws Exception {
    JoinHandle<Object> job = pool.spawnInterruptible(() -> 1);
    assertThat(job.join()).isEqualTo(1);
    JoinHandle<String> next = occupy(pool, 1, gate).get(0);
    job.requestCancel();
    gate.countDown();
    assertThat(next.join()).isEqualTo("occupied");
    assertThat(pool.spawnBlocking(Thread::interrupted).join()).isFalse();
  }

  @Test
  void aWaiterThatGivesUpInterruptsTheJob() throws Exception {
    AtomicBoolean interrupted = new AtomicBoolean();
    JoinHandle<Object> job =
        spawnInterruptible(
            () -> {
              try {
                return waitForTheGate();
              } catch (InterruptedException e) {
                interrupted.set(true);
                return "late";
              }
            });
    job.cancel();
    await(interrupted::get);
    await(() -> runtime.discarded.contains("late"));
  }

  @Test
  void namesAndJobsMustNotBeNull() {
    assertThatThrownBy(() -> pool.spawnInterruptible(null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("job");
    assertThatThrownBy(() -> pool.spawnInterruptible("name", null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("job");
    assertThatThrownBy(() -> pool.spawnInterruptible(null, () -> 1))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("name");
  }

  @Test
  void noInterruptOutlivesItsJobHoweverLateTheCancelComes() throws Exception {
    int rounds = 20_000;
    CyclicBarrier start = new CyclicBarrier(2);
    AtomicReference<JoinHandle<Object>> target = new AtomicReference<>();
    AtomicReference<Throwable> broken = new AtomicReference<>();
    Thread canceller =
        new Thread(
            () -> {
              try {
                for (int i = 0; i < rounds; i++) {
                  start.await(30, TimeUnit.SECONDS);
                  target.get().requestCancel();
                }
              } catch (Throwable thrown) {
                broken.set(thrown);
              }
            });
    canceller.start();
    int cancelled = 0;
    for (int i = 0; i < rounds; i++) {
      int spins = i % 64;
      target.set(
          pool.spawnInterruptible(
              () -> {
                for (int spin = 0; spin < spins; spin++) {
                  Thread.onSpinWait();
                }
                return 1;
              }));
      JoinHandle<Boolean> next =
          pool.spawnBlocking(
              () -> {
                for (int spin = 0; spin < 256; spin++) {
                  Thread.onSpinWait();
                }
                return Thread.currentThread().isInterrupted();
              });
      start.await(30, TimeUnit.SECONDS);
      assertThat(next.join()).as("round %s: the next job was interrupted", i).isFalse();
      try {
        assertThat(target.get().join()).isEqualTo(1);
      } catch (TaskCancelledException e) {
        cancelled++;
      }
    }
    canceller.join();
    assertThat(broken.get()).isNull();
    assertThat(cancelled).isBetween(0, rounds);
    assertThat(runtime.uncaught).isEmpty();
  }

  /** Spawns a job, and waits until it has begun. */
  private JoinHandle<Object> spawnInterruptible(Callable<Object> job) throws Exception {
    JoinHandle<Object> handle =
        pool.spawnInterruptible(
            () -> {
              begun.countDown();
              return job.call();
            });
    assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
    return handle;
  }

  private Object waitForTheGate() throws InterruptedException {
    gate.await();
    return "through";
  }
}
