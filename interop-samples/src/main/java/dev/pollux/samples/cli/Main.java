package dev.pollux.samples.cli;

import dev.pollux.core.UncaughtFailureHandler;
import dev.pollux.samples.terminal.Terminal;
import io.reactivex.rxjava3.plugins.RxJavaPlugins;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;
import reactor.core.publisher.Hooks;

/** The command line of Pollux: {@code pollux --help}. */
public final class Main {

  private final Terminal terminal;
  private final PolluxCommand root = new PolluxCommand();

  private Main(Terminal terminal) {
    this.terminal = terminal;
  }

  /** Runs a command, and ends the process with its exit code. */
  public static void main(String[] args) {
    Terminal terminal = new Terminal(System.out, System.err, Boolean.getBoolean("pollux.terminal"));
    Main main = new Main(terminal);
    main.takeUncaughtFailures();
    System.exit(main.run(args));
  }

  /** Runs a command, and returns its exit code. */
  static int run(Terminal terminal, String... args) {
    return new Main(terminal).run(args);
  }

  private int run(String[] args) {
    int exitCode;
    try {
      exitCode = commandLine().execute(args);
    } catch (Throwable failure) { // an Error; the rest is handled below
      exitCode = fail(failure);
    }
    terminal.out().flush();
    if (terminal.out().checkError() && exitCode == ExitCode.DONE) {
      terminal.complain("pollux: the output could not be written");
      return ExitCode.FAILED;
    }
    return exitCode;
  }

  private CommandLine commandLine() {
    return new CommandLine(root)
        .addSubcommand(new DemoCommand(terminal))
        .addSubcommand(BenchCommand.withListOfWorkloads(terminal))
        .addSubcommand(new SampleCommand(terminal))
        .addSubcommand(new ExerciseCommand(terminal))
        .addSubcommand(new EchoCommand(terminal))
        .addSubcommand(new EchoLoadCommand(terminal))
        .addSubcommand(new StressCommand(terminal))
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setOut(writer(terminal.out()))
        .setErr(writer(terminal.err()))
        .setExpandAtFiles(false)
        .setUsageHelpWidth(100)
        .setUsageHelpLongOptionsMaxWidth(30)
        .setParameterExceptionHandler((wrong, args) -> refuse(wrong))
        .setExecutionExceptionHandler((failure, command, parsed) -> fail(failure));
  }

  /** For the help texts, which are plain ASCII. */
  private static PrintWriter writer(PrintStream stream) {
    return new PrintWriter(stream, true, StandardCharsets.US_ASCII);
  }

  private int refuse(ParameterException wrong) {
    String command = wrong.getCommandLine().getCommandSpec().qualifiedName();
    terminal.complain(command + ": " + complaint(wrong) + "; see " + command + " --help");
    return ExitCode.USAGE;
  }

  private static String complaint(ParameterException wrong) {
    if (wrong instanceof UnmatchedArgumentException unmatched) {
      String argument = unmatched.getUnmatched().get(0);
      boolean isOption = unmatched.isUnknownOption();
      boolean hasCommands = !wrong.getCommandLine().getSubcommands().isEmpty();
      return (isOption ? "unknown option " : hasCommands ? "unknown command " : "unexpected ")
          + argument;
    }
    return String.valueOf(wrong.getMessage()).replaceFirst("^Error: ", "");
  }

  private int fail(Throwable failure) {
    if (failure instanceof CommandException told) {
      terminal.complain("pollux " + told.getMessage());
      return told.exitCode();
    }
    terminal.complain("pollux: " + oneLine(failure));
    if (root.isVerbose()) {
      failure.printStackTrace(terminal.err());
    }
    return ExitCode.FAILED;
  }

  private static String oneLine(Throwable failure) {
    String message = failure.getMessage();
    String kind = failure.getClass().getSimpleName();
    return message == null ? kind : kind + ": " + message;
  }

  /** Failures without an owner would else be logged with a stack trace, each library's own way. */
  private void takeUncaughtFailures() {
    UncaughtFailureHandler.setProcessDefault(
        (failure, origin) -> uncaught(failure, " (" + origin + ")"));
    RxJavaPlugins.setErrorHandler(failure -> uncaught(failure, ""));
    Hooks.onErrorDropped(failure -> uncaught(failure, ""));
    Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> uncaught(failure, ""));
  }

  private void uncaught(Throwable failure, String origin) {
    terminal.complain("pollux: " + oneLine(failure) + origin);
    if (root.isVerbose()) {
      failure.printStackTrace(terminal.err());
    }
  }
}
