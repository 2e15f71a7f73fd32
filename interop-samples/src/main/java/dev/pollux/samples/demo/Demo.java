package dev.pollux.samples.demo;

import dev.pollux.executor.CurrentThreadRuntime;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.samples.terminal.ProgressLine;
import dev.pollux.samples.terminal.Terminal;
import dev.pollux.structure.CancellationToken;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CancellationException;

/** Runs the pipeline over files, and prints what was counted. */
public final class Demo {

  /** How a run ended. */
  public enum Outcome {
    /** All files were counted, and the counts agree. */
    AGREED,
    /** Some files could not be read, or some counts differ. */
    FAILED,
    /** It was stopped. */
    INTERRUPTED
  }

  /** How long a read in flight may hold up the end. */
  private static final Duration SHUTDOWN_PATIENCE = Duration.ofSeconds(1);

  private final List<String> names;
  private final Terminal terminal;
  private final CancellationToken stop;
  private final Summary summary;
  private final Crossings crossings = new Crossings();
  private final ProgressLine progress;

  private Demo(List<String> names, Terminal terminal, CancellationToken stop) {
    this.names = names;
    this.terminal = terminal;
    this.stop = stop;
    this.summary = new Summary(names);
    this.progress = new ProgressLine(terminal);
  }

  /**
   * Counts the files.
   *
   * @param names the files
   * @param terminal where the results go
   * @param stop ends it early when it is cancelled
   * @throws Exception if the pipeline itself breaks
   */
  public static Outcome run(List<String> names, Terminal terminal, CancellationToken stop)
      throws Exception {
    return new Demo(List.copyOf(names), terminal, stop).run();
  }

  private Outcome run() throws Exception {
    Instant begun = Instant.now();
    long begunNanos = System.nanoTime();
    runPipeline();
    Duration elapsed = Duration.ofNanos(System.nanoTime() - begunNanos);
    Outcome outcome = conclude(begun, elapsed);
    terminal.out().flush();
    return outcome;
  }

  private void runPipeline() throws Exception {
    try (CurrentThreadRuntime runtime =
        PolluxRuntime.builder().name("demo").shutdownPatience(SHUTDOWN_PATIENCE).currentThread()) {
      runtime.blockOn(stop.runUntilCancelled(Pipeline.of(names, runtime, crossings, this::take)));
    } finally {
      progress.clear();
    }
  }

  private void take(FileTally tally) {
    summary.add(tally);
    if (tally.state() == FileTally.State.FAILED) {
      progress.clear();
      complain(names.get(tally.file()) + ": " + tally.requireReason());
    }
    progress.show(
        () ->
            "demo: %d of %d files, %d lines"
                .formatted(summary.complete().size(), summary.files(), summary.total().lines()));
  }

  private Outcome conclude(Instant begun, Duration elapsed) {
    Comparison comparison = null;
    if (!stop.isCancelled()) {
      try {
        comparison = Comparison.of(summary.complete(), begun, progress, stop::isCancelled);
      } catch (CancellationException cancelled) {
        // Then it stays null.
      }
      progress.clear();
    }
    terminal.out().print(Report.of(summary, crossings, elapsed));
    if (comparison == null) {
      terminal.out().println("interrupted: counts not checked");
      return Outcome.INTERRUPTED;
    }
    comparison.differences().forEach(this::complain);
    if (!crossings.areEqual()) {
      complain("the bridges did not carry the same number of elements");
    }
    boolean agrees = comparison.agrees() && crossings.areEqual();
    boolean isEmpty = summary.complete().isEmpty();
    terminal
        .out()
        .println(!agrees ? "counts DIFFER" : isEmpty ? "no counts to compare" : "counts agree");
    return agrees && summary.failed() == 0 ? Outcome.AGREED : Outcome.FAILED;
  }

  private void complain(String message) {
    terminal.complain("pollux demo: " + message);
  }
}
