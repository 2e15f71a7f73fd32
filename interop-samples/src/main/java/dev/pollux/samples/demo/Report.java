package dev.pollux.samples.demo;

import java.time.Duration;
import java.util.Locale;

/** The table at the end. */
final class Report {

  private static final int LABEL_WIDTH = 36;

  private final StringBuilder text = new StringBuilder();

  private Report() {}

  /** Lays out what was counted, in {@code elapsed}. */
  static String of(Summary summary, Crossings crossings, Duration elapsed) {
    Report report = new Report();
    double seconds = elapsed.toNanos() / 1e9;
    Tally total = summary.total();
    report.row("files", files(summary));
    report.row("lines", total.lines());
    report.row("words", total.words());
    report.row("bytes", total.bytes());
    report.row("elapsed", String.format(Locale.ROOT, "%.3f s", seconds));
    report.row("lines/s", Math.round(total.lines() / Math.max(seconds, 1e-9)));
    report.row("AsyncIterator -> Reactor Flux", elements(crossings.fluxElements()));
    report.row("Reactor Flux -> RxJava Flowable", elements(crossings.flowableElements()));
    report.row("RxJava Flowable -> AsyncIterator", elements(crossings.backElements()));
    return report.text.toString();
  }

  private static String files(Summary summary) {
    int complete = summary.complete().size();
    StringBuilder files = new StringBuilder().append(complete);
    if (complete < summary.files()) {
      files.append(" of ").append(summary.files());
    }
    if (summary.failed() > 0) {
      files.append(", ").append(summary.failed()).append(" failed");
    }
    if (summary.hasPartial()) {
      files.append(", 1 in part");
    }
    return files.toString();
  }

  private static String elements(long count) {
    return count + " elements";
  }

  private void row(String label, Object value) {
    text.append(label)
        .append(" ".repeat(LABEL_WIDTH - label.length()))
        .append(value)
        .append(System.lineSeparator());
  }
}
