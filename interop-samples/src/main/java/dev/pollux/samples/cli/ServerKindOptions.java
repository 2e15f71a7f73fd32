package dev.pollux.samples.cli;

import dev.pollux.samples.echo.ServerKind;
import dev.pollux.samples.echo.ServerOptions;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** The options that say what kind of echo server is run. */
final class ServerKindOptions {

  /** Not more than one. */
  private static final class Kind {
    @Option(
        names = "--multi-thread",
        description =
            "A runtime with several workers, and a task for each connection: the default on three processors"
                + " or more.")
    private boolean multiThread;

    @Option(
        names = "--current-thread",
        description =
            "A runtime on one thread, and a task for each connection: the default on fewer.")
    private boolean currentThread;

    @Option(names = "--threads", description = "No runtime, but a thread for each connection.")
    private boolean threads;

    @Option(
        names = "--virtual-threads",
        description = "No runtime, but a virtual thread for each connection; needs JDK 21.")
    private boolean virtualThreads;

    private ServerKind kind(ServerKind otherwise) {
      return multiThread
          ? ServerKind.MULTI_THREAD
          : currentThread
              ? ServerKind.CURRENT_THREAD
              : threads
                  ? ServerKind.THREADS
                  : virtualThreads ? ServerKind.VIRTUAL_THREADS : otherwise;
    }
  }

  @ArgGroup private Kind kind = new Kind();

  @Option(
      names = "--workers",
      paramLabel = "N",
      description = "A multi-thread runtime with so many workers. Default: one for each processor.")
  private @Nullable Integer workers;

  /** Whether anything was said. */
  boolean isGiven() {
    return workers != null
        || kind.multiThread
        || kind.currentThread
        || kind.threads
        || kind.virtualThreads;
  }

  ServerOptions options(String command) throws CommandException {
    Integer workers = this.workers;
    ServerKind chosen = kind.kind(workers == null ? ServerKind.USUAL : ServerKind.MULTI_THREAD);
    if (workers == null) {
      return new ServerOptions(chosen, 0);
    }
    if (workers < 1 || workers > ServerOptions.MOST_WORKERS) {
      throw refused(
          command,
          "--workers must be 1 to %d, was %d".formatted(ServerOptions.MOST_WORKERS, workers));
    }
    if (chosen != ServerKind.MULTI_THREAD) {
      throw refused(command, "--workers is for a multi-thread runtime, not for --" + chosen);
    }
    return new ServerOptions(chosen, workers);
  }

  private static CommandException refused(String command, String why) {
    return new CommandException(ExitCode.USAGE, command + ": " + why);
  }
}
