package dev.pollux.samples.cli;

import dev.pollux.samples.bench.Contender;
import dev.pollux.samples.bench.Results;
import dev.pollux.samples.bench.Tsv;
import java.io.PrintStream;
import org.jspecify.annotations.Nullable;

/** Prints what was measured as a table, a line for each metric as soon as it is complete. */
final class BenchTable implements Results {

  private static final String FORMAT = "%-22s %-34s %12s %12s %12s%n";

  private final PrintStream out;

  /** The metric whose extremes may still come. */
  private @Nullable Tsv median;

  private String least = "";

  BenchTable(PrintStream out, BenchMachine machine, boolean isQuick) {
    this.out = out;
    out.printf("%s%n", machine.line());
    if (isQuick) {
      out.println(ContestTable.QUICK);
    }
    out.println();
    out.printf(FORMAT, "workload", "metric", "median", "least", "greatest");
  }

  @Override
  public void take(String workload, String metric, double value) {
    if (metric.endsWith(LEAST)) {
      least = BenchFigures.format(value);
    } else if (metric.endsWith(GREATEST)) {
      finish(BenchFigures.format(value));
    } else {
      finish("");
      median = new Tsv(Contender.POLLUX, workload, metric, value);
    }
  }

  /** Prints the last line, if its metric has no extremes. */
  void finish() {
    finish("");
  }

  private void finish(String greatest) {
    if (median != null) {
      out.printf(
          FORMAT,
          median.workload(),
          median.metric(),
          BenchFigures.format(median.value()),
          least,
          greatest);
      out.flush();
    }
    median = null;
    least = "";
  }
}
