package dev.pollux.samples.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each workload comes to its right result, which it checks itself. */
@Timeout(120)
class WorkloadsTest {

  /** The others take a million tasks. */
  private static final List<String> TOO_LARGE = List.of("timers", "timer_cancel", "memory");

  static Stream<Workload> smallOnes() {
    return Workloads.all().stream().filter(one -> !TOO_LARGE.contains(one.name()));
  }

  @ParameterizedTest
  @MethodSource("smallOnes")
  void aWorkloadReportsMedianLeastAndGreatest(Workload workload) throws Exception {
    List<Tsv> lines = new ArrayList<>();
    Results results =
        (name, metric, value) -> {
          assertThat(name).isEqualTo(workload.name());
          lines.add(new Tsv(name, metric, value));
        };
    workload.body().run(new Meter(new Settings(2, 2, 0, 0), workload.name(), results));
    assertThat(lines).hasSize(3);
    double median = lines.get(0).value();
    assertThat(lines.get(1).metric()).isEqualTo(lines.get(0).metric() + ".min");
    assertThat(lines.get(1).value()).isPositive().isLessThanOrEqualTo(median);
    assertThat(lines.get(2).metric()).isEqualTo(lines.get(0).metric() + ".max");
    assertThat(lines.get(2).value()).isGreaterThanOrEqualTo(median);
  }

  @Test
  void namesAreUnique() {
    assertThat(Workloads.all()).extracting(Workload::name).doesNotHaveDuplicates();
    assertThat(Workloads.named("yield")).map(Workload::name).contains("yield");
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
  void aLineIsReadBackAsItWasWritten() {
    Tsv line = new Tsv("yield", "ns_per_yield", 12.5);
    assertThat(line.line()).isEqualTo("pollux\tyield\tns_per_yield\t12.500");
    assertThat(Tsv.parse(line.line())).contains(line);
    assertThat(Tsv.parse("something else")).isEmpty();
  }
}
