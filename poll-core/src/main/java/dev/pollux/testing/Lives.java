package dev.pollux.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * The trials that the laws share: a subject under every pace, brought to every end that it can come
 * to.
 */
final class Lives {

  /** More polls or steps than this are sampled. */
  private static final int SAMPLES = 40;

  private Lives() {}

  /** Every pace, and for an iterator every way of reading. */
  static List<Plan> plans(Terms terms) {
    List<Plan> plans = new ArrayList<>();
    for (Plan plan : paces(3)) {
      plans.add(plan);
      if (terms.iterates) {
        plans.add(plan.withReading(Plan.Reading.EACH));
        plans.add(plan.withReading(Plan.Reading.EACH, 1));
      }
    }
    return plans;
  }

  /** Ready children, late children, and children with {@code seeds} different minds. */
  static List<Plan> paces(int seeds) {
    List<Plan> plans = new ArrayList<>(List.of(Plan.ready(), Plan.late()));
    for (int seed = 1; seed <= seeds; seed++) {
      plans.add(Plan.random(seed));
    }
    return plans;
  }

  /** Lives that end by themselves, by cancel after any number of polls, or by a failing step. */
  static void everyEnd(Terms terms, Consumer<Trial> judge) {
    everyCancel(terms, judge);
    for (Plan plan : plans(terms)) {
      Trial undisturbed = new Trial(terms, plan);
      undisturbed.run();
      for (int step : samples(0, undisturbed.kit.steps())) {
        for (boolean error : new boolean[] {false, true}) {
          Trial failing = new Trial(terms, plan.withFailure(step, error));
          failing.run();
          finish(failing, judge);
        }
      }
    }
  }

  /** Lives that end by themselves, or by cancel after any number of polls. */
  static void everyCancel(Terms terms, Consumer<Trial> judge) {
    for (Plan plan : plans(terms)) {
      Trial undisturbed = new Trial(terms, plan);
      undisturbed.run();
      int polls = undisturbed.polls();
      finish(undisturbed, judge);
      for (int cut : samples(0, polls)) {
        Trial trial = new Trial(terms, plan);
        trial.run(cut);
        finish(trial, judge);
      }
    }
  }

  /** Cancels what is not over, and has it judged. */
  private static void finish(Trial trial, Consumer<Trial> judge) {
    if (trial.end() != Trial.End.COMPLETED && trial.end() != Trial.End.FAILED) {
      trial.cancel();
    }
    judge.accept(trial);
  }

  /**
   * The numbers from {@code from} up to and without {@code to}, or some of them if they are many.
   */
  static List<Integer> samples(int from, int to) {
    int stride = Math.max(1, (to - from + SAMPLES - 1) / SAMPLES);
    return IntStream.iterate(from, i -> i < to, i -> i + stride).boxed().toList();
  }
}
