package dev.pollux.samples.cli;

import dev.pollux.samples.bench.Results;
import dev.pollux.samples.bench.Tsv;
import java.io.PrintStream;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Prints what was measured as a table, a line for each metric as soon as it is complete. */
final class BenchTable implements Results {

  private static final String FORMAT = "%-22s %-34s %12s %12s %12s%n";

  private final PrintStream out;

  /** The metric whose extremes may still come. */
  private @Nullable Tsv median;

  private String least = "";

  BenchTable(PrintStream out) {
    this.out = out;
    out.printf("JDK %s, %d processors%n%n", Runtime.version(), processors());
    out.printf(FORMAT, "workload", "metric", "median", "least", "greatest");
  }

  private static int processors() {
    return Runtime.getRuntime().availableProcessors();
  }

  @Override
  public void take(String workload, String metric, double value) {
    if (metric.endsWith(LEAST)) {
      least = format(value);
    } else if (metric.endsWith(GREATEST)) {
      finish(format(value));
    } else {
      finish("");
      median = new Tsv(workload, metric, value);
    }
  }

  /** Prints the last line, if its metric has no extremes. */
  void finish() {
    finish("");
  }

  private void finish(String greatest) {
    if (median != null) {
      out.printf(
          FORMAT, median.workload(), median.metric(), format(median.value()), least, greatest);
      out.flush();
    }
    median = null;
    least = "";
  }

  private static String format(double value) {
    double size = Math.abs(value);
    return String.format(Locale.ROOT, size < 1 ? "%.5f" : size < 100 ? "%.2f" : "%.0f", value);
  }
}
