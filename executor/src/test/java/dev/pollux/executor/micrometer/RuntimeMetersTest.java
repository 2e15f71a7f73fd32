package dev.pollux.executor.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.pollux.core.Futures;
import dev.pollux.core.JoinHandle;
import dev.pollux.executor.CurrentThreadRuntime;
import dev.pollux.executor.DurationHistogram;
import dev.pollux.executor.DurationHistogram.Bucket;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.executor.RuntimeMetrics;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RuntimeMetersTest {

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

  private static RuntimeMeters meters(PolluxRuntime runtime) {
    return new RuntimeMeters(runtime, Tags.empty(), 0);
  }

  private double count(String name, String... tags) {
    return registry.get(name).tags(tags).functionCounter().count();
  }

  private double gauge(String name, String... tags) {
    return registry.get(name).tags(tags).gauge().value();
  }

  /** Three tasks: one ends, one fails, one lives on. */
  private static void work(CurrentThreadRuntime runtime) throws Exception {
    assertThat(runtime.blockOn(Futures.ready(1))).isEqualTo(1);
    JoinHandle<Integer> failing =
        runtime.spawn(Futures.failed(new IllegalStateException("on purpose")));
    assertThatThrownBy(() -> runtime.blockOn(failing)).hasRootCauseMessage("on purpose");
    runtime.spawn(Futures.pending()).detach();
  }

  @Test
  void showsWhatTheRuntimeCounts() throws Exception {
    try (CurrentThreadRuntime runtime = PolluxRuntime.builder().name("r").currentThread();
        RuntimeMeters meters = meters(runtime)) {
      meters.bindTo(registry);
      work(runtime);
      RuntimeMetrics metrics = runtime.metrics();
      assertThat(count("pollux.tasks.spawned", "runtime", "r"))
          .isEqualTo((double) metrics.spawnedTasks());
      assertThat(count("pollux.tasks.ended", "end", "completed"))
          .isEqualTo((double) metrics.completedTasks());
      assertThat(count("pollux.tasks.ended", "end", "failed"))
          .isEqualTo((double) metrics.failedTasks());
      assertThat(count("pollux.tasks.ended", "end", "cancelled")).isZero();
      assertThat(metrics.failedTasks()).isPositive();
      assertThat(gauge("pollux.tasks.live")).isEqualTo(1);
      assertThat(gauge("pollux.workers")).isEqualTo(1);
      assertThat(count("pollux.worker.polls", "worker", "0")).isEqualTo((double) metrics.polls());
      assertThat(gauge("pollux.inject.depth") + gauge("pollux.worker.depth", "worker", "0"))
          .isEqualTo(1);
    }
  }

  @Test
  void showsHowLongPollsTook() throws Exception {
    try (CurrentThreadRuntime runtime = PolluxRuntime.currentThread();
        RuntimeMeters meters = meters(runtime)) {
      meters.bindTo(registry);
      work(runtime);
      RuntimeMetrics metrics = runtime.metrics();
      FunctionTimer timer = registry.get("pollux.poll.time").functionTimer();
      assertThat(timer.count()).isEqualTo((double) metrics.pollTimes().count());
      assertThat(timer.mean(TimeUnit.NANOSECONDS))
          .isBetween(0.0, (double) metrics.pollTimes().max().toNanos());
      assertThat(registry.get("pollux.poll.time.max").timeGauge().value(TimeUnit.NANOSECONDS))
          .isCloseTo((double) metrics.pollTimes().max().toNanos(), withinPercentage(0.001));
      assertThat(
              registry
                  .get("pollux.poll.time.percentile")
                  .tags("phi", "0.5")
                  .timeGauge()
                  .value(TimeUnit.NANOSECONDS))
          .isCloseTo(
              (double) metrics.pollTimes().percentile(50).toNanos(), withinPercentage(0.001));
      double before = 0;
      for (String limit : new String[] {"0.00001", "0.0001", "0.001", "0.01", "0.1", "1", "10"}) {
        double upto = count("pollux.poll.time.upto", "le", limit);
        assertThat(upto).as(limit).isGreaterThanOrEqualTo(before);
        before = upto;
      }
      assertThat(before).isEqualTo((double) metrics.pollTimes().count());
    }
  }

  @Test
  void theTotalNeverFalls() {
    Bucket longer = new Bucket(1000, 1000, 1000);
    double before = RuntimeMeters.totalNanos(new DurationHistogram(List.of(longer)));
    Bucket one = new Bucket(500, 500, 1);
    double after = RuntimeMeters.totalNanos(new DurationHistogram(List.of(one, longer)));
    assertThat(before).isEqualTo(1_000_000.0);
    assertThat(after).isEqualTo(1_000_500.0);
  }

  @Test
  void everyWorkerHasItsOwn() {
    try (PolluxRuntime runtime = PolluxRuntime.builder().workers(3).multiThread();
        RuntimeMeters meters = meters(runtime)) {
      meters.bindTo(registry);
      Set<String> workers =
          registry.find("pollux.worker.parks").functionCounters().stream()
              .map(counter -> counter.getId().getTag("worker"))
              .collect(Collectors.toSet());
      assertThat(workers).containsExactlyInAnyOrder("0", "1", "2");
      assertThat(registry.get("pollux.worker.busy").tags("worker", "2").functionCounter().getId())
          .extracting(Meter.Id::getBaseUnit)
          .isEqualTo("seconds");
    }
  }

  @Test
  void closeTakesItsMetersOutOfAllRegistriesAndNoOthers() {
    SimpleMeterRegistry other = new SimpleMeterRegistry();
    try (PolluxRuntime runtime = PolluxRuntime.currentThread()) {
      var mine = registry.counter("mine");
      RuntimeMeters first = meters(runtime);
      RuntimeMeters second = meters(runtime);
      first.bindTo(registry);
      first.bindTo(other);
      first.bindTo(other);
      second.bindTo(registry); // finds all of them there
      int bound = registry.getMeters().size();
      second.close();
      assertThat(registry.getMeters()).hasSize(bound);
      first.close();
      first.close();
      assertThat(registry.getMeters()).containsExactly(mine);
      assertThat(other.getMeters()).isEmpty();
      first.bindTo(registry);
      assertThat(registry.getMeters()).hasSize(bound);
    }
  }

  @Test
  void runtimesOfOneNameAreToldApartByATag() {
    try (PolluxRuntime one = PolluxRuntime.builder().name("same").currentThread();
        PolluxRuntime two = PolluxRuntime.builder().name("same").workers(2).multiThread()) {
      new RuntimeMeters(one, Tags.of("part", "1")).bindTo(registry);
      new RuntimeMeters(two, Tags.of("part", "2")).bindTo(registry);
      assertThat(gauge("pollux.workers", "part", "1")).isEqualTo(1);
      assertThat(gauge("pollux.workers", "part", "2", "runtime", "same")).isEqualTo(2);
    }
  }

  @Test
  void metersReadTogetherAreOneLook() {
    try (CurrentThreadRuntime runtime = PolluxRuntime.currentThread();
        RuntimeMeters meters =
            new RuntimeMeters(runtime, Tags.empty(), Duration.ofHours(1).toNanos())) {
      meters.bindTo(registry);
      assertThat(gauge("pollux.tasks.live")).isZero();
      runtime.spawn(Futures.pending()).detach();
      assertThat(gauge("pollux.tasks.live")).isZero();
      assertThat(count("pollux.tasks.spawned")).isZero();
    }
  }

  @Test
  void aClosedRuntimeCanStillBeRead() throws Exception {
    CurrentThreadRuntime runtime = PolluxRuntime.currentThread();
    try (RuntimeMeters meters = meters(runtime)) {
      meters.bindTo(registry);
      work(runtime);
      runtime.close();
      assertThat(gauge("pollux.tasks.live")).isZero();
      assertThat(count("pollux.tasks.ended", "end", "cancelled")).isEqualTo(1);
    }
  }

  @Test
  void holdsNoRuntime() throws Exception {
    RuntimeMeters meters = boundToARuntimeThatIsGone(registry);
    FunctionCounter spawned = registry.get("pollux.tasks.spawned").functionCounter();
    assertThat(gauge("pollux.tasks.live")).isNaN();
    assertThat(spawned.count()).isNotNegative();
    SimpleMeterRegistry other = new SimpleMeterRegistry();
    meters.bindTo(other);
    assertThat(other.getMeters()).isEmpty();
  }

  private static RuntimeMeters boundToARuntimeThatIsGone(MeterRegistry registry)
      throws InterruptedException {
    CurrentThreadRuntime runtime = PolluxRuntime.currentThread();
    RuntimeMeters meters = meters(runtime);
    meters.bindTo(registry);
    runtime.close();
    WeakReference<PolluxRuntime> gone = new WeakReference<>(runtime);
    runtime = null;
    for (int i = 0; i < 100 && gone.get() != null; i++) {
      System.gc();
      TimeUnit.MILLISECONDS.sleep(10);
    }
    assertThat(gone.get()).as("the runtime").isNull();
    return meters;
  }
}
