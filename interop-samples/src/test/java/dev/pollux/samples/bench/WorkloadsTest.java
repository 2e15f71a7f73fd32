package dev.pollux.samples.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each workload comes to its right result, which it checks itself. */
@Timeout(120)
class WorkloadsTest {

  /** The others take a million tasks. */
  private static final List<String> TOO_LARGE = List.of("timers", "timer_cancel", "memory");

  static Stream<Arguments> smallOnes() {
    return Workloads.all().stream()
        .filter(one -> !TOO_LARGE.contains(one.name()))
        .flatMap(one -> one.runtimes().stream().map(kind -> Arguments.of(one, kind)));
  }

  private static List<Tsv> run(Workload workload, RuntimeKind kind) throws Exception {
    List<Tsv> lines = new ArrayList<>();
    Results results =
        (name, metric, value) -> {
          assertThat(name).isEqualTo(workload.name());
          lines.add(new Tsv("pollux", name, metric, value));
        };
    workload.run(kind, new Meter(new Settings(2, 2, 0, 0), workload.name(), results));
    return lines;
  }

  @ParameterizedTest
  @MethodSource("smallOnes")
  void aWorkloadReportsEachMetricOnceAndItsExtremesAfterIt(Workload workload, RuntimeKind kind)
      throws Exception {
    List<Tsv> lines = run(workload, kind);
    assertThat(lines).isNotEmpty().extracting(Tsv::metric).doesNotHaveDuplicates();
    assertThat(lines.get(0).value()).isPositive();
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).metric().endsWith(Results.LEAST)) {
        Tsv median = lines.get(i - 1);
        assertThat(lines.get(i).metric()).isEqualTo(median.metric() + ".min");
        assertThat(lines.get(i).value()).isPositive().isLessThanOrEqualTo(median.value());
        assertThat(lines.get(i + 1).metric()).isEqualTo(median.metric() + ".max");
        assertThat(lines.get(i + 1).value()).isGreaterThanOrEqualTo(median.value());
      }
    }
  }

  @Test
  void aWorkOfTasksSaysWhatOneCosts() throws Exception {
    assertThat(run(SpawnJoin.WORKLOAD, RuntimeKind.MULTI_THREAD))
        .extracting(Tsv::metric)
        .containsExactly(
            "ns_per_task",
            "ns_per_task.min",
            "ns_per_task.max",
            "cpu_ns_per_op",
            "allocated_bytes_per_op",
            "unparks_per_op",
            "steals_per_op",
            "parks_per_op");
    assertThat(run(SpawnJoin.WORKLOAD, RuntimeKind.CURRENT_THREAD))
        .extracting(Tsv::metric)
        .last()
        .isEqualTo("allocated_bytes_per_op");
  }

  @Test
  void namesAreUnique() {
    assertThat(Workloads.all()).extracting(Workload::name).doesNotHaveDuplicates();
    assertThat(Workloads.named("yield")).map(Workload::name).contains("yield");
    assertThat(Workloads.named("ten_million")).hasValue(Workloads.byNameOnly().get(0));
    assertThat(Workloads.all()).doesNotContainAnyElementsOf(Workloads.byNameOnly());
    assertThat(Workloads.named("none")).isEmpty();
  }

  @Test
  void aWrongResultIsRefused() {
    Meter meter = new Meter(new Settings(1, 1, 0, 0), "some", (name, metric, value) -> {});
    assertThatThrownBy(() -> meter.check(1, 2))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("wrong result of some: 1, not 2");
  }

  @Test
  void theMedianOfAnEvenNumberIsBetweenTheMiddleTwo() {
    assertThat(Samples.of(List.of(4.0, 1.0, 3.0, 10.0))).isEqualTo(new Samples(3.5, 1, 10));
    assertThat(Samples.of(List.of(7.0, 1.0, 3.0))).isEqualTo(new Samples(3, 1, 7));
  }

  @Test
  void aQuantileIsOneOfTheLatencies() {
    Latencies latencies = new Latencies();
    for (int i = 2000; i >= 1; i--) {
      latencies.add(i);
    }
    assertThat(latencies.quantile(0.5)).isEqualTo(1000);
    assertThat(latencies.quantile(0.99)).isEqualTo(1980);
    assertThat(latencies.quantile(1)).isEqualTo(2000);
    assertThatThrownBy(() -> new Latencies().quantile(0.5))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("wrong result: nothing was measured");
  }

  @Test
  void aWakeUpThatNobodyAnsweredIsRefused() {
    WokenTask task = new WokenTask(new Latencies());
    task.ring();
    assertThatThrownBy(task::ring)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("wrong result: a wake-up was not answered before the next");
  }

  @Test
  void aSmallValueKeepsItsDigits() {
    assertThat(new Tsv("pollux", "yield", "unparks_per_op", 0.00002).line())
        .isEqualTo("pollux\tyield\tunparks_per_op\t0.000020");
  }

  @Test
  void aLineIsReadBackAsItWasWritten() {
    Tsv line = new Tsv("pollux", "yield", "ns_per_yield", 12.5);
    assertThat(line.line()).isEqualTo("pollux\tyield\tns_per_yield\t12.500");
    assertThat(Tsv.parse(line.line())).contains(line);
    assertThat(Tsv.parse("something else")).isEmpty();
    assertThat(Tsv.parse("three\tfields\tand\tno number")).isEmpty();
  }
}
