package dev.pollux.samples.cli;

import java.util.Locale;

/** How measured values are printed. */
final class BenchFigures {

  private BenchFigures() {}

  /** With as many digits as are worth reading. */
  static String format(double value) {
    double size = Math.abs(value);
    return String.format(Locale.ROOT, size < 1 ? "%.5f" : size < 100 ? "%.2f" : "%.0f", value);
  }
}
