package dev.pollux.samples.echo;

import dev.pollux.samples.terminal.ProgressLine;
import dev.pollux.samples.terminal.Terminal;
import dev.pollux.structure.CancellationToken;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * Puts load on an echo server, and prints what came out.
 *
 * @threading confined to one thread
 */
public final class EchoLoad {

  /** How a load ended. */
  public enum Outcome {
    /** All connections worked; or a limit was looked for, and found. */
    DONE,
    /** Some connections failed. */
    FAILED,
    /** A signal stopped it. */
    INTERRUPTED
  }

  private final ServerProcess server;
  private final LoadOptions options;
  private final Terminal terminal;
  private final CancellationToken stop;
  private final boolean json;

  /**
   * Makes it.
   *
   * @param server takes the load
   * @param options how much
   * @param terminal takes the results
   * @param stop ends it when it is cancelled
   * @param json whether they are a line of JSON, and no table
   */
  public EchoLoad(
      ServerProcess server,
      LoadOptions options,
      Terminal terminal,
      CancellationToken stop,
      boolean json) {
    this.server = server;
    this.options = options;
    this.terminal = terminal;
    this.stop = stop;
    this.json = json;
  }

  /**
   * Measures.
   *
   * @throws Exception if the client itself breaks
   */
  public Outcome run() throws Exception {
    ProgressLine progress = new ProgressLine(terminal);
    @Nullable LoadReport report = null;
    Bytes bytes;
    @Nullable Throwable first;
    try (LoadRun run = new LoadRun(server, options, stop, progress)) {
      try {
        report = run.measure(options.connections());
      } catch (CancellationException cancelled) {
        // Then there is nothing.
      }
      progress.clear();
      bytes = new Bytes(run.load());
      first = run.load().troubles().first();
    }
    boolean isComplete = !stop.isCancelled();
    if (report != null && (json || report.connected() > 0)) {
      terminal
          .out()
          .print(
              json
                  ? LoadJson.of(report, server, isComplete) + System.lineSeparator()
                  : LoadTable.of(report, server));
    }
    if (!isComplete) {
      return interrupted();
    }
    Outcome outcome = Outcome.DONE;
    if (report == null || !report.errors().isEmpty() || report.requests() == 0) {
      Map<Trouble, Integer> errors = report == null ? Map.of() : report.errors();
      complain(
          errors.isEmpty()
              ? "no request was answered"
              : "connections failed: "
                  + Troubles.words(errors)
                  + (first == null ? "" : "; the first: " + first.getMessage()));
      outcome = Outcome.FAILED;
    }
    return accounts(bytes, outcome);
  }

  /**
   * Looks for the limit, by twice as many connections in each step.
   *
   * @param most no step has more connections
   * @throws Exception if the client itself breaks
   */
  public Outcome ramp(int most) throws Exception {
    ProgressLine progress = new ProgressLine(terminal);
    Ramp.@Nullable End end = null;
    boolean isComplete = true;
    Ramp ramp;
    Bytes bytes;
    try (LoadRun run = new LoadRun(server, options, stop, progress)) {
      ramp = new Ramp(run, report -> step(report, progress));
      printTable(LoadTable.stepHead());
      try {
        end = ramp.climb(options.connections(), most);
      } catch (CancellationException cancelled) {
        isComplete = false;
      }
      progress.clear();
      bytes = new Bytes(run.load());
    }
    isComplete &= !stop.isCancelled();
    if (json) {
      terminal
          .out()
          .println(LoadJson.ofRamp(ramp.steps(), isComplete ? end : null, server, isComplete));
    }
    if (!isComplete) {
      return interrupted();
    }
    if (!json) {
      terminal.out().println(end == null ? "no limit up to " + most + " connections" : end);
    }
    if (end == null) {
      return accounts(bytes, Outcome.DONE);
    }
    if (end.held() == 0) {
      complain("connections failed: " + Troubles.words(end.errors()));
      return Outcome.FAILED;
    }
    return Outcome.DONE;
  }

  private void step(LoadReport report, ProgressLine progress) {
    progress.clear();
    printTable(LoadTable.step(report));
  }

  private void printTable(String text) {
    if (!json) {
      terminal.out().print(text);
      terminal.out().flush();
    }
  }

  private Outcome interrupted() {
    if (!json) {
      terminal.out().println("interrupted");
    }
    return Outcome.INTERRUPTED;
  }

  /** Where nothing failed, the server has sent back what came, and not a byte else. */
  private Outcome accounts(Bytes bytes, Outcome outcome) throws InterruptedException {
    if (outcome != Outcome.DONE) {
      return outcome;
    }
    @Nullable EchoCounts counts = server.end(terminal).map(EchoCounts::fromJson).orElse(null);
    if (bytes.sent() == bytes.received()
        && (counts == null || counts.echoedBytes() == bytes.sent())) {
      return outcome;
    }
    complain(
        "the bytes do not agree: %d were sent, %s were sent back, %d came"
            .formatted(
                bytes.sent(), counts == null ? "some" : counts.echoedBytes(), bytes.received()));
    return Outcome.FAILED;
  }

  private void complain(String message) {
    terminal.complain("pollux echo-load: " + message);
  }

  /** What the client has sent and received. */
  private record Bytes(long sent, long received) {
    Bytes(Load load) {
      this(load.sentBytes(), load.receivedBytes());
    }
  }
}
