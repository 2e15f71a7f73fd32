package dev.pollux.samples.cli;

import dev.pollux.samples.bench.Standing;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** Prints what was measured. */
interface BenchOutput {

  /** Takes a workload that is complete. */
  void take(Standing standing);

  /**
   * Prints what comes at the end.
   *
   * @param isComplete whether all was measured that was asked for
   */
  void finish(boolean isComplete);

  /** Lines of peer, workload, metric and value. */
  static BenchOutput tsv(PrintStream out) {
    return new BenchOutput() {
      @Override
      public void take(Standing standing) {
        standing.scores().stream()
            .flatMap(score -> score.lines().stream())
            .forEach(line -> out.println(line.line()));
        out.flush();
      }

      @Override
      public void finish(boolean isComplete) {}
    };
  }

  /** A document at the end. */
  static BenchOutput json(
      PrintStream out, BenchMachine machine, int forks, boolean isQuick, List<String> leftOut) {
    List<Standing> standings = new ArrayList<>();
    return new BenchOutput() {
      @Override
      public void take(Standing standing) {
        standings.add(standing);
      }

      @Override
      public void finish(boolean isComplete) {
        out.println(ContestJson.of(machine, forks, isQuick, leftOut, standings, isComplete));
      }
    };
  }

  /** A table of one contender's metrics. */
  static BenchOutput ofPollux(PrintStream out, BenchMachine machine, boolean isQuick) {
    BenchTable table = new BenchTable(out, machine, isQuick);
    return new BenchOutput() {
      @Override
      public void take(Standing standing) {
        standing.scores().stream()
            .flatMap(score -> score.lines().stream())
            .forEach(line -> table.take(line.workload(), line.metric(), line.value()));
      }

      @Override
      public void finish(boolean isComplete) {
        table.finish();
      }
    };
  }

  /** A block for each workload, and a table at the end. */
  static BenchOutput table(
      PrintStream out, BenchMachine machine, int forks, boolean isQuick, List<String> leftOut) {
    ContestTable table = new ContestTable(out, isQuick);
    table.head(machine, forks, leftOut);
    return new BenchOutput() {
      @Override
      public void take(Standing standing) {
        table.add(standing);
      }

      @Override
      public void finish(boolean isComplete) {
        table.finish(isComplete);
      }
    };
  }
}
