package dev.pollux.samples.cli;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.Keep;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command that the others are commands of. */
@Command(
    name = "pollux",
    description = "Pollux, a pull-based async runtime for the JVM: what it does, on real input.",
    synopsisSubcommandLabel = "COMMAND",
    commandListHeading = "%nCommands:%n",
    optionListHeading = "%nOptions:%n",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "  0:all was done",
      "  1:something could not be done, or came out wrong; standard error says what",
      "  2:the command line is wrong",
      "  3:bench has no such workload",
      "130:stopped by Ctrl-C",
      "143:stopped by the signal TERM"
    })
final class PolluxCommand implements Runnable {

  /** Set by picocli. */
  @Spec private @Nullable CommandSpec spec;

  /** Read by picocli alone. */
  @Keep
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Show this help.")
  private boolean help;

  @Option(
      names = "--verbose",
      scope = ScopeType.INHERIT,
      description = "Show where in the code a failure comes from.")
  private boolean verbose;

  /** Without a command there is nothing to do. */
  @Override
  public void run() {
    throw new ParameterException(
        requireNonNull(spec, "spec").commandLine(), "no command was given");
  }

  boolean isVerbose() {
    return verbose;
  }
}
