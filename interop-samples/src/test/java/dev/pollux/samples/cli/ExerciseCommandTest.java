package dev.pollux.samples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.samples.exercise.Exercise;
import dev.pollux.samples.exercise.Exercises;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(120)
class ExerciseCommandTest {

  @Test
  void listHasALineForEach() {
    Ended list = CapturedTerminal.run("exercise", "--list");
    assertThat(list.exitCode()).isEqualTo(0);
    assertThat(list.err()).isEmpty();
    assertThat(list.outLines()).hasSameSizeAs(Exercises.all());
    for (Exercise exercise : Exercises.all()) {
      assertThat(list.outLines()).contains(exercise.number() + "  " + exercise.title());
    }
  }

  @Test
  void doesThoseThatAreNamed() {
    Ended ended = CapturedTerminal.run("exercise", "1", "1");
    assertThat(ended.err()).isEmpty();
    assertThat(ended.exitCode()).isEqualTo(0);
    assertThat(ended.outLines())
        .filteredOn(line -> line.startsWith("exercise 1: "))
        .hasSize(4)
        .endsWith("exercise 1: as expected");
  }

  @ParameterizedTest
  @CsvSource({
    "'', pollux exercise: name a number; see pollux exercise --list",
    "1 7, pollux exercise: there is no exercise 7; see pollux exercise --list",
    "1 -1, pollux exercise: there is no exercise -1; see pollux exercise --list",
  })
  void aNumberThatIsWrongIsRefusedBeforeAnythingRuns(String arguments, String expected) {
    Ended refused = CapturedTerminal.run(("exercise " + arguments).trim().split(" ", -1));
    assertThat(refused.exitCode()).isEqualTo(2);
    assertThat(refused.errLines()).containsExactly(expected);
    assertThat(refused.out()).isEmpty();
  }

  @Test
  void whatIsNoNumberGetsOneLine() {
    Ended refused = CapturedTerminal.run("exercise", "one");
    assertThat(refused.exitCode()).isEqualTo(2);
    assertThat(refused.errLines()).hasSize(1);
    assertThat(refused.err()).startsWith("pollux exercise: ").contains("one");
    assertThat(refused.out()).isEmpty();
  }
}
