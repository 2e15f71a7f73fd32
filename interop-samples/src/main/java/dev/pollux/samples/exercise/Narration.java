package dev.pollux.samples.exercise;

import dev.pollux.samples.terminal.Terminal;

/**
 * What an exercise tells: sentences that explain, and labels with the values that were found,
 * printed as they come.
 *
 * @threading confined to the thread that runs the exercise
 */
final class Narration {

  private static final int WIDTH = 100;
  private static final int LABEL_WIDTH = 36;

  private final Terminal terminal;
  private boolean isGood = true;

  Narration(Terminal terminal) {
    this.terminal = terminal;
  }

  /** Prints a paragraph, with an empty line before it. */
  void say(String text) {
    StringBuilder line = new StringBuilder();
    terminal.out().println();
    for (String word : text.split(" ", -1)) {
      if (!line.isEmpty() && line.length() + 1 + word.length() > WIDTH) {
        print(line.toString());
        line.setLength(0);
      }
      line.append(line.isEmpty() ? "" : " ").append(word);
    }
    print(line.toString());
  }

  /** Prints a line as it is. */
  void line(String text) {
    print(text);
  }

  /** Prints what was found. */
  void row(String label, Object value) {
    print(label + " ".repeat(Math.max(2, LABEL_WIDTH - label.length())) + value);
  }

  /** Prints whether something is as it should be; if it is not, the exercise has failed. */
  void check(String label, boolean holds) {
    isGood &= holds;
    row(label, holds ? "yes" : "NO");
  }

  /** Prints what was found, and what should have been if that is not the same. */
  void check(String label, Object found, Object expected) {
    boolean holds = found.equals(expected);
    isGood &= holds;
    row(label, holds ? found : found + ", and NOT " + expected);
  }

  /** Where a part of an exercise writes that has a form of its own, and shows its progress. */
  Terminal terminal() {
    return terminal;
  }

  /** Whether everything that was checked is as it should be. */
  boolean isGood() {
    return isGood;
  }

  private void print(String line) {
    terminal.out().println(line);
    terminal.out().flush();
  }
}
