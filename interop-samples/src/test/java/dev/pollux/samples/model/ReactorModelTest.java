package dev.pollux.samples.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Random pipelines, built here and in Reactor: the same elements and the same end.
 *
 * <p>{@code -Dpollux.model.seed=N} runs the one case of that seed, {@code -Dpollux.model.cases=N}
 * as many cases as that.
 */
class ReactorModelTest {

  private static final int CASES = Integer.getInteger("pollux.model.cases", 10_000);

  /** The operators that Reactor has too. */
  private static final List<Operator> COMMON =
      Operators.ALL.stream().filter(ReactorModelTest::hasFlux).toList();

  private static boolean hasFlux(Operator operator) {
    return operator.draw().apply(new Draw(new Random(0))).flux() != null;
  }

  @Test
  void reactorGivesTheSameElementsAndTheSameEnd() {
    Long only = Long.getLong("pollux.model.seed");
    if (only != null) {
      check(only);
      return;
    }
    for (long seed = 0; seed < CASES; seed++) {
      check(seed);
    }
  }

  @Test
  void mostOperatorsHaveAPeer() {
    assertThat(COMMON).hasSizeGreaterThan(Operators.ALL.size() / 2);
  }

  private static void check(long seed) {
    Pipeline pipeline = Pipeline.draw(seed, COMMON);
    String name = "-Dpollux.model.seed=" + seed + ", " + pipeline;
    if (pipeline.beginsEndless() && name.contains("race")) {
      return; // never ends in Reactor: firstWithSignal hears of no cancel while it subscribes
    }
    Run ours = new Run();
    ours.read(pipeline.ours(ours), Run.Mode.EACH, new Random(seed), Integer.MAX_VALUE);
    List<Integer> items = new ArrayList<>();
    String failure =
        pipeline
            .flux(new Run())
            .doOnNext(value -> items.add(value.number))
            .then()
            .materialize()
            .map(
                signal ->
                    signal.isOnError() ? String.valueOf(signal.getThrowable().getMessage()) : "")
            .block();
    if (!pipeline.model().ordered()) {
      Collections.sort(items);
      Collections.sort(ours.seen);
    }
    assertThat(Numbers.difference(ours.seen, items)).as(name).isEmpty();
    assertThat(ours.failure()).as(name).isEqualTo(failure);
  }
}
