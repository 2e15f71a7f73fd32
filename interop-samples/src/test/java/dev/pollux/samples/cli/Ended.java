package dev.pollux.samples.cli;

import java.util.List;
import java.util.Optional;

/** How a command ended, and what it printed. */
record Ended(int exitCode, String out, String err) {

  List<String> outLines() {
    return out.lines().toList();
  }

  List<String> errLines() {
    return err.lines().toList();
  }

  /** The value of the line of a table that begins with {@code label}. */
  Optional<String> row(String label) {
    return out.lines()
        .filter(line -> line.startsWith(label + "  "))
        .map(line -> line.substring(label.length()).trim())
        .findFirst();
  }
}
