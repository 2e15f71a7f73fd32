package dev.pollux.samples.cli;

import dev.pollux.io.process.GracefulShutdown;
import dev.pollux.samples.echo.EchoCounts;
import dev.pollux.samples.echo.EchoServer;
import dev.pollux.samples.echo.NoVirtualThreadsException;
import dev.pollux.samples.echo.ServerOptions;
import dev.pollux.samples.echo.ServerProcess;
import dev.pollux.samples.terminal.Terminal;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Serves connections by sending back what comes. */
@Command(
    name = "echo",
    description = {
      "Listen for TCP connections, and send back what comes.",
      "",
      "Prints LISTENING and the port when it listens. Ctrl-C drains it: no more connections are"
          + " accepted, what has come is sent back, and each connection is ended; what is still"
          + " open after 3 seconds is cut off, or at once if Ctrl-C comes again. Then it prints what"
          + " it has done.",
      ""
    })
final class EchoCommand implements Callable<Integer> {

  private final Terminal terminal;

  @Option(
      names = "--host",
      paramLabel = "ADDRESS",
      defaultValue = "127.0.0.1",
      description = "Where to listen. Default: ${DEFAULT-VALUE}.")
  private String host = "127.0.0.1";

  @Option(
      names = "--port",
      paramLabel = "N",
      defaultValue = "0",
      description = "The port to listen on. Default: one that is free.")
  private int port;

  @Mixin private ServerKindOptions kind = new ServerKindOptions();

  @Mixin private EchoLimitOptions limits = new EchoLimitOptions();

  @Mixin private EchoTlsOptions tls = new EchoTlsOptions();

  @Option(names = "--json", description = "Print what it has done as a line of JSON.")
  private boolean json;

  /** In the process that echo-load starts: a signal is for that one to answer. */
  @Option(names = "--until-input-ends", hidden = true)
  private boolean untilInputEnds;

  EchoCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws Exception {
    InetSocketAddress address = Ports.address("echo", host, port);
    ServerOptions options = tls.in(limits.in(kind.options("echo"), "echo"), host);
    try (GracefulShutdown onSignals = EchoServer.shutdown().build()) {
      if (untilInputEnds) { // what the signals ask for is not heeded then
        GracefulShutdown atEndOfInput = EchoServer.shutdown().withoutSignals().build();
        stopAtEndOfInput(atEndOfInput);
        return serve(address, options, atEndOfInput);
      }
      return serve(address, options, onSignals);
    }
  }

  private int serve(InetSocketAddress address, ServerOptions options, GracefulShutdown shutdown)
      throws Exception {
    try (EchoServer server = listen(address, options, shutdown)) {
      terminal.out().println(ServerProcess.LISTENING + server.port());
      terminal.out().flush();
      server.run();
      print(server.counts());
      return untilInputEnds ? ExitCode.DONE : ExitCode.of(shutdown);
    }
  }

  private static EchoServer listen(
      InetSocketAddress address, ServerOptions options, GracefulShutdown shutdown)
      throws CommandException {
    try {
      return options.listen(address, shutdown);
    } catch (NoVirtualThreadsException none) {
      throw new CommandException(ExitCode.USAGE, "echo: " + none.getMessage());
    } catch (IOException failure) {
      throw new CommandException(
          ExitCode.FAILED,
          "echo: can't listen on %s port %d: %s"
              .formatted(address.getHostString(), address.getPort(), failure.getMessage()));
    }
  }

  private static void stopAtEndOfInput(GracefulShutdown shutdown) {
    Thread reader =
        new Thread(
            () -> {
              try {
                while (System.in.read() >= 0) {
                  // nothing is meant by it
                }
              } catch (IOException gone) {
                // that is the end too
              } finally {
                shutdown.stop();
              }
            },
            "end of input");
    reader.setDaemon(true);
    reader.start();
  }

  private void print(EchoCounts counts) {
    if (json) {
      terminal.out().println(counts.toJson());
    } else {
      terminal.out().print(counts.toTable());
    }
    terminal.out().flush();
  }
}
