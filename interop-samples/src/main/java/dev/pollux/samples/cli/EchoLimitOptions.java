package dev.pollux.samples.cli;

import dev.pollux.samples.echo.EchoLimits;
import dev.pollux.samples.echo.ServerKind;
import dev.pollux.samples.echo.ServerOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say what an echo server puts up with. */
final class EchoLimitOptions {

  private static final double LONGEST_SECONDS = 1_000_000_000;

  @Option(
      names = "--max-connections",
      paramLabel = "N",
      description =
          "How many connections there may be; others wait in the backlog. Default: 65536.")
  private @Nullable Integer connections;

  @Option(
      names = "--max-per-address",
      paramLabel = "N",
      description = "How many of one address; others are reset. Default: 0, which is any number.")
  private @Nullable Integer connectionsPerAddress;

  @Option(
      names = "--idle-timeout",
      paramLabel = "S",
      description = "How long a connection may be silent. Default: 300 seconds; 0 is for ever.")
  private @Nullable Double idleSeconds;

  @Option(
      names = "--stall-timeout",
      paramLabel = "S",
      description =
          "How long a peer may take nothing of what is sent back. Default: 30 seconds; 0 is for"
              + " ever.")
  private @Nullable Double stallSeconds;

  @Option(
      names = "--min-bytes",
      paramLabel = "N",
      description =
          "A peer that sends fewer in each of three windows in a row, but some, is too slow."
              + " Default: 5; 0 is no limit.")
  private @Nullable Integer slowBytes;

  @Option(
      names = "--min-bytes-window",
      paramLabel = "S",
      description = "The length of such a window. Default: 5 seconds.")
  private @Nullable Double slowWindowSeconds;

  @Option(
      names = "--lifetime",
      paramLabel = "S",
      description = "How long a connection may be there. Default: 0, which is for ever.")
  private @Nullable Double lifetimeSeconds;

  @Option(
      names = "--max-buffered",
      paramLabel = "BYTES",
      description =
          "How much is kept for a peer that is slow. Default: 65536; more than 262144 is as"
              + " much as that.")
  private @Nullable Integer bufferedBytes;

  @Option(
      names = "--send-buffer",
      paramLabel = "BYTES",
      description =
          "How much the system keeps for it besides. Default: 0, which is up to the system.")
  private @Nullable Integer sendBufferBytes;

  /** Those options of a server with the limits that differ from the usual ones. */
  static List<String> arguments(EchoLimits limits) {
    EchoLimits usual = EchoLimits.USUAL;
    List<String> arguments = new ArrayList<>();
    add(arguments, "--max-connections", limits.connections(), usual.connections());
    add(
        arguments,
        "--max-per-address",
        limits.connectionsPerAddress(),
        usual.connectionsPerAddress());
    add(arguments, "--idle-timeout", seconds(limits.idle()), seconds(usual.idle()));
    add(arguments, "--stall-timeout", seconds(limits.stall()), seconds(usual.stall()));
    add(arguments, "--min-bytes", limits.slowBytes(), usual.slowBytes());
    add(arguments, "--min-bytes-window", seconds(limits.slowWindow()), seconds(usual.slowWindow()));
    add(arguments, "--lifetime", seconds(limits.lifetime()), seconds(usual.lifetime()));
    add(arguments, "--max-buffered", limits.bufferedBytes(), usual.bufferedBytes());
    add(arguments, "--send-buffer", limits.sendBufferBytes(), usual.sendBufferBytes());
    return arguments;
  }

  private static void add(List<String> arguments, String name, Number value, Number usual) {
    if (!value.equals(usual)) {
      arguments.add(name + "=" + value);
    }
  }

  private static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }

  private boolean isGiven() {
    return connections != null
        || connectionsPerAddress != null
        || idleSeconds != null
        || stallSeconds != null
        || slowBytes != null
        || slowWindowSeconds != null
        || lifetimeSeconds != null
        || bufferedBytes != null
        || sendBufferBytes != null;
  }

  /** The options of the server, with these limits. */
  ServerOptions in(ServerOptions options, String command) throws CommandException {
    boolean onThreads =
        options.kind() == ServerKind.THREADS || options.kind() == ServerKind.VIRTUAL_THREADS;
    if (onThreads && isGiven()) {
      throw new CommandException(
          ExitCode.USAGE, command + ": limits are for a runtime, not for --" + options.kind());
    }
    EchoLimits usual = EchoLimits.USUAL;
    return options.withLimits(
        new EchoLimits(
            number(command, "--max-connections", connections, usual.connections(), 1),
            number(
                command,
                "--max-per-address",
                connectionsPerAddress,
                usual.connectionsPerAddress(),
                0),
            duration(command, "--idle-timeout", idleSeconds, usual.idle(), 0),
            duration(command, "--stall-timeout", stallSeconds, usual.stall(), 0),
            number(command, "--min-bytes", slowBytes, usual.slowBytes(), 0),
            duration(command, "--min-bytes-window", slowWindowSeconds, usual.slowWindow(), 0.001),
            duration(command, "--lifetime", lifetimeSeconds, usual.lifetime(), 0),
            number(command, "--max-buffered", bufferedBytes, usual.bufferedBytes(), 1),
            number(command, "--send-buffer", sendBufferBytes, usual.sendBufferBytes(), 0)));
  }

  private static int number(
      String command, String name, @Nullable Integer given, int usual, int least)
      throws CommandException {
    if (given == null) {
      return usual;
    }
    if (given < least) {
      throw new CommandException(
          ExitCode.USAGE,
          "%s: %s must be at least %d, was %d".formatted(command, name, least, given));
    }
    return given;
  }

  private static Duration duration(
      String command, String name, @Nullable Double given, Duration usual, double least)
      throws CommandException {
    if (given == null) {
      return usual;
    }
    if (!(given >= least && given <= LONGEST_SECONDS)) {
      throw new CommandException(
          ExitCode.USAGE,
          "%s: %s must be %s to %.0f seconds, was %s"
              .formatted(
                  command,
                  name,
                  least == 0 ? "0" : Double.toString(least),
                  LONGEST_SECONDS,
                  given));
    }
    return Duration.ofNanos(Math.round(given * 1e9));
  }
}
