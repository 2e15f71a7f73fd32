package dev.pollux.samples.echo;

import dev.pollux.samples.terminal.ProgressLine;
import dev.pollux.structure.CancellationToken;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Puts load on a server and measures: some connections first, until the code is compiled, so that
 * what the others add to the memory of the server is theirs.
 *
 * @threading confined to one thread
 */
final class LoadRun implements AutoCloseable {

  /** So many warm up. */
  private static final int FEW = 16;

  /** From so many more on, what they add can be told from the noise. */
  private static final int MANY = 500;

  /** What was just allocated settles. */
  private static final long SETTLE_NANOS = TimeUnit.MILLISECONDS.toNanos(300);

  /** All connections get into their stride. */
  private static final long SHORT_WARM_UP_NANOS = TimeUnit.MILLISECONDS.toNanos(300);

  private final LoadOptions options;
  private final ServerProcess server;
  private final ProcessFacts client = new ProcessFacts(ProcessHandle.current());
  private final Load load;
  private boolean isWarm;

  /** The memory of the server with the connections that have warmed up. */
  private OptionalLong warmBytes = OptionalLong.empty();

  private int warmConnections;

  LoadRun(
      ServerProcess server, LoadOptions options, CancellationToken stop, ProgressLine progress) {
    this.options = options;
    this.server = server;
    this.load = new Load(server::connect, server.speaksTls(), options, stop, progress);
  }

  /** Measures with {@code count} connections, or as many of these as can be had. */
  LoadReport measure(int count) throws Exception {
    warmUp(count);
    load.connect(count);
    return measureConnected(count);
  }

  /** As {@link #measure}; null if a connection failed before it began. */
  @Nullable LoadReport tryMeasure(int count) throws Exception {
    warmUp(count);
    return load.tryConnect(count) ? measureConnected(count) : null;
  }

  private void warmUp(int count) throws Exception {
    if (!isWarm) {
      isWarm = true;
      load.connect(Math.min(FEW, count));
      if (options.warmUpNanos() > 0) {
        load.run(options.warmUpNanos(), 0);
      }
      load.rest(SETTLE_NANOS, "warm");
      warmBytes = residentBytes();
      warmConnections = load.up();
    }
  }

  /**
   * Measures with the connections that there are, once more.
   *
   * @param warmUpNanos how long they run before anything counts
   */
  LoadReport measureAgain(long warmUpNanos) throws Exception {
    return measureConnected(load.up(), warmUpNanos);
  }

  private LoadReport measureConnected(int count) throws Exception {
    return measureConnected(count, Math.min(SHORT_WARM_UP_NANOS, options.warmUpNanos()));
  }

  private LoadReport measureConnected(int count, long warmUpNanos) throws Exception {
    load.rest(SETTLE_NANOS, "all connected");
    int connected = load.up();
    OptionalLong bytes = residentBytes();
    Duration serverBefore = processorTime();
    Duration clientBefore = client.processorTime();
    long answersBefore = load.receivedBytes();
    Load.Measured measured = load.run(warmUpNanos, options.measuredNanos());
    Duration serverTime = processorTime().minus(serverBefore);
    Duration clientTime = client.processorTime().minus(clientBefore);
    long answers = (load.receivedBytes() - answersBefore) / options.sizeBytes();
    LatencyHistogram latencies = measured.latencies();
    return new LoadReport(
        count,
        connected,
        options.sizeBytes(),
        measured.seconds(),
        latencies.count(),
        latencies.count() / Math.max(measured.seconds(), 1e-9),
        latencies.quantileNanos(0.5) / 1e3,
        latencies.quantileNanos(0.99) / 1e3,
        latencies.greatestNanos() / 1e3,
        load.troubles().counts(),
        bytes.isPresent() ? bytes.getAsLong() : null,
        bytesPerConnection(bytes, connected),
        serverTime.isZero() ? null : microsPer(serverTime, answers),
        microsPer(clientTime, answers));
  }

  private @Nullable Long bytesPerConnection(OptionalLong bytes, int connected) {
    int added = connected - warmConnections;
    return bytes.isPresent() && warmBytes.isPresent() && added >= MANY
        ? Math.max(0, bytes.getAsLong() - warmBytes.getAsLong()) / added
        : null;
  }

  private static @Nullable Double microsPer(Duration time, long requests) {
    return requests == 0 ? null : time.toNanos() / 1e3 / requests;
  }

  private OptionalLong residentBytes() {
    return server.facts().map(ProcessFacts::residentBytes).orElse(OptionalLong.empty());
  }

  private Duration processorTime() {
    return server.facts().map(ProcessFacts::processorTime).orElse(Duration.ZERO);
  }

  Load load() {
    return load;
  }

  Limit limit() {
    return Limit.of(load.troubles().counts(), server, client);
  }

  @Override
  public void close() {
    load.close();
  }
}
