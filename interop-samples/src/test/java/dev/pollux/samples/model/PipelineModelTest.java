package dev.pollux.samples.model;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Random pipelines of all operators against plain lists, read in every way and given up at any
 * point.
 *
 * <p>{@code -Dpollux.model.seed=N} runs the one case of that seed, {@code -Dpollux.model.cases=N}
 * as many cases as that.
 */
class PipelineModelTest {

  private static final int CASES = Integer.getInteger("pollux.model.cases", 20_000);

  @Test
  void everyPipelineGivesWhatTheListGives() {
    Long only = Long.getLong("pollux.model.seed");
    if (only != null) {
      check(only);
      return;
    }
    for (long seed = 0; seed < CASES; seed++) {
      check(seed);
    }
  }

  private static void check(long seed) {
    Pipeline pipeline = Pipeline.draw(seed, Operators.ALL);
    Throwable failure = failureOf(pipeline, seed);
    if (failure != null) {
      Pipeline smallest = shrunk(pipeline, seed);
      Throwable cause = failureOf(smallest, seed);
      throw new AssertionError(
          "-Dpollux.model.seed=" + seed + ", " + smallest + "\nof " + pipeline,
          cause == null ? failure : cause);
    }
  }

  /** Leaves out operators as long as it still fails. */
  private static Pipeline shrunk(Pipeline failing, long seed) {
    Pipeline smallest = failing;
    for (int i = failing.length() - 1; i >= 0; i--) {
      Pipeline smaller = smallest.without(i);
      if (smaller.isKnown() && failureOf(smaller, seed) != null) {
        smallest = smaller;
      }
    }
    return smallest;
  }

  private static Throwable failureOf(Pipeline pipeline, long seed) {
    try {
      for (Run.Mode mode : modes(seed)) {
        run(pipeline, mode, seed, Integer.MAX_VALUE);
      }
      run(pipeline, Run.Mode.MIXED, seed, new Random(seed).nextInt(30));
      return null;
    } catch (Throwable failure) {
      return failure;
    }
  }

  /** One of the ways to read for each seed. */
  private static List<Run.Mode> modes(long seed) {
    Run.Mode[] modes = Run.Mode.values();
    return List.of(modes[Math.floorMod(seed, modes.length)]);
  }

  private static void run(Pipeline pipeline, Run.Mode mode, long seed, int turns) {
    Run run = new Run();
    try {
      run.read(pipeline.ours(run), mode, new Random(seed), turns);
      run.matches(pipeline.model(), pipeline.isConserving());
    } catch (Throwable failure) {
      throw new AssertionError(
          mode + (turns == Integer.MAX_VALUE ? "" : ", cancelled after " + turns + " turns"),
          failure);
    }
  }
}
