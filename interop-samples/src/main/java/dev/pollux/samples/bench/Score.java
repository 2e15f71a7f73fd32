package dev.pollux.samples.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a contender came to in a workload.
 *
 * @param contender its name
 * @param lines what it measured, extremes after their median; none if it failed
 * @param failure why it failed, if it did
 */
public record Score(String contender, List<Tsv> lines, @Nullable String failure) {

  /** That of one that failed. */
  static Score failed(String contender, String failure) {
    return new Score(contender, List.of(), failure);
  }

  /**
   * That of one that was measured. What one machine measured stands as it is; of several, the
   * medians are taken, and their median and extremes stand.
   *
   * @param contender its name
   * @param forks what each of its machines measured, at least one
   */
  static Score of(String contender, List<List<Tsv>> forks) {
    if (forks.size() == 1) {
      return new Score(contender, forks.get(0), null);
    }
    String workload = forks.get(0).get(0).workload();
    Map<String, List<Double>> medians = new LinkedHashMap<>();
    for (List<Tsv> fork : forks) {
      for (Tsv line : fork) {
        if (!line.isExtreme()) {
          medians.computeIfAbsent(line.metric(), metric -> new ArrayList<>()).add(line.value());
        }
      }
    }
    List<Tsv> lines = new ArrayList<>();
    Results results = (name, metric, value) -> lines.add(new Tsv(contender, name, metric, value));
    medians.forEach((metric, values) -> Samples.of(values).report(workload, metric, results));
    return new Score(contender, lines, null);
  }

  /** The names of what it measured, in order. */
  public List<String> metrics() {
    return lines.stream().filter(line -> !line.isExtreme()).map(Tsv::metric).toList();
  }

  /** The median of a metric. */
  public Optional<Double> median(String metric) {
    return value(metric);
  }

  /** The least of a metric, if it has extremes. */
  public Optional<Double> least(String metric) {
    return value(metric + Results.LEAST);
  }

  /** The greatest of a metric, if it has extremes. */
  public Optional<Double> greatest(String metric) {
    return value(metric + Results.GREATEST);
  }

  private Optional<Double> value(String metric) {
    return lines.stream().filter(line -> line.metric().equals(metric)).findFirst().map(Tsv::value);
  }
}
