package dev.pollux.samples.cli;

import dev.pollux.samples.bench.ChildFailedException;
import dev.pollux.samples.bench.ChildJvm;
import dev.pollux.samples.bench.Results;
import dev.pollux.samples.bench.Tsv;
import dev.pollux.samples.bench.Workload;
import dev.pollux.samples.bench.Workloads;
import dev.pollux.samples.terminal.Interruption;
import dev.pollux.samples.terminal.Terminal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures the workloads that other runtimes are measured with, and some of its own. */
@Command(
    name = "bench",
    description = {
      "Measure the runtime, by the workloads that other runtimes are measured with too.",
      "",
      "Each workload runs in a JVM of its own, which warms up, repeats at least five times and reports the median;"
          + " every repetition checks its result. One start of a JVM is not a measurement: with --forks, median and"
          + " extremes are those of several.",
      ""
    },
    footerHeading = "%nWorkloads, on the current-thread runtime:%n",
    footer = {
      "",
      "A one-shot is a CompletableFuture that is awaited as a future, the nearest form.",
      "POLLUX_JAVA_OPTS and PEERS_JAVA_OPTS add to the options of the JVMs; PEERS_JAVA names another java. PEERS_REPS,"
          + " PEERS_MAX_REPS, PEERS_BUDGET_MS and PEERS_WARM_MS_JVM say how long to measure."
    })
final class BenchCommand implements Callable<Integer> {

  /** What a child is called with, before the name of the workload. */
  private static final List<String> IN_CHILD =
      List.of(Main.class.getName(), "bench", "--in-process", "--tsv", "--workload");

  private final Terminal terminal;

  @Option(names = "--tsv", description = "Print lines of peer, workload, metric and value.")
  private boolean tsv;

  @Option(
      names = "--workload",
      paramLabel = "NAME",
      split = ",",
      description = "Only these, separated by commas. Default: all.")
  private List<String> names = List.of();

  @Option(
      names = "--forks",
      paramLabel = "N",
      defaultValue = "1",
      description = "Start N JVMs for each workload. Default: ${DEFAULT-VALUE}.")
  private int forks;

  /** In the JVM that measures. */
  @Option(names = "--in-process", hidden = true)
  private boolean inProcess;

  private BenchCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  /** The command, its help completed with the list of workloads. */
  static CommandLine withListOfWorkloads(Terminal terminal) {
    CommandLine command = new CommandLine(new BenchCommand(terminal));
    Stream<String> list =
        Workloads.all().stream().map(one -> "  %-20s %s".formatted(one.name(), one.what()));
    CommandLine.Model.UsageMessageSpec usage = command.getCommandSpec().usageMessage();
    usage.footer(Stream.concat(list, Arrays.stream(usage.footer())).toArray(String[]::new));
    return command;
  }

  @Override
  public Integer call() throws Exception {
    if (forks < 1) {
      throw new CommandException(ExitCode.USAGE, "bench: --forks must be at least 1, was " + forks);
    }
    List<Workload> workloads = workloads();
    if (tsv) {
      return measure(workloads, this::printTsv);
    }
    BenchTable table = new BenchTable(terminal.out());
    int exitCode = measure(workloads, table);
    table.finish();
    return exitCode;
  }

  private List<Workload> workloads() throws CommandException {
    if (names.isEmpty()) {
      return Workloads.all();
    }
    List<Workload> workloads = new ArrayList<>();
    for (String name : names) {
      workloads.add(
          Workloads.named(name)
              .orElseThrow(
                  () ->
                      new CommandException(
                          ExitCode.NO_SUCH_WORKLOAD, "bench: there is no workload " + name)));
    }
    return workloads;
  }

  private void printTsv(String workload, String metric, double value) {
    terminal.out().println(new Tsv(workload, metric, value).line());
    terminal.out().flush();
  }

  private int measure(List<Workload> workloads, Results results) throws Exception {
    if (inProcess) {
      for (Workload workload : workloads) {
        workload.run(results);
      }
      return ExitCode.DONE;
    }
    try (Interruption interruption = Interruption.listen()) {
      ChildJvm child = new ChildJvm(IN_CHILD, interruption);
      for (Workload workload : workloads) {
        try {
          child.measure(workload, forks, results);
        } catch (ChildFailedException failed) {
          if (interruption.isRequested()) {
            return ExitCode.INTERRUPTED;
          }
          throw new CommandException(ExitCode.FAILED, "bench: " + failed.getMessage());
        }
      }
    }
    return ExitCode.DONE;
  }
}
