package dev.pollux.samples.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What only a process of its own can show: exit codes, signals, and standard error as it is. */
@Timeout(180)
class ChildProcessTest {

  @TempDir private Path directory;

  private String file(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text).toString();
  }

  @Test
  void theDemoOfGoodFilesEndsWithZero() throws Exception {
    Ended ended = ChildProcess.run(directory, List.of(), "demo", file("a", "one\n"));
    assertThat(ended.err()).isEmpty();
    assertThat(ended.exitCode()).isEqualTo(0);
    assertThat(ended.outLines()).endsWith("counts agree");
  }

  @Test
  void theDemoOfABadFileEndsWithOne() throws Exception {
    Ended ended = ChildProcess.run(directory, List.of(), "demo", "none", file("a", "one\n"));
    assertThat(ended.exitCode()).isEqualTo(1);
    assertThat(ended.errLines()).containsExactly("pollux demo: none: no such file");
  }

  @Test
  void aWrongCommandEndsWithTwo() throws Exception {
    Ended ended = ChildProcess.run(directory, List.of(), "dmo");
    assertThat(ended.exitCode()).isEqualTo(2);
    assertThat(ended.errLines()).hasSize(1);
  }

  @Test
  void theProjectsOwnSourcesAreTheDefault() throws Exception {
    Path sources = Files.createDirectories(directory.resolve("home/module/src/main/java"));
    Files.writeString(sources.resolve("A.java"), "class A {}\n");
    Files.writeString(sources.resolve("note.txt"), "left out\n");
    Path home = directory.resolve("home");
    Ended ended = ChildProcess.run(directory, List.of("-Dpollux.home=" + home), "demo");
    assertThat(ended.exitCode()).isEqualTo(0);
    assertThat(ended.row("files")).contains("1");
    assertThat(ended.row("words")).contains("3");
  }

  @Test
  void anInterruptedDemoPrintsWhatWasDone() throws Exception {
    assumeFalse(ChildProcess.ignoresInterrupts(), "the signal would be ignored");
    String big = file("big", "some words in a line\n".repeat(500_000));
    List<String> args = new ArrayList<>(Collections.nCopies(2000, big));
    args.add(0, "demo");
    List<String> terminal = List.of("-Dpollux.terminal=true");
    try (ChildProcess child = ChildProcess.start(directory, Map.of(), terminal, args)) {
      child.awaitComplaint(); // the line of progress: it is at work
      assertThat(new ProcessBuilder("kill", "-INT", Long.toString(child.pid())).start().waitFor())
          .isZero();
      Ended ended = child.await();
      assertThat(ended.exitCode()).as(ended.toString()).isEqualTo(130);
      assertThat(ended.row("files").orElseThrow()).contains(" of 2000");
      assertThat(Long.parseLong(ended.row("lines").orElseThrow())).isPositive();
      assertThat(ended.outLines()).endsWith("interrupted: counts not checked");
      assertThat(ended.err()).startsWith("\rdemo: ").doesNotContain("\tat ");
    }
  }

  @Test
  void benchPrintsTabSeparatedValues() throws Exception {
    Ended ended = bench("--tsv", "--workload", "stream_flatmap,yield");
    assertThat(ended.err()).isEmpty();
    assertThat(ended.exitCode()).isEqualTo(0);
    assertThat(ended.outLines())
        .hasSize(11)
        .allMatch(line -> line.matches("pollux\t[a-z0-9_]+\t[a-z0-9_.]+\t[0-9]+\\.[0-9]{3,6}"));
    assertThat(ended.outLines())
        .extracting(line -> line.split("\t", -1)[1] + " " + line.split("\t", -1)[2])
        .containsExactly(
            "stream_flatmap ns_per_inner",
            "stream_flatmap ns_per_inner.min",
            "stream_flatmap ns_per_inner.max",
            "yield ns_per_yield",
            "yield ns_per_yield.min",
            "yield ns_per_yield.max",
            "yield cpu_ns_per_op",
            "yield allocated_bytes_per_op",
            "yield unparks_per_op",
            "yield steals_per_op",
            "yield parks_per_op");
  }

  @Test
  void benchOfSeveralForksPrintsATable() throws Exception {
    Ended ended = bench("--forks", "2", "--workload", "pipeline5_polleach");
    assertThat(ended.exitCode()).isEqualTo(0);
    assertThat(ended.outLines().get(0)).startsWith("JDK ");
    assertThat(ended.outLines()).hasSize(4);
    assertThat(ended.outLines().get(3))
        .matches("pipeline5_polleach +ns_per_element +[0-9.]+ +[0-9.]+ +[0-9.]+");
  }

  @Test
  void benchWithPeersPrintsWhoIsBest() throws Exception {
    Ended ended = bench("--quick", "--forks", "2", "--peer", "reactor", "--workload", "yield");
    assertThat(ended.exitCode()).as(ended.toString()).isEqualTo(0);
    assertThat(ended.outLines().get(0)).startsWith("JDK ");
    assertThat(ended.outLines()).contains("yield: ns_per_yield");
    assertThat(ended.outLines())
        .filteredOn(line -> line.startsWith("  pollux ") || line.startsWith("  reactor "))
        .hasSize(2)
        .anyMatch(line -> line.matches("  [a-z]+ +[0-9.]+ +[0-9.]+ to [0-9.]+ +1\\.00 x best"));
    assertThat(ended.outLines()).endsWith(ContestTable.QUICK);
  }

  @Test
  void benchWithPeersPrintsTheirLinesToo() throws Exception {
    Ended ended = bench("--tsv", "--peer", "rxjava", "--workload", "stream_flatmap");
    assertThat(ended.exitCode()).as(ended.toString()).isEqualTo(0);
    assertThat(ended.outLines())
        .extracting(line -> line.split("\t", -1)[0] + " " + line.split("\t", -1)[2])
        .containsExactly(
            "pollux ns_per_inner",
            "pollux ns_per_inner.min",
            "pollux ns_per_inner.max",
            "rxjava ns_per_inner",
            "rxjava ns_per_inner.min",
            "rxjava ns_per_inner.max");
  }

  @Test
  void benchOfAnUnknownWorkloadEndsWithThree() throws Exception {
    Ended ended = bench("--tsv", "--workload", "yield,tcp_echo_64");
    assertThat(ended.exitCode()).isEqualTo(3);
    assertThat(ended.errLines()).containsExactly("pollux bench: there is no workload tcp_echo_64");
    assertThat(ended.out()).isEmpty();
  }

  @Test
  void benchWhoseJvmDoesNotStartEndsWithOne() throws Exception {
    Map<String, String> environment = Map.of("POLLUX_JAVA_OPTS", "-XX:NoSuchOption");
    List<String> args = List.of("bench", "--tsv", "--workload", "yield");
    try (ChildProcess child = ChildProcess.start(directory, environment, List.of(), args)) {
      Ended ended = child.await();
      assertThat(ended.exitCode()).isEqualTo(1);
      assertThat(ended.err()).contains("pollux bench: workload yield failed");
    }
  }

  private Ended bench(String... options) throws IOException, InterruptedException {
    Map<String, String> shortly =
        Map.of(
            "POLLUX_JAVA_OPTS", "-Xms64m -Xmn32m -Xmx256m -XX:-AlwaysPreTouch",
            "PEERS_REPS", "2",
            "PEERS_MAX_REPS", "2",
            "PEERS_BUDGET_MS", "1",
            "PEERS_WARM_MS_JVM", "1");
    List<String> args = new ArrayList<>(List.of("bench"));
    args.addAll(List.of(options));
    try (ChildProcess child = ChildProcess.start(directory, shortly, List.of(), args)) {
      return child.await();
    }
  }
}
