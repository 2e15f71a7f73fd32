package dev.pollux.samples.exercise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.structure.CancellationToken;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Starts the virtual machine that measures. */
@Timeout(120)
class StateMachineExerciseTest {

  @Test
  void sizesGoByWhatOutlivesAnAwait() throws Exception {
    Told told = Told.by(StateMachineExercise.EXERCISE);
    assertThat(told.isGood()).as(told.text()).isTrue();
    assertThat(told.text()).isASCII().doesNotContain("NOT", " NO\n", "WARNING");
    assertThat(told.lines()).allMatch(line -> line.length() <= 100);
    // awaits, object, by hand: bytes, objects, depth, as a chain: bytes, objects, depth
    List<int[]> table =
        told.lines().stream()
            .filter(line -> line.matches("[ 0-9]+\\|[ 0-9]+\\|[ 0-9]+"))
            .map(line -> line.trim().split("[ |]+", -1))
            .map(row -> Arrays.stream(row).mapToInt(Integer::parseInt).toArray())
            .toList();
    assertThat(table).extracting(row -> row[0]).containsExactly(1, 2, 3, 4, 5);
    assertThat(table.get(3)[1]).isLessThan(table.get(2)[1]).isEqualTo(table.get(1)[1]);
    assertThat(table).allMatch(row -> row[2] > row[1]); // with what is awaited
    assertThat(table).allMatch(row -> row[5] >= row[2] && row[6] >= row[3]);
    assertThat(table).extracting(row -> row[3]).containsExactly(2, 2, 2, 2, 3); // an array
  }

  @Test
  void everyFieldIsNamedWithItsPurpose() throws Exception {
    Told told = Told.by(StateMachineExercise.EXERCISE);
    assertThat(told.lines())
        .filteredOn(line -> line.contains("Future awaited"))
        .hasSize(5)
        .allMatch(line -> line.endsWith("what it awaits now; null when it is over"));
    assertThat(told.lines())
        .filteredOn(line -> line.contains("long b "))
        .singleElement()
        .asString()
        .endsWith("the second answer, for the sum");
  }

  @Test
  void startsNothingWhenToldToStop() throws Exception {
    CancellationToken stop = CancellationToken.create();
    stop.cancel();
    Told told = Told.by(StateMachineExercise.EXERCISE, stop);
    assertThat(told.isGood()).isTrue();
    assertThat(told.text()).doesNotContain("awaits", "exit code");
  }
}
