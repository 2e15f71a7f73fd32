package dev.pollux.samples.sample;

import java.io.PrintStream;

/**
 * A meeting of Pollux and another library.
 *
 * @param name by which it is asked for
 * @param what one line that says what is shown
 * @param body shows it
 */
public record Sample(String name, String what, Body body) {

  /** Runs a sample. */
  @FunctionalInterface
  interface Body {

    /** Runs it once, and tells {@code findings} what came out. */
    void run(Findings findings) throws Exception;
  }

  /**
   * Runs it, and prints what came out, a line for each finding.
   *
   * @param out takes the lines, which are plain ASCII
   * @return whether all was as it should be
   * @throws Exception if it could not be run to its end
   */
  public boolean run(PrintStream out) throws Exception {
    Findings findings = new Findings(out);
    body.run(findings);
    return findings.areGood();
  }
}
