package dev.pollux.samples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.samples.bench.Child;
import dev.pollux.samples.bench.ChildFailedException;
import dev.pollux.samples.bench.Contender;
import dev.pollux.samples.bench.Score;
import dev.pollux.samples.bench.Standing;
import dev.pollux.samples.bench.Tsv;
import dev.pollux.samples.bench.Workload;
import dev.pollux.samples.bench.Workloads;
import dev.pollux.samples.terminal.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a contest prints: the table, the document, the line of progress. */
class ContestOutputTest {

  private static final Workload YIELD = Workloads.named("yield").orElseThrow();
  private static final Workload TIMERS = Workloads.named("timers").orElseThrow();

  private static final BenchMachine MACHINE =
      new BenchMachine(
          Runtime.Version.parse("17.0.1"), 2, "Linux 6 amd64", Map.of("Reactor", "3.8.8"));

  private static final Standing STANDING =
      new Standing(
          YIELD,
          List.of(
              score("pollux", 25, "ns_per_yield", "cpu_ns_per_op"),
              score("fork-join", 20, "ns_per_yield"),
              failed("reactor")));

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private final PrintStream printed = new PrintStream(out, true, StandardCharsets.UTF_8);

  private static Score score(String name, double value, String... metrics) {
    return new Score(
        name,
        List.of(metrics).stream()
            .flatMap(
                metric ->
                    List.of(
                        new Tsv(name, "yield", metric, value),
                        new Tsv(name, "yield", metric + ".min", value - 1),
                        new Tsv(name, "yield", metric + ".max", value + 1))
                        .stream())
            .toList(),
        null);
  }

  private static Score failed(String name) {
    return new Score(name, List.of(), "its JVM ended with exit code 1");
  }

  private List<String> lines() {
    return out.toString(StandardCharsets.UTF_8).lines().toList();
  }

  @Test
  void theTableMarksTheWinnerAndWhoFailed() {
    BenchOutput table =
        BenchOutput.table(printed, MACHINE, 3, false, List.of("left out: virtual-threads"));
    table.take(STANDING);
    table.finish(true);
    assertThat(lines())
        .containsExactly(
            "JDK 17.0.1, 2 processors, Linux 6 amd64",
            "Reactor 3.8.8",
            "3 JVMs for each, in turns, with the same heap for all: the median of their medians,"
                + " and the range",
            "left out: virtual-threads",
            "",
            "yield: ns_per_yield",
            "  pollux                      25.00               24.00 to 26.00     1.25 x",
            "  fork-join                   20.00               19.00 to 21.00     1.00 x best",
            "  reactor              failed: its JVM ended with exit code 1",
            "",
            "workload           metric               best                                "
                + "pollux    to best",
            "yield              ns_per_yield         fork-join                20.00       25.00"
                + "     1.25 x",
            "yield              reactor failed: its JVM ended with exit code 1");
    assertThat(lines()).allMatch(line -> line.length() <= 100);
  }

  @Test
  void quickFiguresAreSaidToBeNoneAndAStoppedRunToBeStopped() {
    BenchOutput table = BenchOutput.table(printed, MACHINE, 1, true, List.of());
    table.finish(false);
    assertThat(lines()).filteredOn(line -> line.equals(ContestTable.QUICK)).hasSize(2);
    assertThat(lines()).endsWith("stopped: the rest was not measured");
    assertThat(lines()).allMatch(line -> line.length() <= 100);
  }

  @Test
  void whatOnlyOneHasIsPrintedWhereThereIsNothingToCompare() {
    BenchOutput table = BenchOutput.table(printed, MACHINE, 1, false, List.of());
    table.take(new Standing(YIELD, List.of(score("pollux", 25, "ns_per_yield", "cpu_ns_per_op"))));
    assertThat(lines())
        .contains("yield: ns_per_yield", "yield: cpu_ns_per_op")
        .noneMatch(line -> line.contains(" x"));
  }

  @Test
  void whatOnlyAPeerHasIsPrintedToo() {
    BenchOutput table = BenchOutput.table(printed, MACHINE, 1, false, List.of());
    table.take(
        new Standing(
            YIELD,
            List.of(
                score("pollux", 25, "units", "cpu_ns_per_op"),
                score("fork-join", 30, "units"),
                score("os-threads", 10, "units_tried"))));
    assertThat(lines())
        .contains(
            "yield: units",
            "yield: units_tried",
            "  os-threads                  10.00                9.00 to 11.00           ")
        .doesNotContain("yield: cpu_ns_per_op");
  }

  @Test
  void aWorkloadThatAllFailedInIsNamed() {
    BenchOutput table = BenchOutput.table(printed, MACHINE, 1, false, List.of());
    table.take(new Standing(YIELD, List.of(failed("pollux"), failed("reactor"))));
    assertThat(lines())
        .endsWith(
            "yield",
            "  pollux               failed: its JVM ended with exit code 1",
            "  reactor              failed: its JVM ended with exit code 1");
  }

  @Test
  void theDocumentHasEverything() {
    BenchOutput json = BenchOutput.json(printed, MACHINE, 3, true, List.of("left out: x"));
    json.take(STANDING);
    assertThat(lines()).isEmpty();
    json.finish(true);
    assertThat(lines()).hasSize(1);
    JsonNode document = JsonMapper.builder().build().readTree(lines().get(0));
    assertThat(document.get("jdk").asString()).isEqualTo("17.0.1");
    assertThat(document.get("libraries").get("Reactor").asString()).isEqualTo("3.8.8");
    assertThat(document.get("forks").asInt()).isEqualTo(3);
    assertThat(document.get("quick").asBoolean()).isTrue();
    assertThat(document.get("complete").asBoolean()).isTrue();
    assertThat(document.get("left_out").get(0).asString()).isEqualTo("left out: x");
    JsonNode workload = document.get("workloads").get(0);
    assertThat(workload.get("workload").asString()).isEqualTo("yield");
    assertThat(workload.get("heap").get(0).asString()).startsWith("-Xms");
    JsonNode ours = workload.get("results").get(0);
    assertThat(ours.get("peer").asString()).isEqualTo("pollux");
    assertThat(ours.get("failure").isNull()).isTrue();
    JsonNode time = ours.get("metrics").get("ns_per_yield");
    assertThat(time.get("median").asDouble()).isEqualTo(25);
    assertThat(time.get("least").asDouble()).isEqualTo(24);
    assertThat(time.get("greatest").asDouble()).isEqualTo(26);
    assertThat(time.get("ratio_to_best").asDouble()).isEqualTo(1.25);
    assertThat(time.get("best").asBoolean()).isFalse();
    assertThat(ours.get("metrics").get("cpu_ns_per_op").get("ratio_to_best").isNull()).isTrue();
    JsonNode winner = workload.get("results").get(1).get("metrics").get("ns_per_yield");
    assertThat(winner.get("best").asBoolean()).isTrue();
    assertThat(workload.get("results").get(2).get("failure").asString()).contains("exit code 1");
  }

  private boolean run(boolean isInteractive, Child child) throws Exception {
    Terminal terminal =
        new Terminal(printed, new PrintStream(err, true, StandardCharsets.UTF_8), isInteractive);
    List<Contender> contenders =
        List.of(
            new Contender("pollux", workload -> true, workload -> List.of()),
            new Contender("a", YIELD::equals, workload -> List.of()));
    return new BenchRun(
            terminal, List.of(YIELD, TIMERS), contenders, 2, child, BenchOutput.tsv(printed))
        .run();
  }

  private static List<Tsv> one(Contender contender, Workload workload) {
    return List.of(new Tsv(contender.name(), workload.name(), "ns", 1));
  }

  @Test
  void aRunPrintsWhatIsCompleteAndShowsHowFarItIs() throws Exception {
    assertThat(run(true, ContestOutputTest::one)).isTrue();
    assertThat(lines())
        .filteredOn(line -> !line.contains(".m"))
        .containsExactly(
            "pollux\tyield\tns\t1.000", "a\tyield\tns\t1.000", "pollux\ttimers\tns\t1.000");
    assertThat(err.toString(StandardCharsets.UTF_8))
        .contains("\rbench: yield, round 1 of 2: pollux; JVM 1 of 6")
        .contains("\rbench: yield, round 2 of 2: a; JVM 4 of 6")
        .contains("\rbench: timers, round 2 of 2: pollux; JVM 6 of 6")
        .endsWith("\r");
  }

  @Test
  void aRunWithAFailureGoesOnAndIsNotGood() throws Exception {
    boolean isGood =
        run(
            false,
            (contender, workload) -> {
              if (workload.equals(YIELD)) {
                throw new ChildFailedException(9);
              }
              return one(contender, workload);
            });
    assertThat(isGood).isFalse();
    assertThat(err.toString(StandardCharsets.UTF_8).lines())
        .containsExactly(
            "pollux bench: workload yield failed: its JVM ended with exit code 9",
            "pollux bench: workload yield of a failed: its JVM ended with exit code 9");
    assertThat(lines()).first().isEqualTo("pollux\ttimers\tns\t1.000");
  }

  @Test
  void aStoppedRunPrintsWhatWasComplete() throws Exception {
    boolean isGood =
        run(
            false,
            (contender, workload) -> {
              if (workload.equals(TIMERS)) {
                throw new CancellationException("stopped");
              }
              return one(contender, workload);
            });
    assertThat(isGood).isFalse();
    assertThat(lines()).first().isEqualTo("pollux\tyield\tns\t1.000");
    assertThat(lines()).noneMatch(line -> line.contains("timers"));
    assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
  }

  @Test
  void thePeersOfAnOldJdkAreFewer() {
    BenchPeers on17 = BenchPeers.all(17);
    assertThat(on17.leftOut())
        .containsExactly("left out: virtual-threads need JDK 21 or newer, the measuring one is 17");
    assertThat(on17.peers()).extracting(Object::toString).doesNotContain("virtual-threads");
    BenchPeers on25 = BenchPeers.all(25);
    assertThat(on25.leftOut()).isEmpty();
    assertThat(on25.peers()).extracting(Object::toString).contains("virtual-threads");
    assertThat(BenchPeers.all(17).have(YIELD)).isTrue();
    assertThat(BenchPeers.NOBODY.have(YIELD)).isFalse();
  }

  @Test
  void peersRunInTheirOrderWhateverTheyAreNamedIn() throws Exception {
    BenchPeers peers = BenchPeers.named(List.of("netty", "pollux", "fork-join"), 17);
    assertThat(peers.peers()).extracting(Object::toString).containsExactly("fork-join", "netty");
    assertThat(BenchPeers.named(List.of("none"), 17).isEmpty()).isTrue();
    assertThat(refusal("virtual-threads"))
        .isEqualTo("bench: virtual-threads need JDK 21 or newer, the measuring one is 17");
  }

  private static @Nullable String refusal(String peer) {
    try {
      BenchPeers.named(List.of(peer), 17);
      return null;
    } catch (CommandException refused) {
      assertThat(refused.exitCode()).isEqualTo(3);
      return refused.getMessage();
    }
  }
}
