package dev.pollux.samples.cli;

import dev.pollux.io.process.GracefulShutdown;
import dev.pollux.io.process.GracefulShutdown.Cause;

/** What the process answers to its caller; {@code pollux --help} lists them. */
final class ExitCode {

  /** All was done. */
  static final int DONE = 0;

  /** Something could not be done, or came out wrong; a line on standard error says what. */
  static final int FAILED = 1;

  /** The command line is wrong, and nothing was done. */
  static final int USAGE = 2;

  /** A benchmark was asked for that there is none of. */
  static final int NO_SUCH_WORKLOAD = 3;

  /** Stopped by Ctrl-C: 128 and the number of the signal, as shells have it. */
  static final int INTERRUPTED = 130;

  /** Stopped by the signal TERM, in the same way. */
  static final int TERMINATED = 143;

  private ExitCode() {}

  /** The exit code of a command that was asked to stop, and has. */
  static int of(GracefulShutdown shutdown) {
    return shutdown.cause().orElse(Cause.CALL) == Cause.TERMINATION ? TERMINATED : INTERRUPTED;
  }
}
