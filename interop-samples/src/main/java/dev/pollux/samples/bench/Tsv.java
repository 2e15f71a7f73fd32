package dev.pollux.samples.bench;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One measured value as a line of text: peer, workload, metric and value, separated by tabs.
 *
 * @param peer who was measured
 * @param workload as in {@link Results}
 * @param metric as in {@link Results}
 * @param value as in {@link Results}
 */
public record Tsv(String peer, String workload, String metric, double value) {

  /** Reads a line; empty if it is none of these. */
  static Optional<Tsv> parse(String line) {
    List<String> fields = List.of(line.split("\t", -1));
    if (fields.size() != 4) {
      return Optional.empty();
    }
    try {
      double value = Double.parseDouble(fields.get(3));
      return Optional.of(new Tsv(fields.get(0), fields.get(1), fields.get(2), value));
    } catch (NumberFormatException noValue) {
      return Optional.empty();
    }
  }

  /** Whether the value is the least or the greatest of several. */
  public boolean isExtreme() {
    return metric.endsWith(Results.LEAST) || metric.endsWith(Results.GREATEST);
  }

  /** The line. */
  public String line() {
    String decimals = Math.abs(value) < 1 ? "%.6f" : "%.3f"; // few wakes are shared by many tasks
    return String.join("\t", peer, workload, metric, String.format(Locale.ROOT, decimals, value));
  }
}
