package dev.pollux.samples.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.AsyncIterators;
import dev.pollux.core.Unfolded;
import dev.pollux.testing.PollHarness;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for every operator, whatever it does: it gives way, and its depth is no accident. */
class EveryOperatorTest {

  /**
   * More elements than a task may produce in one turn, with some grace for who reads two streams.
   */
  private static final int A_TURN = 400;

  private static final int DEEP = 10_000;

  /**
   * A cancel is a loop along a pipeline of streams. These wrap a stream in a future, and that in a
   * stream again, or ask several sources: with thousands of them around one another, and the stack
   * used up, what is innermost may be left as it is.
   */
  private static final Set<String> NOT_RELEASED_WITHOUT_STACK =
      Set.of(
          "toList",
          "reduce",
          "last",
          "find",
          "anyMatch",
          "allMatch",
          "noneMatch",
          "foldAsync",
          "forEachAsync",
          "drain",
          "concurrent.forEach",
          "StreamMap",
          "combineLatest");

  static Stream<Operator> operators() {
    return Operators.ALL.stream();
  }

  private static Step step(Operator operator, int seed) {
    return operator.draw().apply(new Draw(new Random(seed)).neverFailing(true));
  }

  @ParameterizedTest
  @MethodSource("operators")
  void anEndlesslyReadySourceGivesWay(Operator operator) throws Exception {
    for (int seed = 0; seed < 5; seed++) {
      for (boolean each : new boolean[] {true, false}) {
        Run run = new Run();
        int[] produced = {0};
        AsyncIterator<Value> endless =
            AsyncIterators.<Integer, Value>unfold(
                1,
                n -> {
                  produced[0]++;
                  return Optional.of(new Unfolded<>(run.value(n), n + 1));
                });
        AsyncIterator<Value> iterator = step(operator, seed).ours().on(endless, run);
        for (int turn = 0; turn < 3; turn++) {
          produced[0] = 0;
          int[] given = {0};
          PollHarness harness = run.harness;
          boolean over =
              each
                  ? switch (harness.pollEach(iterator, value -> ++given[0] < 10 * A_TURN)) {
                    case ENDED -> true;
                    case PENDING, STOPPED -> false;
                  }
                  : harness.pollNext(iterator).isEnd();
          assertThat(produced[0]).as("taken from the source in one turn").isLessThan(A_TURN);
          assertThat(given[0]).as("given in one turn").isLessThan(A_TURN);
          if (over) {
            break;
          }
          harness.runTasks();
        }
        iterator.cancel();
      }
    }
  }

  /** Works, or fails with a {@code StackOverflowError} that leaves everything cancelled. */
  @ParameterizedTest
  @MethodSource("operators")
  void tenThousandStagesWorkOrAreRefusedAndReleased(Operator operator) {
    Step step = step(operator, 3);
    Run run = new Run();
    ScriptedSource source = run.opened(new ScriptedSource(run, List.of(), null, 0, false));
    AsyncIterator<Value> iterator = source;
    for (int i = 0; i < DEEP; i++) {
      iterator = step.ours().on(iterator, run);
    }
    String outcome = "works";
    try {
      for (int turn = 0; turn < 20; turn++) {
        if (run.harness.pollNext(iterator).isEnd()) {
          break;
        }
        run.harness.runTasks();
      }
    } catch (StackOverflowError tooDeep) {
      outcome = "refused";
    } catch (PlannedFailure ofTheSource) {
      outcome = "works, and fails as it should";
    } catch (Exception failure) {
      throw new AssertionError(operator + ": " + step.text(), failure);
    }
    iterator.cancel();
    if (outcome.equals("refused") && NOT_RELEASED_WITHOUT_STACK.contains(operator.name())) {
      return;
    }
    assertThat(source.isReleased()).as("%s of the source, %s", step.text(), outcome).isTrue();
  }
}
