package dev.pollux.samples.cli;

import dev.pollux.io.process.GracefulShutdown;
import dev.pollux.samples.exercise.Exercise;
import dev.pollux.samples.exercise.Exercises;
import dev.pollux.samples.terminal.Terminal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Does the exercises. */
@Command(
    name = "exercise",
    description = {
      "Do an exercise about async runtimes, explain what happens, and check what comes out.",
      "",
      "Each exercise is one short file to read, or a few, in dev.pollux.samples.exercise. Sockets are those of the"
          + " loopback interface, and nothing is left behind.",
      ""
    })
final class ExerciseCommand implements Callable<Integer> {

  private final Terminal terminal;

  @Parameters(paramLabel = "N", description = "The exercises to do, one after the other.")
  private List<Integer> numbers = List.of();

  @Option(names = "--list", description = "Print the numbers, and a line about each.")
  private boolean list;

  ExerciseCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws Exception {
    if (list) {
      for (Exercise exercise : Exercises.all()) {
        terminal.out().println(exercise.number() + "  " + exercise.title());
      }
      return ExitCode.DONE;
    }
    List<Exercise> exercises = exercises();
    try (GracefulShutdown shutdown = GracefulShutdown.onSignals()) {
      return run(exercises, shutdown);
    }
  }

  private int run(List<Exercise> exercises, GracefulShutdown shutdown) throws Exception {
    boolean isGood = true;
    for (Exercise exercise : exercises) {
      String name = "exercise " + exercise.number();
      terminal.out().println(name + ": " + exercise.title());
      boolean asExpected = exercise.run(terminal, shutdown.token());
      if (shutdown.isRequested()) { // what it found is not all there is
        return ExitCode.of(shutdown);
      }
      terminal.out().println();
      terminal.out().println(name + (asExpected ? ": as expected" : ": NOT as expected"));
      isGood &= asExpected;
    }
    return isGood ? ExitCode.DONE : ExitCode.FAILED;
  }

  /** Those asked for; a number that is wrong is refused before the first one runs. */
  private List<Exercise> exercises() throws CommandException {
    if (numbers.isEmpty()) {
      throw refused("name a number; see pollux exercise --list");
    }
    List<Exercise> exercises = new ArrayList<>();
    for (int number : numbers) {
      exercises.add(
          Exercises.numbered(number)
              .orElseThrow(
                  () ->
                      refused("there is no exercise " + number + "; see pollux exercise --list")));
    }
    return exercises;
  }

  private static CommandException refused(String why) {
    return new CommandException(ExitCode.USAGE, "exercise: " + why);
  }
}
