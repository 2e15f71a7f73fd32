package dev.pollux.samples.cli;

import dev.pollux.io.process.GracefulShutdown;
import dev.pollux.samples.demo.Demo;
import dev.pollux.samples.demo.ProjectSources;
import dev.pollux.samples.terminal.Terminal;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Counts lines, words and bytes in a pipeline through Pollux, Reactor and RxJava. */
@Command(
    name = "demo",
    description = {
      "Count the lines, words and bytes of text files in a pipeline through Pollux, Reactor and RxJava.",
      "",
      "The lines are read by an AsyncIterator, cross into a Reactor Flux, from there into a RxJava Flowable, and"
          + " back into an AsyncIterator. What comes back is compared with the counts of a plain loop.",
      "",
      "A last line without a newline counts. A word is a run of characters that are not white space. A file that is"
          + " missing, unreadable or not UTF-8 text is named on standard error, and the others are counted.",
      ""
    })
final class DemoCommand implements Callable<Integer> {

  private final Terminal terminal;

  @Parameters(
      paramLabel = "PATH",
      description = "Text files. Default: the Java sources of this project.")
  private List<String> paths = List.of();

  DemoCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws Exception {
    try (GracefulShutdown shutdown = GracefulShutdown.onSignals()) {
      List<String> files = paths.isEmpty() ? sources() : paths;
      return switch (Demo.run(files, terminal, shutdown.token())) {
        case AGREED -> ExitCode.DONE;
        case FAILED -> ExitCode.FAILED;
        case INTERRUPTED -> ExitCode.of(shutdown);
      };
    }
  }

  private static List<String> sources() throws Exception {
    String home = System.getProperty("pollux.home");
    if (home == null) {
      throw new CommandException(
          ExitCode.USAGE,
          "demo: name some files, for only the launcher knows where the project's own are");
    }
    return ProjectSources.under(Path.of(home));
  }
}
