package dev.pollux.samples.cli;

import dev.pollux.samples.bench.Contender;
import dev.pollux.samples.bench.Ranking;
import dev.pollux.samples.bench.Score;
import dev.pollux.samples.bench.Standing;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Prints who came to what: a block for each workload as soon as it is complete, and at the end a
 * line for each metric.
 */
final class ContestTable {

  private static final String LINE = "%-18s %-20s %-18s %11s %11s %10s%n";

  /** Stands where figures are of no use. */
  static final String QUICK =
      "quick: hardly warmed up and seldom repeated; these figures are no ground to decide on";

  private final PrintStream out;
  private final List<Standing> standings = new ArrayList<>();

  private final boolean isQuick;

  ContestTable(PrintStream out, boolean isQuick) {
    this.out = out;
    this.isQuick = isQuick;
  }

  /**
   * Prints what stands above the table.
   *
   * @param leftOut who is not measured, and why
   */
  void head(BenchMachine machine, int forks, List<String> leftOut) {
    out.println(machine.line());
    out.println(machine.librariesLine());
    out.println(
        forks == 1
            ? "one JVM for each, with the same heap for all: medians of its repetitions, and their"
                + " range"
            : forks
                + " JVMs for each, in turns, with the same heap for all: the median of their"
                + " medians, and the range");
    leftOut.forEach(out::println);
    if (isQuick) {
      out.println(QUICK);
    }
    out.flush();
  }

  /** Prints the block of a workload. */
  void add(Standing standing) {
    standings.add(standing);
    for (String metric : shown(standing)) {
      out.printf("%n%s: %s%n", standing.workload().name(), metric);
      Ranking ranking = Ranking.of(standing, metric);
      standing.scores().forEach(score -> print(score, ranking));
    }
    if (standing.metrics().isEmpty()) { // all have failed
      out.printf("%n%s%n", standing.workload().name());
      standing.failures().forEach(this::printFailure);
    }
    out.flush();
  }

  /** What only Pollux measures beside is left out where there is something to compare. */
  private static List<String> shown(Standing standing) {
    if (standing.sharedMetrics().isEmpty()) {
      return standing.metrics();
    }
    return standing.metrics().stream().filter(metric -> isOfAPeer(standing, metric)).toList();
  }

  private static boolean isOfAPeer(Standing standing, String metric) {
    return standing.scores().stream()
        .anyMatch(
            score ->
                !score.contender().equals(Contender.POLLUX) && score.median(metric).isPresent());
  }

  private void print(Score score, Ranking ranking) {
    if (score.failure() != null) {
      printFailure(score);
      return;
    }
    Optional<Double> median = score.median(ranking.metric());
    median.ifPresent(
        value ->
            out.printf(
                "  %-20s %12s %28s %10s%s%n",
                score.contender(),
                BenchFigures.format(value),
                range(score, ranking.metric()),
                ranking.ratio(score).map(ContestTable::ratio).orElse(""),
                ranking.isBest(score) ? " best" : ""));
  }

  private void printFailure(Score failed) {
    out.printf("  %-20s failed: %s%n", failed.contender(), failed.failure());
  }

  private static String range(Score score, String metric) {
    return score
        .least(metric)
        .flatMap(
            least ->
                score
                    .greatest(metric)
                    .map(most -> BenchFigures.format(least) + " to " + BenchFigures.format(most)))
        .orElse("");
  }

  private static String ratio(double ratio) {
    return String.format(Locale.ROOT, ratio < 100 ? "%.2f x" : "%.0f x", ratio);
  }

  /**
   * Prints the lines at the end, of what there was to compare.
   *
   * @param isComplete whether all was measured that was asked for
   */
  void finish(boolean isComplete) {
    out.println();
    out.printf(LINE, "workload", "metric", "best", "", "pollux", "to best");
    for (Standing standing : standings) {
      for (String metric : standing.sharedMetrics()) {
        Ranking ranking = Ranking.of(standing, metric);
        ranking.best().ifPresent(best -> printLine(standing, ranking, best));
      }
      for (Score failed : standing.failures()) {
        out.printf(
            "%-18s %s failed: %s%n",
            standing.workload().name(), failed.contender(), failed.failure());
      }
    }
    if (isQuick || !isComplete) {
      out.println();
    }
    if (isQuick) {
      out.println(QUICK);
    }
    if (!isComplete) {
      out.println("stopped: the rest was not measured");
    }
    out.flush();
  }

  private void printLine(Standing standing, Ranking ranking, Score best) {
    Optional<Score> ours =
        standing.scores().stream()
            .filter(score -> score.contender().equals(Contender.POLLUX))
            .findFirst();
    String metric = ranking.metric();
    out.printf(
        LINE,
        standing.workload().name(),
        metric,
        best.contender(),
        best.median(metric).map(BenchFigures::format).orElse(""),
        ours.flatMap(score -> score.median(metric)).map(BenchFigures::format).orElse(""),
        ours.flatMap(ranking::ratio).map(ContestTable::ratio).orElse(""));
  }
}
