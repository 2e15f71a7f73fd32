package dev.pollux.samples.bench;

/** Takes what was measured. */
@FunctionalInterface
public interface Results {

  /** Ends the name of a metric that is the least of several values. */
  String LEAST = ".min";

  /** Ends the name of a metric that is the greatest of several values. */
  String GREATEST = ".max";

  /**
   * Takes one value. The extremes of a metric, if it has any, follow its median: first the least.
   *
   * @param workload what was run
   * @param metric what was measured, with its unit
   * @param value the value
   */
  void take(String workload, String metric, double value);
}
