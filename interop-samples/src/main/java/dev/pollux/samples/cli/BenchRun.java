package dev.pollux.samples.cli;

import dev.pollux.samples.bench.Child;
import dev.pollux.samples.bench.Contender;
import dev.pollux.samples.bench.Contest;
import dev.pollux.samples.bench.Score;
import dev.pollux.samples.bench.Standing;
import dev.pollux.samples.bench.Workload;
import dev.pollux.samples.terminal.ProgressLine;
import dev.pollux.samples.terminal.Terminal;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CancellationException;

/** Measures workload by workload, and shows how far it has come. */
final class BenchRun {

  private final Terminal terminal;
  private final ProgressLine progress;
  private final List<Workload> workloads;
  private final Contest contest;
  private final BenchOutput output;
  private final int machines;
  private final int forks;
  private int begun;

  /**
   * Makes a run.
   *
   * @param terminal shows the progress, and takes the complaints
   * @param workloads what is run
   * @param contenders who is measured by each
   * @param forks how often each
   * @param child measures
   * @param output takes what was measured
   */
  BenchRun(
      Terminal terminal,
      List<Workload> workloads,
      List<Contender> contenders,
      int forks,
      Child child,
      BenchOutput output) {
    this.terminal = terminal;
    this.progress = new ProgressLine(terminal);
    this.workloads = workloads;
    this.contest = new Contest(contenders, forks, child, this::begins);
    this.output = output;
    this.machines = contest.machines(workloads);
    this.forks = forks;
  }

  /** Returns whether nobody failed. What was measured before it is stopped is printed. */
  boolean run() throws IOException, InterruptedException {
    boolean isGood = true;
    boolean isComplete = false;
    try {
      for (Workload workload : workloads) {
        Standing standing = contest.measure(workload);
        progress.clear();
        for (Score failed : standing.failures()) {
          isGood = false;
          complain(workload, failed);
        }
        output.take(standing);
      }
      isComplete = true;
    } catch (CancellationException stopped) {
      isGood = false;
    } finally {
      progress.clear();
      output.finish(isComplete);
    }
    return isGood;
  }

  private void complain(Workload workload, Score failed) {
    String whose = failed.contender().equals(Contender.POLLUX) ? "" : " of " + failed.contender();
    terminal.complain(
        "pollux bench: workload %s%s failed: %s"
            .formatted(workload.name(), whose, failed.failure()));
  }

  private void begins(Workload workload, int round, Contender contender) {
    begun++;
    progress.showNow(
        "bench: %s, round %d of %d: %s; JVM %d of %d"
            .formatted(workload.name(), round, forks, contender, begun, machines));
  }
}
