package dev.pollux.samples.bench;

import java.util.List;

/**
 * What all contenders came to in a workload.
 *
 * @param workload what was run
 * @param scores theirs, in the order in which they ran
 */
public record Standing(Workload workload, List<Score> scores) {

  /** The names of all that was measured, in the order in which it first appears. */
  public List<String> metrics() {
    return scores.stream().flatMap(score -> score.metrics().stream()).distinct().toList();
  }

  /** Those that more than one has measured. */
  public List<String> sharedMetrics() {
    return metrics().stream().filter(metric -> countOf(metric) > 1).toList();
  }

  private long countOf(String metric) {
    return scores.stream().filter(score -> score.median(metric).isPresent()).count();
  }

  /** Who failed. */
  public List<Score> failures() {
    return scores.stream().filter(score -> score.failure() != null).toList();
  }
}
