package dev.pollux.samples.exercise;

import dev.pollux.samples.terminal.Terminal;
import dev.pollux.structure.CancellationToken;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What an exercise told.
 *
 * @param isGood whether it found all as expected
 * @param text all that it printed
 */
record Told(boolean isGood, String text) {

  /** Does the exercise to its end. */
  static Told by(Exercise exercise) throws Exception {
    return by(exercise, CancellationToken.create());
  }

  /** Does the exercise, for as long as {@code stop} lets it. */
  static Told by(Exercise exercise, CancellationToken stop) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
    boolean isGood = exercise.run(new Terminal(stream, stream, false), stop);
    return new Told(isGood, out.toString(StandardCharsets.UTF_8));
  }

  List<String> lines() {
    return text.lines().toList();
  }

  /** What stands beside the label. */
  String value(String label) {
    String line =
        lines().stream()
            .filter(l -> l.startsWith(label + "  "))
            .findFirst()
            .orElseThrow(() -> new AssertionError("no " + label + " in\n" + text));
    return line.substring(label.length()).trim();
  }
}
