package dev.pollux.samples.stress;

import dev.pollux.samples.terminal.Terminal;
import dev.pollux.structure.CancellationToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.stream.Stream;

/** Runs one after the other, each to its end, and says how each has ended. */
public final class LongRuns {

  /** How many lines of a log are shown. */
  private static final int SHOWN = 10;

  private final Terminal terminal;
  private final CancellationToken stop;
  private boolean failed;

  /**
   * Makes the runner.
   *
   * @param terminal where it says how they ended
   * @param stop ends the one that runs when it is cancelled; no other is started
   */
  public LongRuns(Terminal terminal, CancellationToken stop) {
    this.terminal = terminal;
    this.stop = stop;
  }

  /**
   * Runs them.
   *
   * @return whether all have passed
   * @throws IOException if one can't be started
   */
  public boolean run(List<LongRun> runs) throws IOException, InterruptedException {
    for (LongRun run : runs) {
      long begun = System.nanoTime();
      int exitCode = LoggedProcess.run(run.command(), run.directory(), run.log(), stop);
      if (stop.isCancelled()) {
        return false;
      }
      long seconds = (System.nanoTime() - begun) / 1_000_000_000;
      String ended = exitCode == 0 ? "passed" : "FAILED";
      terminal.out().println(run.name() + ": " + ended + " after " + seconds + " s, " + run.log());
      terminal.out().flush();
      if (exitCode != 0) {
        failed = true;
        showWhy(run);
      }
    }
    return !failed;
  }

  private void showWhy(LongRun run) throws IOException {
    try (Stream<String> lines = Files.lines(run.log(), StandardCharsets.ISO_8859_1)) {
      lines
          .filter(line -> run.telling().stream().anyMatch(line::startsWith))
          .limit(SHOWN)
          .forEach(terminal::complain);
    }
  }
}
