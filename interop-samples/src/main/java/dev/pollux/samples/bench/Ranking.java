package dev.pollux.samples.bench;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Who is best by a metric.
 *
 * @param metric what they are ranked by
 * @param best the best of them; empty if there is nothing to rank
 */
public record Ranking(String metric, Optional<Score> best) {

  /** Ranks those that have measured it, if there are several and it says who is better. */
  public static Ranking of(Standing standing, String metric) {
    boolean isRanked = isRanked(metric) && standing.sharedMetrics().contains(metric);
    List<Score> scores = isRanked ? standing.scores() : List.of();
    Comparator<Score> byValue = Comparator.comparing(score -> score.median(metric).orElseThrow());
    return new Ranking(
        metric,
        scores.stream()
            .filter(score -> score.median(metric).isPresent())
            .min(isMoreBetter(metric) ? byValue.reversed() : byValue));
  }

  /**
   * How many times worse than the best a score is, at least 1. Empty if it has no such value, or if
   * one of the two is not positive, as the time beyond an ideal may be.
   */
  public Optional<Double> ratio(Score score) {
    return best.flatMap(
        winner ->
            score
                .median(metric)
                .flatMap(value -> ratio(winner.median(metric).orElseThrow(), value)));
  }

  private Optional<Double> ratio(double best, double value) {
    if (best <= 0 || value <= 0) {
      return Optional.empty();
    }
    return Optional.of(isMoreBetter(metric) ? best / value : value / best);
  }

  /** Whether that is the best score. */
  public boolean isBest(Score score) {
    return best.filter(score::equals).isPresent();
  }

  private static boolean isMoreBetter(String metric) {
    return metric.equals("units");
  }

  /**
   * Whether a metric says who is better. The growth of resident memory doesn't: whoever keeps all
   * in the heap, which was touched before, has next to none. A bound that was reached doesn't
   * either.
   */
  private static boolean isRanked(String metric) {
    return !metric.startsWith("rss_") && !metric.equals("units_tried");
  }
}
