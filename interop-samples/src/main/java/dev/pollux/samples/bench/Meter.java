package dev.pollux.samples.bench;

import dev.pollux.executor.PolluxRuntime;
import java.util.ArrayList;
import java.util.List;

/** Repeats a workload and reports the median, the least and the greatest of what it took. */
public final class Meter {

  /**
   * Where a metric's name says that it is a time; what stands before belongs to all of its kind.
   */
  private static final String TIME = "ns_per_";

  /** The shortest slice of what has no end of its own. */
  private static final long LEAST_SLICE_NANOS = 250_000_000;

  /** Runs once and says how many nanoseconds the measured part took. */
  @FunctionalInterface
  public interface Repetition {
    /** Runs it. */
    long nanos() throws Exception;
  }

  private final Settings settings;
  private final String workload;
  private final Results results;

  /**
   * Makes a meter.
   *
   * @param settings how long to measure
   * @param workload the name of what is measured
   * @param results takes what was measured
   */
  public Meter(Settings settings, String workload, Results results) {
    this.settings = settings;
    this.workload = workload;
    this.results = results;
  }

  /** The processor time that this process has used, in steps of 10 ms on Linux. */
  public long cpuNanos() {
    return Effort.processCpuNanos();
  }

  /** How often to repeat what is too long for {@link #measure}. */
  public int repetitions() {
    return settings.repetitions();
  }

  /** How long to run, in each repetition, what has no end of its own. */
  long sliceNanos() {
    return Math.max(LEAST_SLICE_NANOS, settings.budgetNanos());
  }

  /**
   * Warms up, repeats, and reports.
   *
   * @param metric what is measured
   * @param units how many of what the metric is for happen in one repetition
   * @param repetition what is measured
   */
  public void measure(String metric, long units, Repetition repetition) throws Exception {
    warmUp(repetition);
    report(metric, repeat(units, repetition));
  }

  /**
   * As {@link #measure(String, long, Repetition)}, and reports also what the runtime and the
   * process have spent on each unit. For that it goes on to the end of the budget, if the greatest
   * number of repetitions does not take so long.
   *
   * @param metric what is measured; what stands before {@code ns_per_} begins the names of the
   *     others too
   * @param units as there
   * @param runtime what runs it
   * @param repetition as there
   */
  void measure(String metric, long units, PolluxRuntime runtime, Repetition repetition)
      throws Exception {
    warmUp(repetition);
    Effort before = Effort.of(runtime);
    long begun = System.nanoTime();
    List<Double> samples = repeat(units, repetition);
    long repetitions = samples.size();
    while (System.nanoTime() - begun < settings.budgetNanos()) { // processor time comes in steps
      repetition.nanos();
      repetitions++;
    }
    Effort effort = Effort.of(runtime).minus(before);
    report(metric, samples);
    effort.report(this, metric.substring(0, metric.indexOf(TIME)), repetitions * units);
  }

  private void warmUp(Repetition repetition) throws Exception {
    long begun = System.nanoTime();
    for (int i = 0; i < 2 || System.nanoTime() - begun < settings.warmUpNanos(); i++) {
      repetition.nanos();
    }
  }

  private List<Double> repeat(long units, Repetition repetition) throws Exception {
    List<Double> samples = new ArrayList<>();
    long begun = System.nanoTime();
    while (samples.size() < settings.repetitions()
        || (samples.size() < settings.maxRepetitions()
            && System.nanoTime() - begun < settings.budgetNanos())) {
      samples.add((double) repetition.nanos() / units);
    }
    return samples;
  }

  /** Reports several values of one metric. */
  public void report(String metric, List<Double> samples) {
    Samples.of(samples).report(workload, metric, results);
  }

  /** Reports the one value of a metric. */
  public void report(String metric, double value) {
    results.take(workload, metric, value);
  }

  /** Refuses a wrong result. */
  public void check(long got, long expected) {
    if (got != expected) {
      throw new IllegalStateException(
          "wrong result of " + workload + ": " + got + ", not " + expected);
    }
  }
}
