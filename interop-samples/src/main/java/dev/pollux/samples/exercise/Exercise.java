package dev.pollux.samples.exercise;

import dev.pollux.samples.terminal.Terminal;
import dev.pollux.structure.CancellationToken;

/**
 * A question about async runtimes, and a program that answers it.
 *
 * @param number by which it is asked for
 * @param title one line that says what is shown
 * @param body shows it
 */
public record Exercise(int number, String title, Body body) {

  /** Does an exercise. */
  @FunctionalInterface
  interface Body {

    /**
     * Does it once, and tells {@code out} what came out.
     *
     * @param stop cancelled if nobody wants the rest any more: then it returns soon
     */
    void run(Narration out, CancellationToken stop) throws Exception;
  }

  /**
   * Does it, and prints what came out.
   *
   * @param terminal takes the lines, which are plain ASCII
   * @param stop ends it early
   * @return whether all was as it should be, as far as it went
   * @throws Exception if it could not be run to its end
   */
  public boolean run(Terminal terminal, CancellationToken stop) throws Exception {
    Narration narration = new Narration(terminal);
    body.run(narration, stop);
    return narration.isGood();
  }
}
