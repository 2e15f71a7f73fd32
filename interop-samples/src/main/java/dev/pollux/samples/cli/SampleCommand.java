package dev.pollux.samples.cli;

import dev.pollux.samples.sample.Sample;
import dev.pollux.samples.sample.Samples;
import dev.pollux.samples.terminal.Terminal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs the samples: Pollux beside other libraries. */
@Command(
    name = "sample",
    description = {
      "Run Pollux beside another library, and check what comes out.",
      "",
      "Each sample is one short file to read, or a few, in dev.pollux.samples.sample. Servers listen on a free port of"
          + " this machine, databases are in memory, and nothing is left behind.",
      ""
    })
final class SampleCommand implements Callable<Integer> {

  private final Terminal terminal;

  @Parameters(paramLabel = "NAME", description = "The samples to run, one after the other.")
  private List<String> names = List.of();

  @Option(names = "--list", description = "Print the names, and a line about each.")
  private boolean list;

  SampleCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws Exception {
    if (list) {
      for (Sample sample : Samples.all()) {
        terminal.out().println("%-14s %s".formatted(sample.name(), sample.what()));
      }
      return ExitCode.DONE;
    }
    boolean isGood = true;
    for (Sample sample : samples()) {
      boolean asExpected = sample.run(terminal.out());
      terminal.out().println(sample.name() + (asExpected ? ": as expected" : ": NOT as expected"));
      isGood &= asExpected;
    }
    return isGood ? ExitCode.DONE : ExitCode.FAILED;
  }

  /** Those asked for; a name that is wrong is refused before the first one runs. */
  private List<Sample> samples() throws CommandException {
    if (names.isEmpty()) {
      throw refused("name a sample; see pollux sample --list");
    }
    List<Sample> samples = new ArrayList<>();
    for (String name : names) {
      samples.add(
          Samples.named(name)
              .orElseThrow(
                  () -> refused("there is no sample " + name + "; see pollux sample --list")));
    }
    return samples;
  }

  private static CommandException refused(String why) {
    return new CommandException(ExitCode.USAGE, "sample: " + why);
  }
}
