package dev.pollux.samples.bench;

import java.util.ArrayList;
import java.util.List;

/** Repeats a workload and reports the median, the least and the greatest of what it took. */
final class Meter {

  /** Runs once and says how many nanoseconds the measured part took. */
  @FunctionalInterface
  interface Repetition {
    long nanos() throws Exception;
  }

  private final Settings settings;
  private final String workload;
  private final Results results;

  Meter(Settings settings, String workload, Results results) {
    this.settings = settings;
    this.workload = workload;
    this.results = results;
  }

  /** How often to repeat what is too long for {@link #measure}. */
  int repetitions() {
    return settings.repetitions();
  }

  /**
   * Warms up, repeats, and reports.
   *
   * @param metric what is measured
   * @param units how many of what the metric is for happen in one repetition
   * @param repetition what is measured
   */
  void measure(String metric, long units, Repetition repetition) throws Exception {
    long begun = System.nanoTime();
    for (int i = 0; i < 2 || System.nanoTime() - begun < settings.warmUpNanos(); i++) {
      repetition.nanos();
    }
    List<Double> samples = new ArrayList<>();
    begun = System.nanoTime();
    while (samples.size() < settings.repetitions()
        || (samples.size() < settings.maxRepetitions()
            && System.nanoTime() - begun < settings.budgetNanos())) {
      samples.add((double) repetition.nanos() / units);
    }
    report(metric, samples);
  }

  /** Reports several values of one metric. */
  void report(String metric, List<Double> samples) {
    Samples.of(samples).report(workload, metric, results);
  }

  /** Reports the one value of a metric. */
  void report(String metric, double value) {
    results.take(workload, metric, value);
  }

  /** Refuses a wrong result. */
  void check(long got, long expected) {
    if (got != expected) {
      throw new IllegalStateException(
          "wrong result of " + workload + ": " + got + ", not " + expected);
    }
  }
}
