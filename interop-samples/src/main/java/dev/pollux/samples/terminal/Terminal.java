package dev.pollux.samples.terminal;

import java.io.PrintStream;

/**
 * Where output goes.
 *
 * @param out takes the results
 * @param err takes complaints and progress
 * @param isInteractive whether somebody looks at both, and progress is worth showing
 */
public record Terminal(PrintStream out, PrintStream err, boolean isInteractive) {

  /** Prints one line of complaint, which stays one line whatever {@code message} contains. */
  public void complain(String message) {
    err.println(printable(message));
  }

  /** The text with what could break a line or steer a terminal replaced. */
  static String printable(String text) {
    StringBuilder printable = new StringBuilder(text);
    for (int i = 0; i < text.length(); i++) {
      if (Character.isISOControl(text.charAt(i))) {
        printable.setCharAt(i, '?');
      }
    }
    return printable.toString();
  }
}
