package dev.pollux.samples.sample;

import java.io.PrintStream;

/**
 * What came out of a sample: a table of labels and values, printed line by line as they are found.
 *
 * @threading confined to the thread that runs the sample
 */
final class Findings {

  private static final int LABEL_WIDTH = 36;

  private final PrintStream out;
  private boolean areGood = true;

  Findings(PrintStream out) {
    this.out = out;
  }

  /** Prints what the next rows are about. */
  void title(String title) {
    out.println();
    out.println(title);
    out.flush();
  }

  /** Prints what was found. */
  void row(String label, Object value) {
    out.println(label + " ".repeat(Math.max(2, LABEL_WIDTH - label.length())) + value);
    out.flush();
  }

  /** Prints whether something is as it should be; if it is not, the sample has failed. */
  void check(String label, boolean holds) {
    areGood &= holds;
    row(label, holds ? "yes" : "NO");
  }

  /** Prints what was found, and what should have been if that is not the same. */
  void check(String label, Object found, Object expected) {
    boolean holds = found.equals(expected);
    areGood &= holds;
    row(label, holds ? found : found + ", and NOT " + expected);
  }

  /** Whether everything that was checked is as it should be. */
  boolean areGood() {
    return areGood;
  }
}
