package dev.pollux.samples.sample;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;

/** Prints ledgers as a table: a column for each of the three libraries. */
final class SideBySide {

  private static final int WIDTH = 21;

  private SideBySide() {}

  /**
   * Prints a table.
   *
   * @param findings takes its rows
   * @param ways what stood between the source and the reader
   * @param ledgers what was counted
   * @param bytes what was allocated for each element, on average
   */
  static void print(
      Findings findings, List<String> ways, List<Ledger> ledgers, List<String> bytes) {
    row(findings, "", List.of("Pollux", "Reactor", "RxJava"));
    row(findings, "between source and reader", ways);
    row(findings, "  taken", column(ledgers, Ledger::taken));
    row(findings, "  held at most", column(ledgers, Ledger::mostInFlight));
    if (!all(ledgers, ledger -> ledger.requests() == 0)) {
      row(findings, "  the source saw requests", column(ledgers, SideBySide::requests));
    }
    row(findings, "  made, and never taken", column(ledgers, l -> l.made() - l.taken()));
    row(findings, "  told to hooks", column(ledgers, SideBySide::told));
    row(findings, "  bytes/element", bytes);
  }

  private static String requests(Ledger ledger) {
    return ledger.requests() + " for " + ledger.requestedSum();
  }

  private static String told(Ledger ledger) {
    int failures = ledger.failuresTold();
    return ledger.told() + (failures == 0 ? "" : ", and " + failures + " failure");
  }

  private static void row(Findings findings, String label, List<?> cells) {
    StringBuilder line = new StringBuilder();
    for (Object cell : cells) {
      String text = cell.toString();
      line.append(text).append(" ".repeat(Math.max(1, WIDTH - text.length())));
    }
    findings.row(label, line.toString().stripTrailing());
  }

  /** One figure of each ledger. */
  static <T> List<T> column(List<Ledger> ledgers, Function<Ledger, T> figure) {
    List<T> column = new ArrayList<>();
    for (Ledger ledger : ledgers) {
      column.add(figure.apply(ledger));
    }
    return column;
  }

  /** Whether it holds for all of them. */
  static boolean all(List<Ledger> ledgers, Predicate<Ledger> holds) {
    return ledgers.stream().allMatch(holds);
  }
}
