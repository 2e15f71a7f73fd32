package dev.pollux.samples.exercise;

import java.util.List;
import java.util.Optional;

/** The exercises, in the order of their numbers. */
public final class Exercises {

  private static final List<Exercise> ALL =
      List.of(
          MiniExecutorExercise.EXERCISE,
          EchoExercise.EXERCISE,
          SelectorExercise.EXERCISE,
          CancellationExercise.EXERCISE,
          ProfileExercise.EXERCISE,
          StateMachineExercise.EXERCISE);

  private Exercises() {}

  /** All of them. */
  public static List<Exercise> all() {
    return ALL;
  }

  /** The one of that number. */
  public static Optional<Exercise> numbered(int number) {
    return ALL.stream().filter(exercise -> exercise.number() == number).findFirst();
  }
}
