package dev.pollux.samples.cli;

import dev.pollux.io.process.GracefulShutdown;
import dev.pollux.samples.echo.EchoLoad;
import dev.pollux.samples.echo.LoadOptions;
import dev.pollux.samples.echo.ServerOptions;
import dev.pollux.samples.echo.ServerProcess;
import dev.pollux.samples.terminal.Terminal;
import java.io.IOException;
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

  @Mixin private ServerKindOptions kind = new ServerKindOptions();

  EchoLoadCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws Exception {
    LoadOptions options = options();
    ServerOptions serverOptions = kind.options("echo-load");
    int most = this.most == null ? Integer.MAX_VALUE : this.most;
    try (GracefulShutdown shutdown = GracefulShutdown.onSignals()) {
      try (ServerProcess server = server(serverOptions)) {
        EchoLoad load = new EchoLoad(server, options, terminal, shutdown.token(), json);
        return switch (ramp ? load.ramp(most) : load.run()) {
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
    if (port != null) {
      check("--port", port, 1, Ports.GREATEST);
    }
    if (port != null && kind.isGiven()) {
      throw refused("the server of --port runs already, and can't be told what kind it is");
    }
    if (port == null && pid != null) {
      throw refused("--pid is for --port");
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
      return ServerProcess.start(
          options, List.of(Main.class.getName(), "echo", "--until-input-ends", "--json"));
    }
    @Nullable ProcessHandle process = null;
    if (pid != null) {
      process = ProcessHandle.of(pid).orElseThrow(() -> refused("there is no process " + pid));
    }
    return ServerProcess.running(Ports.address("echo-load", host, port), process);
  }

  private static CommandException refused(String why) {
    return new CommandException(ExitCode.USAGE, "echo-load: " + why);
  }
}
