package dev.pollux.samples.echo;

import dev.pollux.io.limit.Refusal;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What was measured, laid out for people. */
final class LoadTable {

  private static final int LABEL_WIDTH = 24;
  private static final String STEP = "%11s %12s %10s %10s %10s %14s %14s%n";

  private final StringBuilder text = new StringBuilder();

  private LoadTable() {}

  /** The table of one measurement. */
  static String of(LoadReport report, ServerProcess server) {
    LoadTable table = new LoadTable();
    table.row("server", server);
    table.row("connections", connections(report));
    table.row("request", report.sizeBytes() + (report.sizeBytes() == 1 ? " byte" : " bytes"));
    table.row("measured", number("%.3f s", report.seconds()));
    table.row("requests", report.requests());
    table.row("requests/s", number("%.0f", report.requestsPerSecond()));
    table.row("MB/s each way", number("%.2f", megabytes(report)));
    table.row("latency, half", millis(report.p50Micros()));
    table.row("latency, 99 %", millis(report.p99Micros()));
    table.row("latency, greatest", millis(report.maxMicros()));
    table.row("errors", Troubles.words(report.errors()));
    table.row("server memory", orUnknown("%.1f MB", report.serverRssBytes(), 1 << 20));
    table.row(
        "server memory/connection",
        report.serverRssBytes() == null
            ? "unknown"
            : orElse("too few to tell", "%.2f KB", report.serverBytesPerConnection(), 1024));
    table.row("server CPU/request", micros(report.serverCpuMicrosPerRequest()));
    table.row("client CPU/request", micros(report.clientCpuMicrosPerRequest()));
    return table.text.toString();
  }

  /** The table of a load beside hostile clients. */
  static String ofHostile(HostileReport report, ServerProcess server) {
    LoadTable table = new LoadTable();
    LoadReport alone = report.alone();
    LoadReport beside = report.beside();
    table.row("server", server);
    table.row("connections", connections(alone));
    table.row("hostile clients", kinds(report.clients()));
    table.both("", "alone", "beside them");
    table.both(
        "requests/s",
        number("%.0f", alone.requestsPerSecond()),
        number("%.0f", beside.requestsPerSecond()));
    table.both("latency, half", millis(alone.p50Micros()), millis(beside.p50Micros()));
    table.both("latency, 99 %", millis(alone.p99Micros()), millis(beside.p99Micros()));
    table.both("latency, greatest", millis(alone.maxMicros()), millis(beside.maxMicros()));
    table.both(
        "server memory",
        orUnknown("%.1f MB", alone.serverRssBytes(), 1 << 20),
        orUnknown("%.1f MB", report.greatestServerBytes(), 1 << 20));
    table.row("99 %, beside to alone", number("%.2f", report.ratio()));
    table.row("errors", Troubles.words(beside.errors()));
    table.row("hostile connections", report.connections());
    table.row("of these thrown out", report.thrownOut());
    report
        .refusals()
        .forEach(
            (refusal, count) -> {
              if (count > 0) {
                table.row("  " + words(refusal), count);
              }
            });
    return table.text.toString();
  }

  /** What a key of the refusals means. */
  private static String words(String refusal) {
    return Arrays.stream(Refusal.values())
        .filter(known -> known.name().toLowerCase(Locale.ROOT).equals(refusal))
        .map(Refusal::toString)
        .findFirst()
        .orElse(refusal.replace('_', ' '));
  }

  private static String kinds(int clients) {
    return clients
        + ": "
        + Arrays.stream(Hostility.values())
            .map(kind -> HostileClients.of(kind, clients) + " " + kind)
            .collect(Collectors.joining(", "));
  }

  private void both(String label, String alone, String beside) {
    row(label, "%-14s%s".formatted(alone, beside));
  }

  /** The head of a table with a line for each step. */
  static String stepHead() {
    return STEP.formatted(
        "connections",
        "requests/s",
        "half ms",
        "99 % ms",
        "max ms",
        "KB/connection",
        "server us/req");
  }

  /** A line of that table. */
  static String step(LoadReport report) {
    return STEP.formatted(
        report.connected(),
        number("%.0f", report.requestsPerSecond()),
        number("%.2f", report.p50Micros() / 1000),
        number("%.2f", report.p99Micros() / 1000),
        number("%.2f", report.maxMicros() / 1000),
        orElse("-", "%.2f", report.serverBytesPerConnection(), 1024),
        orElse("-", "%.2f", report.serverCpuMicrosPerRequest(), 1));
  }

  private static String connections(LoadReport report) {
    return report.connected() == report.connections()
        ? Integer.toString(report.connected())
        : report.connected() + " of " + report.connections();
  }

  private static double megabytes(LoadReport report) {
    return report.requestsPerSecond() * report.sizeBytes() / 1e6;
  }

  private static String millis(double micros) {
    return number("%.3f ms", micros / 1000);
  }

  private static String micros(@Nullable Double micros) {
    return orUnknown("%.2f us", micros, 1);
  }

  private static String orUnknown(String format, @Nullable Number value, int unit) {
    return orElse("unknown", format, value, unit);
  }

  private static String orElse(String unknown, String format, @Nullable Number value, int unit) {
    return value == null ? unknown : number(format, value.doubleValue() / unit);
  }

  private static String number(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }

  private void row(String label, Object value) {
    text.append(label)
        .append(" ".repeat(LABEL_WIDTH + 2 - label.length()))
        .append(value)
        .append(System.lineSeparator());
  }
}
