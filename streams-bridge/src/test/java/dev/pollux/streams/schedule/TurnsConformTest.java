package dev.pollux.streams.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.JoinHandle;
import dev.pollux.spi.Blocking;
import dev.pollux.streams.CapturingSpawner;
import dev.pollux.streams.TestSpawner;
import dev.pollux.testing.ConformanceKit;
import dev.pollux.testing.FutureConformance;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The futures behind the turns of a queue keep every law. */
class TurnsConformTest {

  private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

  @TestFactory
  Stream<DynamicTest> drainOnWorkersConforms() {
    return checks("drain", kit -> drain(kit, false));
  }

  @TestFactory
  Stream<DynamicTest> drainThatWaitsConforms() {
    return checks("drain that waits", kit -> drain(kit, true));
  }

  @TestFactory
  Stream<DynamicTest> alarmConforms() {
    return checks("alarm", TurnsConformTest::alarm);
  }

  private static Stream<DynamicTest> checks(
      String name, Function<ConformanceKit, Future<Void>> make) {
    return FutureConformance.of(name, make).expectValue(null).checks().stream()
        .map(check -> dynamicTest(check.law().toString(), check::run));
  }

  private static Future<Void> drain(ConformanceKit kit, boolean waits) {
    CapturingSpawner spawner = new CapturingSpawner();
    SerialQueue queue =
        new SerialQueue(new WorkerTurns(spawner, "test"), kit.clock(), new LiveSet(() -> {}));
    for (int i = 0; i < 3; i++) {
      TestJob job = new TestJob(() -> {}, queue);
      assertThat(waits ? queue.offerAfter(job, (i + 1) * MILLI) : queue.offer(job)).isTrue();
    }
    return spawner.take();
  }

  /** The alarm of a queue whose pool job has found nothing to run yet. */
  private static Future<Void> alarm(ConformanceKit kit) {
    CapturingSpawner spawner = new CapturingSpawner();
    CapturingPool pool = new CapturingPool();
    BlockingTurns turns = new BlockingTurns(spawner, pool, "test", 1);
    SerialQueue queue = new SerialQueue(turns, kit.clock(), new LiveSet(() -> {}));
    assertThat(queue.offerAfter(new TestJob(() -> {}, queue), MILLI)).isTrue();
    try {
      pool.captured.call();
    } catch (Exception impossible) {
      throw new AssertionError(impossible);
    }
    return spawner.take();
  }

  /** Runs nothing, and keeps the job for the test to call. */
  private static final class CapturingPool implements Blocking {

    private final TestSpawner handles = new TestSpawner();
    private Callable<?> captured;

    @Override
    public <T> JoinHandle<T> spawnBlocking(Callable<T> job) {
      return spawnBlocking("", job);
    }

    @Override
    public <T> JoinHandle<T> spawnBlocking(String name, Callable<T> job) {
      captured = job;
      return handles.spawn(name, Futures.pending());
    }

    @Override
    public <T> JoinHandle<T> spawnInterruptible(Callable<T> job) {
      return spawnBlocking("", job);
    }

    @Override
    public <T> JoinHandle<T> spawnInterruptible(String name, Callable<T> job) {
      return spawnBlocking(name, job);
    }
  }
}
