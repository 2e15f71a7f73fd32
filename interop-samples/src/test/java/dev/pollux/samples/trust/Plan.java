package dev.pollux.samples.trust;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A pipeline and what happens to it, drawn from a seed. What it emits does not depend on who runs
 * it, but for the order, if it is not {@code ordered}, and for what {@code lossy} leaves out.
 *
 * @param failAt the element of the source that fails; -1 if none does
 * @param lossy whether it ends with an operator that leaves out what comes too fast
 */
record Plan(
    long seed,
    Source source,
    int size,
    int failAt,
    List<Stage> stages,
    boolean ordered,
    boolean lossy,
    Race race) {

  enum Source {
    RANGE,
    ITERABLE,
    TICKS,
    PUSHED
  }

  enum Race {
    NONE,
    /** Small requests, from other threads too. */
    REQUESTS,
    CANCEL_INSIDE,
    CANCEL_ELSEWHERE
  }

  enum Step {
    MAP,
    FILTER,
    SCAN,
    TAKE,
    ZIP,
    RETRY,
    HOP,
    SUBSCRIBE,
    FLAT_MAP,
    CONCAT_MAP,
    BUFFER,
    BUFFER_TIME,
    WINDOW,
    GROUP,
    PARALLEL,
    SHARE,
    REPLAY,
    DELAY_START,
    DELAY_EACH,
    TIMEOUT_PASSED,
    TIMEOUT_KEPT,
    SAMPLE
  }

  /**
   * An operator.
   *
   * @param amount from 1 to 8: its prefetch, size or concurrency
   * @param place which scheduler, from 0 to 2
   */
  record Stage(Step step, int amount, int place) {}

  static Plan of(long seed) {
    Random random = new Random(seed * 0x9E3779B97F4A7C15L);
    Source source = pick(random, Source.values());
    int size = source == Source.TICKS ? random.nextInt(8) : random.nextInt(4) * random.nextInt(100);
    boolean fails = size > 0 && random.nextInt(4) == 0;
    int failAt = fails ? random.nextInt(size) : -1;
    Race race = pick(random, Race.values());
    List<Stage> stages = new ArrayList<>();
    boolean ordered = true;
    int most = size;
    for (int left = 1 + random.nextInt(6); left > 0; left--) {
      Step step = pick(random, Step.values());
      if (!fits(step, ordered, fails, most) || isUnsound(stages, step)) {
        continue;
      }
      stages.add(new Stage(step, 1 + random.nextInt(8), random.nextInt(3)));
      ordered &= keepsOrder(step);
      most = most * growth(step) + 1;
    }
    boolean lossy = random.nextInt(10) == 0;
    if (lossy) {
      stages.add(new Stage(Step.SAMPLE, 1, 0));
    }
    return new Plan(seed, source, size, failAt, List.copyOf(stages), ordered, lossy, race);
  }

  private static boolean fits(Step step, boolean ordered, boolean fails, int most) {
    return switch (step) {
      case SCAN -> ordered;
      case TAKE, ZIP, RETRY -> ordered && !fails;
      case DELAY_EACH -> most <= 10;
      case FLAT_MAP, SHARE, REPLAY -> most <= 1000;
      case SAMPLE -> false;
      default -> true;
    };
  }

  /**
   * Reactor's windows over groups, when they meet a cancel, leave a source running or fail an
   * assertion of its own, on any scheduler, a few times in ten thousand.
   */
  private static boolean isUnsound(List<Stage> before, Step step) {
    return step == Step.WINDOW && before.stream().anyMatch(stage -> stage.step() == Step.GROUP);
  }

  private static boolean keepsOrder(Step step) {
    return switch (step) {
      case FLAT_MAP, WINDOW, GROUP, PARALLEL, SHARE -> false;
      default -> true;
    };
  }

  private static int growth(Step step) {
    return switch (step) {
      case FLAT_MAP, SHARE, REPLAY, RETRY -> 2;
      default -> 1;
    };
  }

  private static <E> E pick(Random random, E[] all) {
    return all[random.nextInt(all.length)];
  }

  boolean fails() {
    return failAt >= 0;
  }

  /** The same pipeline, all of whose elements arrive. */
  Plan undisturbed() {
    List<Stage> kept = lossy ? stages.subList(0, stages.size() - 1) : stages;
    return new Plan(seed, source, size, -1, kept, ordered, false, Race.NONE);
  }
}
