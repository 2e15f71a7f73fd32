package dev.pollux.samples.exercise;

import dev.pollux.samples.echo.HeldConnections;
import dev.pollux.samples.echo.HeldConnections.Held;
import dev.pollux.samples.echo.ServerKind;
import dev.pollux.samples.echo.ServerOptions;
import dev.pollux.samples.echo.ServerProcess;
import dev.pollux.samples.terminal.ProgressLine;
import dev.pollux.structure.CancellationToken;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CancellationException;

/**
 * Exercise 2: how many connections a TCP echo server holds, and what each costs it, beside a server
 * with a thread for each connection under the same load.
 *
 * <p>The servers are those of {@code ./pollux echo}: read {@code EchoConnection} and {@code
 * ThreadServer} of the package {@code echo} for what a connection is in each. Each runs in a
 * process of its own, {@link EchoChild}.
 */
final class EchoExercise {

  /** So many connections of each server: it takes less than a minute. */
  private static final int USUAL = 2_000;

  static final Exercise EXERCISE = upTo(USUAL, Duration.ofSeconds(2));

  private static final int JDK_WITH_VIRTUAL_THREADS = 21;

  private final Narration out;
  private final CancellationToken stop;
  private final int most;
  private final Duration busy;

  private EchoExercise(Narration out, CancellationToken stop, int most, Duration busy) {
    this.out = out;
    this.stop = stop;
    this.most = most;
    this.busy = busy;
  }

  /**
   * The exercise.
   *
   * @param most how many connections to open at the most
   * @param busy how long they are busy, before and after
   */
  static Exercise upTo(int most, Duration busy) {
    return new Exercise(
        2,
        "TCP echo: connections, and memory of each, beside a thread for each connection",
        (out, stop) -> new EchoExercise(out, stop, most, busy).run());
  }

  private void run() throws Exception {
    out.say(
        "Each server has a process of its own. Connections are opened step by step, each gets one answer"
            + " and is then idle; what they have added to the server is what it has now, less what it had"
            + " with the first few, for each of the others. At the end all of them are busy.");
    int reached = most;
    for (ServerKind kind : kinds()) {
      if (stop.isCancelled()) {
        return;
      }
      reached = Math.min(reached, serve(kind));
    }
    if (stop.isCancelled()) {
      return;
    }
    out.say(
        reached < most
            ? "A limit was reached. It is seldom the server: see what is said above."
            : "No limit was reached. To look for one: ./pollux echo-load --ramp, with --threads for threads;"
                + " a process may open as many connections as \"ulimit -n\" says, less some.");
  }

  /** Those of this virtual machine. */
  static List<ServerKind> kinds() {
    List<ServerKind> kinds = new ArrayList<>(List.of(ServerKind.USUAL, ServerKind.THREADS));
    if (Runtime.version().feature() >= JDK_WITH_VIRTUAL_THREADS) {
      kinds.add(ServerKind.VIRTUAL_THREADS);
    }
    return kinds;
  }

  private int serve(ServerKind kind) throws Exception {
    ServerOptions options = new ServerOptions(kind, 0);
    ProgressLine progress = new ProgressLine(out.terminal());
    try (ServerProcess server =
            ServerProcess.start(options, List.of(EchoChild.class.getName()), false);
        HeldConnections connections = new HeldConnections(server, busy.toNanos(), stop, progress)) {
      out.say(server + ":");
      return measure(connections, kind, progress);
    } catch (CancellationException interrupted) {
      return most;
    } finally {
      progress.clear();
    }
  }

  private int measure(HeldConnections connections, ServerKind kind, ProgressLine progress)
      throws Exception {
    Held few = connections.warmUp();
    Held all = few;
    progress.clear();
    out.line("connections  threads  heap MB  KB/connection  resident MB  KB/connection");
    print(few, few);
    for (int part = 4; part > 0 && connections.limit().isEmpty(); part /= 2) {
      all = connections.upTo(most / part);
      progress.clear();
      print(all, few);
    }
    Optional<String> limit = connections.limit();
    limit.ifPresent(what -> out.row("limit", what));
    double answers = connections.answersPerSecond(busy.toNanos());
    progress.clear();
    out.row("all busy, answers/s", String.format(Locale.ROOT, "%.0f", answers));
    out.check("connections held", limit.isPresent() || all.connections() == most);
    out.check("answers came", answers > 0);
    int threads = all.jvm().threads();
    if (kind == ServerKind.THREADS) {
      out.check("a thread for each", threads >= all.connections());
    } else {
      // Those that carry connections are as many as there are processors, and may start late.
      int carriers = Runtime.getRuntime().availableProcessors();
      out.check("no thread for each", threads < few.jvm().threads() + 16 + carriers);
    }
    return all.connections();
  }

  private void print(Held held, Held few) {
    OptionalLong resident = held.residentBytes();
    OptionalLong before = few.residentBytes();
    boolean isKnown = resident.isPresent() && before.isPresent();
    out.line(
        String.format(
            Locale.ROOT,
            "%11d  %7d  %7.1f  %13s  %11s  %13s",
            held.connections(),
            held.jvm().threads(),
            held.jvm().heapBytes() / 1e6,
            each(held.jvm().heapBytes() - few.jvm().heapBytes(), held, few),
            isKnown ? String.format(Locale.ROOT, "%.1f", resident.getAsLong() / 1e6) : "-",
            isKnown ? each(resident.getAsLong() - before.getAsLong(), held, few) : "-"));
  }

  private static String each(long bytes, Held held, Held few) {
    int added = held.connections() - few.connections();
    return added <= 0 ? "-" : String.format(Locale.ROOT, "%.2f", bytes / 1e3 / added);
  }
}
