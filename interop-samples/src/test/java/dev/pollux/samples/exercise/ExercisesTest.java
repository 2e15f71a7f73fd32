package dev.pollux.samples.exercise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.structure.CancellationToken;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every exercise that needs no other process finds what it should, and says it readably. */
@Timeout(120)
class ExercisesTest {

  /** Those that start other processes. */
  private static final Set<Integer> WITH_CHILDREN = Set.of(2, 6);

  static List<Exercise> thoseInThisProcess() {
    return Exercises.all().stream()
        .filter(exercise -> !WITH_CHILDREN.contains(exercise.number()))
        .toList();
  }

  private static Told told(int number) throws Exception {
    return Told.by(Exercises.numbered(number).orElseThrow());
  }

  @ParameterizedTest
  @MethodSource("thoseInThisProcess")
  void comesOutAsExpected(Exercise exercise) throws Exception {
    Told told = Told.by(exercise);
    assertThat(told.isGood()).as(told.text()).isTrue();
    assertThat(told.text()).isASCII().doesNotContain("NOT", " NO\n");
    assertThat(told.lines()).isNotEmpty().allMatch(line -> line.length() <= 100);
  }

  @ParameterizedTest
  @MethodSource("thoseInThisProcess")
  void endsEarlyWhenToldTo(Exercise exercise) throws Exception {
    CancellationToken stop = CancellationToken.create();
    stop.cancel();
    assertThat(Told.by(exercise, stop).lines()).hasSizeLessThan(Told.by(exercise).lines().size());
  }

  @Test
  void theTwoTasksOfTheFirstTakeTurns() throws Exception {
    Told told = told(1);
    assertThat(told.lines())
        .filteredOn(line -> line.startsWith("  "))
        .containsExactly("  left 1", "  right 1", "  left 2", "  right 2", "  left 3", "  right 3");
    assertThat(told.value("the letter")).isEqualTo("delivered to a thread that was WAITING");
  }

  @Test
  void theThirdIsWokenForEachDatagramAndLeavesNothing() throws Exception {
    Told told = told(3);
    assertThat(told.value("datagrams received")).isEqualTo("1000");
    assertThat(told.value("wakes by the selector")).isEqualTo("1000");
    assertThat(told.value("left after the cancel")).isEqualTo("nothing");
    assertThat(told.value("left at the end")).isEqualTo("nothing");
  }

  @Test
  void theFourthIsTornInPiecesOnlyAndTheKitSaysWhere() throws Exception {
    Told told = told(4);
    assertThat(told.lines())
        .filteredOn(line -> line.endsWith("<- torn"))
        .extracting(line -> line.replaceAll(" +", " "))
        .containsExactly(
            " cancelled after 1 count 1, entries [], flushed 0 <- torn",
            " cancelled after 2 count 1, entries [a], flushed 0 <- torn");
    assertThat(told.text())
        .containsOnlyOnce("INVARIANT: append in pieces")
        .contains("CANCELLED after 1 polls");
  }

  @Test
  void theFifthFindsTheTwoTasksByEachOfItsMeans() throws Exception {
    Told told = told(5);
    assertThat(told.value("the most poll time")).isEqualTo("statistics");
    assertThat(told.value("the most poll time, by JFR")).isEqualTo("statistics");
    assertThat(told.value("pending the longest")).isEqualTo("audit");
    assertThat(told.value("pending the longest, by JFR")).isEqualTo("audit");
    assertThat(told.value("turns that stand still")).isEqualTo("audit");
  }

  @Test
  void numbersAscendAndTitlesFitALine() {
    assertThat(Exercises.all())
        .extracting(Exercise::number)
        .isSorted()
        .doesNotHaveDuplicates()
        .allMatch(number -> number >= 1 && number <= 6);
    assertThat(Exercises.all()).extracting(Exercise::title).allMatch(title -> title.length() <= 85);
  }

  @Test
  void whatIsWrongIsSaidAndFailsTheExercise() throws Exception {
    Exercise wrong =
        new Exercise(
            1,
            "two mistakes",
            (out, stop) -> {
              out.check("one", true);
              out.check("two", false);
              out.check("three", 3, 4);
              out.check("five", 5, 5);
            });
    Told told = Told.by(wrong);
    assertThat(told.isGood()).isFalse();
    assertThat(told.value("one")).isEqualTo("yes");
    assertThat(told.value("two")).isEqualTo("NO");
    assertThat(told.value("three")).isEqualTo("3, and NOT 4");
    assertThat(told.value("five")).isEqualTo("5");
  }

  @Test
  void sentencesAreWrappedBetweenWords() throws Exception {
    String text = "word ".repeat(60).trim();
    Told told = Told.by(new Exercise(1, "a long paragraph", (out, stop) -> out.say(text)));
    assertThat(told.lines()).allMatch(line -> line.length() <= 100).hasSize(4);
    assertThat(String.join(" ", told.lines()).trim()).isEqualTo(text);
  }
}
