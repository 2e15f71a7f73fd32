package dev.pollux.samples.cli;

import dev.pollux.io.process.GracefulShutdown;
import dev.pollux.io.tls.TlsConnector;
import dev.pollux.samples.echo.EchoLoad;
import dev.pollux.samples.echo.HostileLoad;
import dev.pollux.samples.echo.LoadOptions;
import dev.pollux.samples.echo.ServerKind;
import dev.pollux.samples.echo.ServerOptions;
import dev.pollux.samples.echo.ServerProcess;
import dev.pollux.samples.echo.ServerTrust;
import dev.pollux.samples.terminal.Terminal;
import dev.pollux.structure.CancellationToken;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Puts load on an echo server, and measures. */
@Command(
    name = "echo-load",
    description = {
      "Put load on an echo server, and measure it.",
      "",
      "Each connection sends a request, awaits its echo, checks it, and sends the next. Without"
          + " --port the server is started for it, in a process of its own, which POLLUX_JAVA_OPTS"
          + " gives its options. A latency is what a request of such a connection took: who waits"
          + " sends nothing meanwhile.",
      "",
      "With --ramp there are twice as many connections in each step, up to the first that fails;"
          + " what there were not enough of is named.",
      ""
    })
final class EchoLoadCommand implements Callable<Integer> {

  private static final double LONGEST_SECONDS = 1_000_000;
  private static final double MOST_RATIO = 2;

  private final Terminal terminal;

  @Option(
      names = "--connections",
      paramLabel = "N",
      defaultValue = "64",
      description =
          "How many, or with --ramp how many in the first step. Default: ${DEFAULT-VALUE}.")
  private int connections;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      defaultValue = "5",
      description = "How long to measure, in each step. Default: ${DEFAULT-VALUE}.")
  private double seconds;

  @Option(
      names = "--warm-up",
      paramLabel = "S",
      defaultValue = "2",
      description = "How long to run before. Default: ${DEFAULT-VALUE} seconds.")
  private double warmUpSeconds;

  @Option(
      names = "--size",
      paramLabel = "BYTES",
      defaultValue = "64",
      description = "The size of a request. Default: ${DEFAULT-VALUE}.")
  private int sizeBytes;

  @Option(
      names = "--ramp",
      description = "Go up to the number of connections at which the first one fails.")
  private boolean ramp;

  @Option(
      names = "--most",
      paramLabel = "N",
      description = "With --ramp: no more connections than that.")
  private @Nullable Integer most;

  @Option(
      names = "--hostile",
      paramLabel = "N",
      description =
          "Measure once more, beside N clients that mean harm: some send a byte now and then, some read nothing,"
              + " some write nothing, some send garbage, some vanish.")
  private @Nullable Integer hostile;

  @Option(
      names = "--most-ratio",
      paramLabel = "R",
      description =
          "With --hostile: how many times as long the slowest in a hundred requests may take. Default: 2.")
  private @Nullable Double mostRatio;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "With --hostile: of what these clients do by chance. Default: one by chance.")
  private @Nullable Long seed;

  @Option(
      names = "--client-threads",
      paramLabel = "N",
      defaultValue = "1",
      description = "Threads that drive the connections. Default: ${DEFAULT-VALUE}.")
  private int clientThreads;

  @Option(names = "--json", description = "Print the results as a line of JSON.")
  private boolean json;

  @Option(
      names = "--host",
      paramLabel = "ADDRESS",
      defaultValue = "127.0.0.1",
      description = "Where the server of --port is. Default: ${DEFAULT-VALUE}.")
  private String host = "127.0.0.1";

  @Option(
      names = "--port",
      paramLabel = "N",
      description = "The port of a server that runs already.")
  private @Nullable Integer port;

  @Option(
      names = "--pid",
      paramLabel = "N",
      description = "The process of that server, to measure its memory and processor time.")
  private @Nullable Long pid;

  @Option(
      names = "--tls",
      description =
          "Speak TLS. A server that is started for it makes a certificate, and that one is trusted.")
  private boolean tls;

  @Option(
      names = "--trust",
      paramLabel = "FILE",
      description =
          "With --port and --tls: a PEM file with the certificates that are trusted. Default: those"
              + " that Java trusts.")
  private @Nullable Path trust;

  @Option(
      names = "--insecure",
      description = "With --port and --tls: do not ask who the server is.")
  private boolean insecure;

  @Mixin private ServerKindOptions kind = new ServerKindOptions();

  EchoLoadCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws Exception {
    LoadOptions options = options();
    ServerOptions serverOptions = kind.options("echo-load");
    if (tls && !serverOptions.isOnRuntime()) {
      throw refused("--tls is for a runtime, not for --" + serverOptions.kind());
    }
    if (hostile != null) {
      serverOptions = hostile(serverOptions);
    }
    int most = this.most == null ? Integer.MAX_VALUE : this.most;
    try (GracefulShutdown shutdown = GracefulShutdown.onSignals()) {
      try (ServerProcess server = server(serverOptions)) {
        EchoLoad load = new EchoLoad(server, options, terminal, shutdown.token(), json);
        EchoLoad.Outcome outcome =
            hostile != null
                ? beside(hostile, server, options, shutdown.token())
                : ramp ? load.ramp(most) : load.run();
        return switch (outcome) {
          case DONE -> ExitCode.DONE;
          case FAILED -> ExitCode.FAILED;
          case INTERRUPTED -> ExitCode.of(shutdown);
        };
      } catch (IOException failure) {
        if (shutdown.isRequested()) { // the server has heard it too
          return ExitCode.of(shutdown);
        }
        throw new CommandException(ExitCode.FAILED, "echo-load: " + failure.getMessage());
      }
    }
  }

  private EchoLoad.Outcome beside(
      int hostile, ServerProcess server, LoadOptions options, CancellationToken stop)
      throws Exception {
    long seed = this.seed == null ? System.nanoTime() : this.seed;
    return new HostileLoad(
            server,
            options,
            hostile,
            mostRatio == null ? MOST_RATIO : mostRatio,
            seed,
            terminal,
            stop,
            json)
        .run();
  }

  /** A server on a runtime, for the others bear everything. */
  private ServerOptions hostile(ServerOptions options) throws CommandException {
    if (options.kind() == ServerKind.THREADS || options.kind() == ServerKind.VIRTUAL_THREADS) {
      throw refused("--hostile is for a server with limits, not for --" + options.kind());
    }
    return options.withLimits(HostileLoad.LIMITS);
  }

  private LoadOptions options() throws CommandException {
    check("--connections", connections, 1, Integer.MAX_VALUE);
    check("--size", sizeBytes, 1, LoadOptions.MOST_BYTES);
    check("--client-threads", clientThreads, 1, 1024);
    check("--seconds", seconds, Double.MIN_VALUE, LONGEST_SECONDS);
    check("--warm-up", warmUpSeconds, 0, LONGEST_SECONDS);
    if (most != null) {
      if (!ramp) {
        throw refused("--most is for --ramp");
      }
      check("--most", most, 1, Integer.MAX_VALUE);
    }
    if (hostile != null) {
      check("--hostile", hostile, 1, Integer.MAX_VALUE);
      if (ramp) {
        throw refused("--hostile is not for --ramp");
      }
      if (mostRatio != null) {
        check("--most-ratio", mostRatio, Double.MIN_VALUE, LONGEST_SECONDS);
      }
    } else if (mostRatio != null || seed != null) {
      throw refused("--most-ratio and --seed are for --hostile");
    }
    if (port != null) {
      check("--port", port, 1, Ports.GREATEST);
    }
    if (port != null && kind.isGiven()) {
      throw refused("the server of --port runs already, and can't be told what kind it is");
    }
    if (port == null && pid != null) {
      throw refused("--pid is for --port");
    }
    if ((trust != null || insecure) && (port == null || !tls)) {
      throw refused("--trust and --insecure are for --port and --tls");
    }
    if (trust != null && insecure) {
      throw refused("--trust is of no use with --insecure");
    }
    return new LoadOptions(
        connections, sizeBytes, clientThreads, nanos(warmUpSeconds), nanos(seconds));
  }

  private static void check(String name, double value, double least, double most)
      throws CommandException {
    if (!(value >= least && value <= most)) {
      throw refused(
          least == Double.MIN_VALUE
              ? "%s must be more than 0 and at most %.0f, was %s".formatted(name, most, value)
              : "%s must be %.0f to %.0f, was %s".formatted(name, least, most, plain(value)));
    }
  }

  private static String plain(double value) {
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }

  private static long nanos(double seconds) {
    return Math.round(seconds * 1e9);
  }

  private ServerProcess server(ServerOptions options) throws Exception {
    if (port == null) {
      List<String> program = new ArrayList<>();
      program.addAll(List.of(Main.class.getName(), "echo", "--until-input-ends", "--json"));
      program.addAll(EchoLimitOptions.arguments(options.limits()));
      return ServerProcess.start(options, program, tls);
    }
    @Nullable ProcessHandle process = null;
    if (pid != null) {
      process = ProcessHandle.of(pid).orElseThrow(() -> refused("there is no process " + pid));
    }
    return ServerProcess.running(
        Ports.address("echo-load", host, port), process, tls ? connector() : null);
  }

  private TlsConnector connector() throws CommandException {
    if (insecure) {
      return ServerTrust.ofAnybody();
    }
    if (trust == null) {
      return TlsConnector.create();
    }
    try {
      return ServerTrust.of(trust);
    } catch (IOException failure) {
      throw new CommandException(
          ExitCode.FAILED, "echo-load: can't read --trust: " + FileFailures.words(failure));
    }
  }

  private static CommandException refused(String why) {
    return new CommandException(ExitCode.USAGE, "echo-load: " + why);
  }
}
