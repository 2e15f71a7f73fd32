package dev.pollux.executor;

import static dev.pollux.executor.MultiThreading.awaitOpen;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.core.Futures;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.TaskInfo;
import dev.pollux.executor.MultiThreading.Uncaught;
import dev.pollux.executor.Waiting.Elsewhere;
import dev.pollux.spi.RuntimeListener;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Who can see the end of a task relies on its having been told and counted before. */
@ParameterizedClass
@EnumSource
@Timeout(60)
class EndIsToldFirstTest {

  private static final int ROUNDS = 2000;

  private final Uncaught uncaught = new Uncaught();
  private final Holder holder = new Holder();
  private final Flavour flavour;
  private final PolluxRuntime runtime;

  EndIsToldFirstTest(Flavour flavour) {
    this.flavour = flavour;
    this.runtime =
        flavour.build(
            PolluxRuntime.builder().uncaughtFailureHandler(uncaught::add).listener(holder));
  }

  @AfterEach
  void nothingFails() {
    holder.go.countDown();
    runtime.close();
    uncaught.assertNone();
  }

  /** Looks at a task while the listener hears of its end. */
  private void assertToldFirst(Supplier<JoinHandle<?>> spawn) throws Exception {
    holder.holds = true;
    JoinHandle<?> held = spawn.get();
    Elsewhere<Object> joiner =
        Waiting.elsewhere(() -> runtime.blockOn(held.recover(failure -> null)));
    awaitOpen(holder.reached);
    assertThat(held.isFinished()).isFalse();
    assertThat(joiner.isDone()).isFalse();
    assertThat(holder.told).isEmpty();
    assertThat(runtime.dump().tasks()).anyMatch(task -> task.id() == held.id());
    holder.go.countDown();
    joiner.result();
    assertThat(holder.told).contains(held.id());
  }

  @Test
  void ofATaskThatCompletes() throws Exception {
    assertToldFirst(() -> runtime.spawn(Futures.ready(1)));
  }

  @Test
  void ofATaskThatFails() throws Exception {
    assertToldFirst(() -> runtime.spawn(Futures.failed(new IllegalStateException("no"))));
  }

  @Test
  void ofATaskThatIsCancelled() throws Exception {
    assertToldFirst(
        () -> {
          JoinHandle<Object> waits = runtime.spawn(MultiThreading.waits(cx -> {}, () -> {}));
          waits.requestCancel();
          return waits;
        });
  }

  @Test
  void ofAPinnedTask() throws Exception {
    assertToldFirst(() -> runtime.spawnPinned(() -> Futures.ready(1)));
  }

  @Test
  void ofAJob() throws Exception {
    assertToldFirst(() -> runtime.spawnBlocking(() -> 1));
  }

  @Test
  void ofAJobThatFails() throws Exception {
    assertToldFirst(
        () ->
            runtime.spawnInterruptible(
                () -> {
                  throw new IllegalStateException("no");
                }));
  }

  @Test
  void whoHasJoinedFindsTheTaskToldAndCounted() throws Exception {
    for (int round = 1; round <= ROUNDS; round++) {
      JoinHandle<Integer> one = runtime.spawn(Futures.ready(1));
      if (flavour == Flavour.MULTI_THREAD) {
        one.join();
        RuntimeMetrics metrics = runtime.metrics();
        assertThat(metrics.completedTasks()).isEqualTo(round);
        assertThat(metrics.liveTasks()).isZero();
      } else {
        assertThat(runtime.blockOn(one)).isEqualTo(1);
        assertThat(runtime.metrics().completedTasks()).isEqualTo(2L * round);
      }
      assertThat(holder.told).contains(one.id());
      holder.told.clear();
    }
  }

  /** Writes down the ends that it hears of; the first of them only when it is let go. */
  private static final class Holder implements RuntimeListener {
    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch go = new CountDownLatch(1);
    private volatile boolean holds;
    private final Set<Long> told = ConcurrentHashMap.newKeySet();

    @Override
    public void taskEnded(TaskInfo task, Outcome outcome) {
      ended(task);
    }

    @Override
    public void jobEnded(TaskInfo job, Outcome outcome) {
      ended(job);
    }

    private void ended(TaskInfo task) {
      if (holds) {
        holds = false;
        reached.countDown();
        try {
          awaitOpen(go);
        } catch (InterruptedException e) {
          throw new AssertionError(e);
        }
      }
      told.add(task.id());
    }
  }
}
