package dev.pollux.samples.echo;

import dev.pollux.samples.terminal.ProgressLine;
import dev.pollux.structure.CancellationToken;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Connections to a server that was started here, of which there are more and more: each has had an
 * answer, and is idle while it is looked at what they cost.
 *
 * @threading confined to one thread
 */
public final class HeldConnections implements AutoCloseable {

  private static final int REQUEST_BYTES = 64;

  /** So many warm the server up, so that its code is compiled before anything counts. */
  private static final int FEW = 16;

  private static final long SETTLE_NANOS = TimeUnit.MILLISECONDS.toNanos(300);

  /**
   * What a server has with some connections, all of them idle.
   *
   * @param connections how many there are
   * @param residentBytes memory of its process; empty if the system does not tell
   * @param jvm what its virtual machine tells
   */
  public record Held(int connections, OptionalLong residentBytes, JvmFacts jvm) {}

  private final ServerProcess server;
  private final Load load;
  private final long warmUpNanos;

  /**
   * Opens none yet.
   *
   * @param server a server that was started here
   * @param warmUpNanos how long a few connections run before the first look
   * @param stop ends what waits
   * @param progress shows how it goes
   */
  public HeldConnections(
      ServerProcess server, long warmUpNanos, CancellationToken stop, ProgressLine progress) {
    this.server = server;
    this.warmUpNanos = warmUpNanos;
    LoadOptions options = new LoadOptions(FEW, REQUEST_BYTES, 1, warmUpNanos, 0);
    this.load = new Load(server::connect, server.speaksTls(), options, stop, progress);
  }

  /**
   * Opens a few connections, and has them run until the server is warm.
   *
   * @throws java.util.concurrent.CancellationException if it is interrupted
   */
  public Held warmUp() throws Exception {
    load.connect(FEW);
    load.run(warmUpNanos, 0);
    return look();
  }

  /**
   * Opens connections until there are {@code count}, or one fails.
   *
   * @throws java.util.concurrent.CancellationException if it is interrupted
   */
  public Held upTo(int count) throws Exception {
    boolean unused = load.tryConnect(Math.max(count, load.up())); // limit() tells
    return look();
  }

  private Held look() throws IOException, InterruptedException {
    load.rest(SETTLE_NANOS, "all connected");
    JvmFacts jvm = server.ask();
    OptionalLong resident =
        server.facts().map(ProcessFacts::residentBytes).orElse(OptionalLong.empty());
    return new Held(load.up(), resident, jvm);
  }

  /**
   * Has all connections send requests, each as soon as it has its answer.
   *
   * @param nanos how long; half as long before, which does not count
   * @return how many answers came in a second
   * @throws java.util.concurrent.CancellationException if it is interrupted
   */
  public double answersPerSecond(long nanos) throws Exception {
    Load.Measured measured = load.run(nanos / 2, nanos);
    return measured.latencies().count() / Math.max(measured.seconds(), 1e-9);
  }

  /** What there can't be more connections for; empty if none has failed. */
  public Optional<String> limit() {
    if (load.troubles().total() == 0) {
      return Optional.empty();
    }
    Limit limit =
        Limit.of(load.troubles().counts(), server, new ProcessFacts(ProcessHandle.current()));
    return Optional.of(limit.resource() + " (" + limit.why() + ")");
  }

  /** The first failure; null if there was none. */
  public @Nullable Throwable failure() {
    return load.troubles().first();
  }

  @Override
  public void close() {
    load.close();
  }
}
