package dev.pollux.samples.cli;

import dev.pollux.io.process.GracefulShutdown;
import dev.pollux.samples.stress.LongRun;
import dev.pollux.samples.stress.LongRuns;
import dev.pollux.samples.terminal.Terminal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs for long what the build runs shortly. */
@Command(
    name = "stress",
    description = {
      "Run the races and the chaos at length, and the tests and the TCK again and again.",
      "",
      "The races are the jcstress tests. The chaos is a test of the multi-thread runtime that draws at random what"
          + " tasks do, and checks that each ends once and nothing is lost. The trust is that in our schedulers: pipelines of Reactor and RxJava, drawn at"
          + " random, must emit the same on them as on the libraries' own. The tests are those of the library and the Reactive Streams TCK over its"
          + " bridges, by Maven; what they draw at random is drawn anew in each round. The TCK alone is run by tck; all parts together have it in their tests."
          + " All output is left in target/stress. It may take hours.",
      ""
    })
final class StressCommand implements Callable<Integer> {

  private enum Part {
    RACES,
    CHAOS,
    TRUST,
    TESTS,
    TCK;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Terminal terminal;

  @Parameters(paramLabel = "PART", description = "${COMPLETION-CANDIDATES}. Default: all.")
  private List<Part> parts = List.of();

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "10",
      description = "Rounds of tests, or of the TCK. Default: ${DEFAULT-VALUE}.")
  private int rounds;

  @Option(
      names = "--chaos-seconds",
      paramLabel = "N",
      defaultValue = "600",
      description = "How long the chaos takes. Default: ${DEFAULT-VALUE}.")
  private int chaosSeconds;

  @Option(
      names = "--trust-rounds",
      paramLabel = "N",
      defaultValue = "10000",
      description = "Pipelines of each library. Default: ${DEFAULT-VALUE}.")
  private int trustRounds;

  @Option(
      names = "--pattern",
      paramLabel = "REGEX",
      defaultValue = "",
      description = "Only the races whose names contain this.")
  private String pattern = "";

  @Option(
      names = "--mode",
      paramLabel = "MODE",
      defaultValue = "default",
      description =
          "How hard jcstress tries: sanity, quick, default, tough or stress. Default: ${DEFAULT-VALUE}.")
  private String mode = "default";

  StressCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws Exception {
    if (rounds < 1) {
      throw new CommandException(
          ExitCode.USAGE, "stress: --rounds must be at least 1, was " + rounds);
    }
    if (chaosSeconds < 1) {
      throw new CommandException(
          ExitCode.USAGE, "stress: --chaos-seconds must be at least 1, was " + chaosSeconds);
    }
    if (trustRounds < 1) {
      throw new CommandException(
          ExitCode.USAGE, "stress: --trust-rounds must be at least 1, was " + trustRounds);
    }
    @Nullable String home = System.getProperty("pollux.home");
    if (home == null) {
      throw new CommandException(
          ExitCode.USAGE, "stress: only the launcher knows where the project is");
    }
    try (GracefulShutdown shutdown = GracefulShutdown.onSignals()) {
      boolean passed = new LongRuns(terminal, shutdown.token()).run(runs(Path.of(home)));
      return shutdown.isRequested()
          ? ExitCode.of(shutdown)
          : passed ? ExitCode.DONE : ExitCode.FAILED;
    }
  }

  private List<LongRun> runs(Path home) {
    List<LongRun> runs = new ArrayList<>();
    if (parts.isEmpty() || parts.contains(Part.RACES)) {
      runs.add(LongRun.races(home, pattern, mode));
    }
    if (parts.isEmpty() || parts.contains(Part.CHAOS)) {
      runs.add(LongRun.chaos(home, chaosSeconds));
    }
    if (parts.isEmpty() || parts.contains(Part.TRUST)) {
      runs.add(LongRun.trust(home, trustRounds));
    }
    if (parts.isEmpty() || parts.contains(Part.TESTS)) {
      for (int round = 1; round <= rounds; round++) {
        runs.add(LongRun.tests(home, round));
      }
    } else if (parts.contains(Part.TCK)) { // the tests have it
      for (int round = 1; round <= rounds; round++) {
        runs.add(LongRun.tck(home, round));
      }
    }
    return runs;
  }
}
