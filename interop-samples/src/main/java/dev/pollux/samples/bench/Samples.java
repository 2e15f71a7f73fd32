package dev.pollux.samples.bench;

import java.util.List;

/**
 * What several measurements come to.
 *
 * @param median the middle one, or the mean of the middle two
 * @param least the least
 * @param greatest the greatest
 */
record Samples(double median, double least, double greatest) {

  static Samples of(List<Double> samples) {
    List<Double> sorted = samples.stream().sorted().toList();
    int size = sorted.size();
    if (size == 0) {
      throw new IllegalArgumentException("samples must not be empty");
    }
    double median = (sorted.get((size - 1) / 2) + sorted.get(size / 2)) / 2;
    return new Samples(median, sorted.get(0), sorted.get(size - 1));
  }

  /** Reports the three, the extremes with the endings that mark them. */
  void report(String workload, String metric, Results results) {
    results.take(workload, metric, median);
    results.take(workload, metric + Results.LEAST, least);
    results.take(workload, metric + Results.GREATEST, greatest);
  }
}
