package dev.pollux.samples.demo;

import dev.pollux.samples.terminal.ProgressLine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Compares the counts of the pipeline with plain ones.
 *
 * @param differences a line for each file whose counts differ
 */
record Comparison(List<String> differences) {

  /**
   * Counts each file again.
   *
   * @param files what the pipeline counted
   * @param begun when it began
   * @param progress shown for each file
   * @param stop asked now and then
   * @throws java.util.concurrent.CancellationException if {@code stop} says so
   */
  static Comparison of(
      List<Summary.Counted> files, Instant begun, ProgressLine progress, BooleanSupplier stop) {
    List<String> differences = new ArrayList<>();
    int done = 0;
    for (Summary.Counted file : files) {
      int checked = done++;
      progress.show(() -> "demo: counting again, " + checked + " of " + files.size() + " files");
      compare(file, begun, stop, differences);
    }
    return new Comparison(differences);
  }

  private static void compare(
      Summary.Counted file, Instant begun, BooleanSupplier stop, List<String> differences) {
    try {
      Path path = Path.of(file.name());
      PlainCount plain = PlainCount.of(path, stop);
      Tally tally = file.tally();
      if (plain.lines() != tally.lines()
          || plain.words() != tally.words()
          || plain.bytes() != tally.bytes()) {
        boolean changed = !Files.getLastModifiedTime(path).toInstant().isBefore(begun);
        differences.add(
            file.name()
                + ": "
                + (changed ? "changed while it was read: " : "")
                + "%d lines, %d words, %d bytes by the pipeline; %d, %d, %d by a plain loop"
                    .formatted(
                        tally.lines(),
                        tally.words(),
                        tally.bytes(),
                        plain.lines(),
                        plain.words(),
                        plain.bytes()));
      }
    } catch (IOException failure) {
      differences.add(file.name() + ": can't be counted again: " + Reason.of(failure));
    }
  }

  boolean agrees() {
    return differences.isEmpty();
  }
}
