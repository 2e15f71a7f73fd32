package dev.pollux.samples.echo;

import dev.pollux.samples.terminal.ProgressLine;
import dev.pollux.samples.terminal.Terminal;
import dev.pollux.structure.CancellationToken;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Puts a load on an echo server, and then the same beside hostile clients; prints what these have
 * done to it.
 *
 * @threading confined to one thread
 */
public final class HostileLoad {

  /**
   * What the server puts up with: so little that all limits are reached while it is measured. The
   * polite clients always have something to say.
   */
  public static final EchoLimits LIMITS =
      new EchoLimits(
          EchoLimits.USUAL.connections(),
          EchoLimits.USUAL.connectionsPerAddress(),
          Duration.ofSeconds(10),
          Duration.ofSeconds(3),
          5,
          Duration.ofSeconds(2),
          Duration.ZERO,
          EchoLimits.USUAL.bufferedBytes(),
          64 << 10);

  /** After that all of these limits were reached by those who came first. */
  private static final long SETTLE_NANOS = TimeUnit.SECONDS.toNanos(12);

  private static final long CONNECT_NANOS = TimeUnit.SECONDS.toNanos(15);

  /** What a connection costs the server beside what is buffered for it. */
  private static final long CONNECTION_BYTES = 16 << 10;

  /** And with TLS: the state of a handshake, and what is left of the last ones. */
  private static final long TLS_BYTES = 512 << 10;

  /** What a virtual machine may take more for other reasons: code, garbage. */
  private static final long NOISE_BYTES = 128 << 20;

  private final ServerProcess server;
  private final LoadOptions options;
  private final int clients;
  private final double mostRatio;
  private final long seed;
  private final Terminal terminal;
  private final CancellationToken stop;
  private final boolean json;

  /**
   * Makes it.
   *
   * @param server takes the load; with {@link #LIMITS}, if it is started for this
   * @param options how much is put on it by polite clients
   * @param clients how many hostile ones
   * @param mostRatio how many times as long as without them the slowest in a hundred requests may
   *     take
   * @param seed of what the hostile ones do by chance
   * @param terminal takes the results
   * @param stop ends it when it is cancelled
   * @param json whether they are a line of JSON, and no table
   */
  public HostileLoad(
      ServerProcess server,
      LoadOptions options,
      int clients,
      double mostRatio,
      long seed,
      Terminal terminal,
      CancellationToken stop,
      boolean json) {
    this.server = server;
    this.options = options;
    this.clients = clients;
    this.mostRatio = mostRatio;
    this.seed = seed;
    this.terminal = terminal;
    this.stop = stop;
    this.json = json;
  }

  /**
   * Measures.
   *
   * @return failed if a polite client did, if these had to wait too long, if the memory of the
   *     server has grown beyond what its limits allow, or if it has refused nobody
   * @throws Exception if the client itself breaks
   */
  public EchoLoad.Outcome run() throws Exception {
    ProgressLine progress = new ProgressLine(terminal);
    LoadReport alone;
    LoadReport beside;
    long connections;
    long thrownOut;
    boolean allCame;
    @Nullable Throwable first;
    Optional<ProcessFacts> facts = server.facts();
    @Nullable Long greatestBytes;
    try (LoadRun run = new LoadRun(server, options, stop, progress)) {
      alone = run.measure(options.connections());
      try (HostileClients hostile = new HostileClients(server.address(), clients, seed)) {
        allCame = hostile.awaitConnected(CONNECT_NANOS);
        beside = run.measureAgain(SETTLE_NANOS);
        connections = hostile.connections();
        thrownOut = hostile.thrownOut();
      }
      greatestBytes =
          facts.isPresent() && facts.get().mostResidentBytes().isPresent()
              ? facts.get().mostResidentBytes().getAsLong()
              : null;
      first = run.load().troubles().first();
    } catch (CancellationException cancelled) {
      progress.clear();
      return EchoLoad.Outcome.INTERRUPTED;
    }
    progress.clear();
    if (stop.isCancelled()) {
      return EchoLoad.Outcome.INTERRUPTED;
    }
    Map<String, Long> refusals =
        server.end(terminal).map(EchoCounts::fromJson).map(HostileLoad::refusals).orElse(Map.of());
    HostileReport report =
        new HostileReport(
            alone, beside, clients, connections, thrownOut, greatestBytes, mayAddBytes(), refusals);
    terminal
        .out()
        .print(
            json
                ? LoadJson.ofHostile(report, server) + System.lineSeparator()
                : LoadTable.ofHostile(report, server));
    terminal.out().flush();
    return judge(report, allCame, first);
  }

  private static Map<String, Long> refusals(EchoCounts counts) {
    Map<String, Long> refusals = new TreeMap<>(counts.refusals());
    refusals.put("handshake_failed", counts.handshakesFailed());
    refusals.put("handshake_timed_out", counts.handshakesTimedOut());
    return refusals;
  }

  private long mayAddBytes() {
    long each = LIMITS.bufferedBytes() + CONNECTION_BYTES + (server.speaksTls() ? TLS_BYTES : 0);
    return clients * each + NOISE_BYTES;
  }

  private EchoLoad.Outcome judge(HostileReport report, boolean allCame, @Nullable Throwable first) {
    Map<Trouble, Integer> errors = report.beside().errors();
    @Nullable Long added = report.addedBytes();
    if (!errors.isEmpty()) {
      return complain(
          "polite connections failed: "
              + Troubles.words(errors)
              + (first == null ? "" : "; the first: " + first.getMessage()));
    }
    if (report.alone().requests() == 0 || report.beside().requests() == 0) {
      return complain("no request was answered");
    }
    if (!allCame) {
      return complain("the hostile clients could not connect");
    }
    if (server.isStartedHere() && report.refused() == 0) {
      return complain("nobody was refused");
    }
    if (added != null && added > report.mayAddBytes()) {
      return complain(
          "the memory of the server grew by %d MB, its limits allow %d MB"
              .formatted(added >> 20, report.mayAddBytes() >> 20));
    }
    if (report.ratio() > mostRatio) {
      return complain(
          "requests had to wait too long beside hostile clients: %.2f times as long, may be %.2f"
              .formatted(report.ratio(), mostRatio));
    }
    return EchoLoad.Outcome.DONE;
  }

  private EchoLoad.Outcome complain(String message) {
    terminal.complain("pollux echo-load: " + message);
    return EchoLoad.Outcome.FAILED;
  }
}
