package dev.pollux.samples.cli;

import dev.pollux.io.process.GracefulShutdown;
import dev.pollux.samples.bench.ChildFailedException;
import dev.pollux.samples.bench.ChildJvm;
import dev.pollux.samples.bench.Results;
import dev.pollux.samples.bench.RuntimeKind;
import dev.pollux.samples.bench.Tsv;
import dev.pollux.samples.bench.Workload;
import dev.pollux.samples.bench.Workloads;
import dev.pollux.samples.terminal.Terminal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
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
    footerHeading = "%nWorkloads:%n",
    footer = {
      "",
      "A one-shot is a value and an AtomicWaker. Works of tasks are also measured by what one operation costs: CPU time,"
          + " workers woken, tasks handed from one to another, workers put to sleep.",
      "POLLUX_JAVA_OPTS and PEERS_JAVA_OPTS add to the options of the JVMs; PEERS_JAVA names another java. PEERS_REPS,"
          + " PEERS_MAX_REPS, PEERS_BUDGET_MS and PEERS_WARM_MS_JVM say how long to measure."
    })
final class BenchCommand implements Callable<Integer> {

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

  @Option(
      names = "--runtime",
      paramLabel = "KIND",
      description =
          "${COMPLETION-CANDIDATES}. Default: multi-thread, and current-thread for streams, which are one task.")
  private @Nullable RuntimeKind runtime;

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
        Stream.concat(
            Workloads.all().stream().map(one -> line(one, "")),
            Workloads.byNameOnly().stream().map(one -> line(one, " (only by name)")));
    CommandLine.Model.UsageMessageSpec usage = command.getCommandSpec().usageMessage();
    usage.footer(Stream.concat(list, Arrays.stream(usage.footer())).toArray(String[]::new));
    return command;
  }

  private static String line(Workload workload, String remark) {
    return "  %-22s %s%s".formatted(workload.name(), workload.what(), remark);
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
    List<Workload> workloads = new ArrayList<>();
    for (String name : names) {
      Workload workload = Workloads.named(name).orElseThrow(() -> noSuch("no workload " + name));
      if (!canRun(workload)) {
        throw noSuch("no " + name + " on the " + runtime + " runtime");
      }
      workloads.add(workload);
    }
    return names.isEmpty() ? Workloads.all().stream().filter(this::canRun).toList() : workloads;
  }

  private static CommandException noSuch(String what) {
    return new CommandException(ExitCode.NO_SUCH_WORKLOAD, "bench: there is " + what);
  }

  private boolean canRun(Workload workload) {
    return runtime == null || workload.runtimes().contains(runtime);
  }

  private RuntimeKind runtimeOf(Workload workload) {
    return runtime == null ? workload.usualRuntime() : runtime;
  }

  private void printTsv(String workload, String metric, double value) {
    terminal.out().println(new Tsv(workload, metric, value).line());
    terminal.out().flush();
  }

  /** What a child is called with, before the name of the workload. */
  private static List<String> inChild(RuntimeKind kind) {
    return List.of(
        Main.class.getName(),
        "bench",
        "--in-process",
        "--tsv",
        "--runtime",
        kind.toString(),
        "--workload");
  }

  private int measure(List<Workload> workloads, Results results) throws Exception {
    if (inProcess) {
      for (Workload workload : workloads) {
        workload.run(runtimeOf(workload), results);
      }
      return ExitCode.DONE;
    }
    try (GracefulShutdown shutdown = GracefulShutdown.onSignals()) {
      for (Workload workload : workloads) {
        ChildJvm child = new ChildJvm(inChild(runtimeOf(workload)), shutdown.token());
        try {
          child.measure(workload, forks, results);
        } catch (ChildFailedException failed) {
          if (shutdown.isRequested()) {
            return ExitCode.of(shutdown);
          }
          throw new CommandException(ExitCode.FAILED, "bench: " + failed.getMessage());
        }
      }
    }
    return ExitCode.DONE;
  }
}
