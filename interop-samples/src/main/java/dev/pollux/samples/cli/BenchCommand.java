package dev.pollux.samples.cli;

import dev.pollux.io.process.GracefulShutdown;
import dev.pollux.samples.bench.Child;
import dev.pollux.samples.bench.ChildJvm;
import dev.pollux.samples.bench.Contender;
import dev.pollux.samples.bench.MeasuringJava;
import dev.pollux.samples.bench.Results;
import dev.pollux.samples.bench.RuntimeKind;
import dev.pollux.samples.bench.Tsv;
import dev.pollux.samples.bench.Workload;
import dev.pollux.samples.bench.Workloads;
import dev.pollux.samples.bench.peer.Peer;
import dev.pollux.samples.bench.peer.Peers;
import dev.pollux.samples.terminal.Terminal;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures Pollux and its peers by the same workloads, and Pollux by some of its own. */
@Command(
    name = "bench",
    description = {
      "Measure Pollux, and its peers on the JVM by the same workloads.",
      "",
      "Each workload runs in a JVM of its own for each that is measured, which warms up, repeats at least five times"
          + " and reports the median; every repetition checks its result. One start of a JVM is not a measurement: with"
          + " peers each has three, in turns with the others; median and range are those of several.",
      ""
    },
    footerHeading = "%nPeers:%n",
    footer = {
      "",
      "Without --workload, those run that a peer has too, and with --peer none all. What only Pollux measures beside the"
          + " others is in --tsv and --json, and in the table where there is nothing to compare.",
      "",
      "A one-shot is a value and an AtomicWaker. Works of tasks are also measured by what one operation costs: CPU time,"
          + " workers woken, tasks handed from one to another, workers put to sleep.",
      "POLLUX_JAVA_OPTS and PEERS_JAVA_OPTS add to the options of the JVMs; PEERS_JAVA names another java. PEERS_REPS,"
          + " PEERS_MAX_REPS, PEERS_BUDGET_MS and PEERS_WARM_MS_JVM say how long to measure."
    })
final class BenchCommand implements Callable<Integer> {

  private static final int FORKS_WITH_PEERS = 3;

  /** Of --quick, where the environment says nothing else. */
  private static final Map<String, String> SHORTLY =
      Map.of(
          "PEERS_REPS", "3",
          "PEERS_MAX_REPS", "5",
          "PEERS_BUDGET_MS", "100",
          "PEERS_WARM_MS_JVM", "200");

  private final Terminal terminal;

  @Option(
      names = "--tsv",
      description =
          "Print lines of peer, workload, metric and value; of Pollux alone, unless --peer names others.")
  private boolean tsv;

  @Option(names = "--json", description = "Print one line of JSON at the end.")
  private boolean json;

  @Option(
      names = "--workload",
      paramLabel = "NAME",
      split = ",",
      description = "Only these, separated by commas.")
  private List<String> names = List.of();

  @Option(
      names = "--peer",
      paramLabel = "NAME",
      split = ",",
      description = "Only these beside Pollux, or none. Default: all.")
  private List<String> peerNames = List.of();

  @Option(
      names = "--forks",
      paramLabel = "N",
      description =
          "Start N JVMs for each workload. Default: 3 with peers, 1 without, 1 if --quick.")
  private @Nullable Integer forks;

  @Option(
      names = "--quick",
      description =
          "Hardly warm up, and repeat seldom: to see that it works. No figure to decide on.")
  private boolean quick;

  @Option(
      names = "--runtime",
      paramLabel = "KIND",
      description =
          "Pollux's: ${COMPLETION-CANDIDATES}. Default: multi-thread, and current-thread for streams, which are one task.")
  private @Nullable RuntimeKind runtime;

  /** In the JVM that measures. */
  @Option(names = "--in-process", hidden = true)
  private boolean inProcess;

  private BenchCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  /** The command, its help completed with the lists of peers and workloads. */
  static CommandLine withListOfWorkloads(Terminal terminal) {
    CommandLine command = new CommandLine(new BenchCommand(terminal));
    Stream<String> list =
        Stream.of(
                Peers.all().stream().map(BenchCommand::line),
                Stream.of("", "Workloads:"),
                Workloads.all().stream().map(one -> line(one, "")),
                Workloads.byNameOnly().stream().map(one -> line(one, " (only by name)")))
            .flatMap(lines -> lines);
    CommandLine.Model.UsageMessageSpec usage = command.getCommandSpec().usageMessage();
    usage.footer(Stream.concat(list, Arrays.stream(usage.footer())).toArray(String[]::new));
    return command;
  }

  private static String line(Peer peer) {
    return "  %-22s %s".formatted(peer.name(), peer.what());
  }

  private static String line(Workload workload, String remark) {
    return "  %-22s %s%s".formatted(workload.name(), workload.what(), remark);
  }

  @Override
  public Integer call() throws Exception {
    if (tsv && json) {
      throw new CommandException(ExitCode.USAGE, "bench: --json and --tsv exclude each other");
    }
    if (forks != null && forks < 1) {
      throw new CommandException(ExitCode.USAGE, "bench: --forks must be at least 1, was " + forks);
    }
    if (inProcess) {
      return measureHere();
    }
    BenchPeers peers = peers();
    List<Workload> workloads = workloads(peers);
    if (!peerNames.isEmpty()) {
      requireAll(peers, workloads);
    }
    if (workloads.stream().noneMatch(peers::have)) {
      peers = BenchPeers.NOBODY;
    }
    return measure(workloads, peers, forks(peers));
  }

  private BenchPeers peers() throws CommandException, IOException {
    if (!peerNames.isEmpty()) {
      return BenchPeers.named(peerNames, MeasuringJava.version().feature());
    }
    return tsv ? BenchPeers.NOBODY : BenchPeers.all(MeasuringJava.version().feature());
  }

  private int forks(BenchPeers peers) {
    if (forks != null) {
      return forks;
    }
    return peers.isEmpty() || quick ? 1 : FORKS_WITH_PEERS;
  }

  private List<Workload> workloads(BenchPeers peers) throws CommandException {
    List<Workload> workloads = new ArrayList<>();
    for (String name : names) {
      Workload workload = Workloads.named(name).orElseThrow(() -> noSuch("no workload " + name));
      if (!canRun(workload)) {
        throw noSuch("no " + name + " on the " + runtime + " runtime");
      }
      workloads.add(workload);
    }
    return names.isEmpty()
        ? Workloads.all().stream()
            .filter(one -> canRun(one) && (peers.isEmpty() || peers.have(one)))
            .toList()
        : workloads;
  }

  /** Refuses a peer that would not be measured although it was asked for. */
  private static void requireAll(BenchPeers peers, List<Workload> workloads)
      throws CommandException {
    for (Peer peer : peers.peers()) {
      if (workloads.stream().noneMatch(workload -> peer.has(workload.name()))) {
        throw noSuch("none of these workloads of " + peer);
      }
    }
  }

  private static CommandException noSuch(String what) {
    return new CommandException(ExitCode.NO_SUCH_WORKLOAD, "bench: there is " + what);
  }

  private boolean canRun(Workload workload) {
    return runtime == null || workload.runtimes().contains(runtime);
  }

  /** In this machine, without any turns. */
  private int measureHere() throws Exception {
    BenchPeers peers = BenchPeers.named(peerNames, Runtime.version().feature());
    for (Workload workload : workloads(BenchPeers.NOBODY)) {
      if (peers.isEmpty()) {
        RuntimeKind kind = runtime == null ? workload.usualRuntime() : runtime;
        workload.run(kind, printing(Contender.POLLUX));
      }
      for (Peer peer : peers.peers()) {
        if (!peer.has(workload.name())) {
          throw noSuch("no " + workload.name() + " of " + peer);
        }
        peer.run(workload.name(), printing(peer.name()));
      }
    }
    return ExitCode.DONE;
  }

  private Results printing(String contender) {
    return (workload, metric, value) -> {
      terminal.out().println(new Tsv(contender, workload, metric, value).line());
      terminal.out().flush();
    };
  }

  private int measure(List<Workload> workloads, BenchPeers peers, int forks) throws Exception {
    BenchOutput output = output(peers, forks);
    List<Contender> contenders = peers.contenders(runtime);
    try (GracefulShutdown shutdown = GracefulShutdown.onSignals()) {
      Child child = new ChildJvm(shutdown.token(), quick ? SHORTLY : Map.of());
      BenchRun run = new BenchRun(terminal, workloads, contenders, forks, child, output);
      boolean isGood = run.run();
      if (shutdown.isRequested()) {
        return ExitCode.of(shutdown);
      }
      return isGood ? ExitCode.DONE : ExitCode.FAILED;
    }
  }

  private BenchOutput output(BenchPeers peers, int forks) throws IOException {
    if (tsv) {
      return BenchOutput.tsv(terminal.out());
    }
    BenchMachine machine = BenchMachine.here();
    if (json) {
      return BenchOutput.json(terminal.out(), machine, forks, quick, peers.leftOut());
    }
    return peers.isEmpty()
        ? BenchOutput.ofPollux(terminal.out(), machine, quick)
        : BenchOutput.table(terminal.out(), machine, forks, quick, peers.leftOut());
  }
}
