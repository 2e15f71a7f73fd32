package dev.pollux.samples.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

/** Contenders are measured in turns, and ranked by the medians of their machines. */
class ContestTest {

  private static final Workload YIELD = Workloads.named("yield").orElseThrow();
  private static final Workload TIMERS = Workloads.named("timers").orElseThrow();

  private final List<String> runs = new ArrayList<>();

  /** What each contender measures, machine by machine; none left is a failure. */
  private final Map<String, Queue<Double>> values = new ConcurrentHashMap<>();

  private static Contender contender(String name, Workload... workloads) {
    return new Contender(name, List.of(workloads)::contains, workload -> List.of());
  }

  private void measures(String name, Double... medians) {
    values.put(name, new ArrayDeque<>(List.of(medians)));
  }

  private Contest contest(int forks, Contender... contenders) {
    return new Contest(
        List.of(contenders), forks, this::run, (workload, round, contender) -> begins(round));
  }

  private void begins(int round) {
    runs.add(String.valueOf(round));
  }

  private List<Tsv> run(Contender contender, Workload workload) throws ChildFailedException {
    runs.set(runs.size() - 1, runs.get(runs.size() - 1) + " " + contender);
    Double value = values.getOrDefault(contender.name(), new ArrayDeque<>(List.of(1.0))).poll();
    if (value == null) {
      throw new ChildFailedException(7);
    }
    return List.of(
        new Tsv(contender.name(), workload.name(), "ns", value),
        new Tsv(contender.name(), workload.name(), "ns.min", value / 2),
        new Tsv(contender.name(), workload.name(), "ns.max", value * 2));
  }

  @Test
  void eachRoundHasAMachineOfEach() throws Exception {
    measures("pollux", 1.0, 1.0, 1.0);
    measures("a", 1.0, 1.0, 1.0);
    measures("b", 1.0, 1.0, 1.0);
    Contest contest =
        contest(3, contender("pollux", YIELD), contender("a", YIELD), contender("b", YIELD));
    assertThat(contest.machines(List.of(YIELD, TIMERS))).isEqualTo(9);
    contest.measure(YIELD);
    assertThat(runs)
        .containsExactly(
            "1 pollux", "1 a", "1 b", "2 pollux", "2 a", "2 b", "3 pollux", "3 a", "3 b");
  }

  @Test
  void whoDoesNotHaveTheWorkloadIsNotStarted() throws Exception {
    Contest contest = contest(1, contender("pollux", YIELD, TIMERS), contender("a", TIMERS));
    Standing standing = contest.measure(YIELD);
    assertThat(runs).containsExactly("1 pollux");
    assertThat(standing.scores()).extracting(Score::contender).containsExactly("pollux");
    assertThat(standing.sharedMetrics()).isEmpty();
  }

  @Test
  void ofOneMachineItsOwnExtremesStand() throws Exception {
    measures("pollux", 8.0);
    Score score = contest(1, contender("pollux", YIELD)).measure(YIELD).scores().get(0);
    assertThat(score.metrics()).containsExactly("ns");
    assertThat(score.median("ns")).contains(8.0);
    assertThat(score.least("ns")).contains(4.0);
    assertThat(score.greatest("ns")).contains(16.0);
    assertThat(score.median("other")).isEmpty();
  }

  @Test
  void ofSeveralMachinesTheMedianOfTheMediansStands() throws Exception {
    measures("pollux", 8.0, 2.0, 3.0);
    Score score = contest(3, contender("pollux", YIELD)).measure(YIELD).scores().get(0);
    assertThat(score.lines())
        .containsExactly(
            new Tsv("pollux", "yield", "ns", 3),
            new Tsv("pollux", "yield", "ns.min", 2),
            new Tsv("pollux", "yield", "ns.max", 8));
  }

  @Test
  void whoFailsIsNotStartedAgainAndTheOthersGoOn() throws Exception {
    measures("pollux", 1.0, 1.0);
    measures("a");
    measures("b", 2.0, 2.0);
    Standing standing =
        contest(2, contender("pollux", YIELD), contender("a", YIELD), contender("b", YIELD))
            .measure(YIELD);
    assertThat(runs).containsExactly("1 pollux", "1 a", "1 b", "2 pollux", "2 b");
    assertThat(standing.failures())
        .containsExactly(new Score("a", List.of(), "its JVM ended with exit code 7"));
    assertThat(standing.sharedMetrics()).containsExactly("ns");
    assertThat(Ranking.of(standing, "ns").ratio(standing.scores().get(1))).isEmpty();
  }

  @Test
  void whatIsStoppedEnds() {
    Contest contest =
        new Contest(
            List.of(contender("pollux", YIELD)),
            1,
            (contender, workload) -> {
              throw new CancellationException("stopped");
            },
            (workload, round, contender) -> {});
    assertThatThrownBy(() -> contest.measure(YIELD)).isInstanceOf(CancellationException.class);
  }

  private static Standing standing(String metric, double first, double second) {
    return new Standing(
        YIELD, List.of(score("pollux", metric, first), score("other", metric, second)));
  }

  private static Score score(String name, String metric, double value) {
    return new Score(name, List.of(new Tsv(name, "yield", metric, value)), null);
  }

  @Test
  void theLeastTimeIsBest() {
    Standing standing = standing("ns_per_yield", 30, 20);
    Ranking ranking = Ranking.of(standing, "ns_per_yield");
    assertThat(ranking.isBest(standing.scores().get(0))).isFalse();
    assertThat(ranking.isBest(standing.scores().get(1))).isTrue();
    assertThat(ranking.ratio(standing.scores().get(0))).contains(1.5);
    assertThat(ranking.ratio(standing.scores().get(1))).contains(1.0);
  }

  @Test
  void ofUnitsTheMostAreBest() {
    Standing standing = standing("units", 30, 20);
    Ranking ranking = Ranking.of(standing, "units");
    assertThat(ranking.isBest(standing.scores().get(0))).isTrue();
    assertThat(ranking.ratio(standing.scores().get(1))).contains(1.5);
  }

  @Test
  void whatSaysNothingIsNotRanked() {
    assertThat(Ranking.of(standing("rss_bytes_per_task", 1, 2), "rss_bytes_per_task").best())
        .isEmpty();
    assertThat(Ranking.of(standing("units_tried", 1, 2), "units_tried").best()).isEmpty();
    Standing alone = new Standing(YIELD, List.of(score("pollux", "ns", 1)));
    assertThat(Ranking.of(alone, "ns").best()).isEmpty();
    Standing negative = standing("over_ideal_ms", 4, -1);
    Ranking ranking = Ranking.of(negative, "over_ideal_ms");
    assertThat(ranking.isBest(negative.scores().get(1))).isTrue();
    assertThat(ranking.ratio(negative.scores().get(0))).isEmpty();
  }

  @Test
  void theVersionOfAnotherJavaIsRead() throws Exception {
    assertThat(
            MeasuringJava.parse("openjdk version \"25.0.1\" 2025-10-21 LTS\nOpenJDK ...").feature())
        .isEqualTo(25);
    assertThatThrownBy(() -> MeasuringJava.parse("java version \"1.8.0_402\""))
        .isInstanceOf(IOException.class)
        .hasMessage("the java of PEERS_JAVA has the version 1.8.0_402, not 17 or newer");
    assertThatThrownBy(() -> MeasuringJava.parse("none of that"))
        .isInstanceOf(IOException.class)
        .hasMessage("the java of PEERS_JAVA doesn't say its version");
  }

  @Test
  void fillingEndsAtItsBoundOrWhereNoMoreCanBeStarted() throws Exception {
    List<Integer> batches = new ArrayList<>();
    assertThat(Filling.most(4, 10, batches::add)).isEqualTo(10);
    assertThat(batches).containsExactly(4, 4, 2);
    assertThat(
            Filling.most(
                4,
                10,
                count -> {
                  batches.add(count);
                  if (batches.size() == 5) {
                    throw new OutOfMemoryError("no more threads");
                  }
                }))
        .isEqualTo(4);
  }
}
