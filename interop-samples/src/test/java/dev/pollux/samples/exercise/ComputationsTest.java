package dev.pollux.samples.exercise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.samples.exercise.Computations.Computation;
import dev.pollux.testing.PollHarness;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ComputationsTest {

  private final PollHarness harness = PollHarness.create();

  static List<Computation> all() {
    return Computations.ALL;
  }

  static List<Future<Long>> machines() {
    return all().stream().map(computation -> computation.byHand().get()).toList();
  }

  @Test
  void awaitsAreOneToFive() {
    assertThat(all()).extracting(Computation::awaits).containsExactly(1, 2, 3, 4, 5);
  }

  @ParameterizedTest
  @MethodSource("all")
  void bothFormsArePendingOnceForEachAwaitAndComeToTheResult(Computation computation)
      throws Exception {
    for (Future<Long> future : List.of(computation.byHand().get(), computation.asChain().get())) {
      for (int i = 0; i < computation.awaits(); i++) {
        assertThat(harness.poll(future).isPending()).as("await %d of %s", i, future).isTrue();
      }
      assertThat(harness.poll(future)).isEqualTo(Poll.ready(computation.result()));
    }
  }

  @ParameterizedTest
  @MethodSource("machines")
  void aMachineThatIsCancelledIsOver(Future<Long> machine) throws Exception {
    harness.poll(machine);
    machine.cancel();
    machine.cancel();
    assertThatThrownBy(() -> harness.poll(machine)).isInstanceOf(PollAfterEndException.class);
  }

  @ParameterizedTest
  @MethodSource("all")
  void everyFieldSaysWhatItIsFor(Computation computation) {
    List<Field> fields = new ArrayList<>(List.of(StateMachine.class.getDeclaredFields()));
    fields.addAll(List.of(computation.type().getDeclaredFields()));
    assertThat(fields)
        .filteredOn(field -> !Modifier.isStatic(field.getModifiers()) && !field.isSynthetic())
        .isNotEmpty()
        .allMatch(field -> field.isAnnotationPresent(Purpose.class));
  }
}
