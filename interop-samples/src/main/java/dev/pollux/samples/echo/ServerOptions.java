package dev.pollux.samples.echo;

import dev.pollux.io.process.GracefulShutdown;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * What kind of server to run.
 *
 * @param kind what serves
 * @param workers of a multi-thread runtime; 0 for as many as there are processors
 * @param limits what one on a runtime puts up with; the others bear everything
 * @param identity what one on a runtime shows to its clients, to speak TLS with them; null if it
 *     does not
 */
public record ServerOptions(
    ServerKind kind, int workers, EchoLimits limits, @Nullable ServerIdentity identity) {

  /** The most workers that a runtime may have. */
  public static final int MOST_WORKERS = 32_767;

  /** With the usual limits. */
  public ServerOptions(ServerKind kind, int workers) {
    this(kind, workers, EchoLimits.USUAL, null);
  }

  /** These, with other limits. */
  public ServerOptions withLimits(EchoLimits others) {
    return new ServerOptions(kind, workers, others, identity);
  }

  /** These, with TLS. */
  public ServerOptions withIdentity(ServerIdentity shown) {
    return new ServerOptions(kind, workers, limits, shown);
  }

  /** Whether it is on a runtime, which only these limits and TLS are for. */
  public boolean isOnRuntime() {
    return kind == ServerKind.MULTI_THREAD || kind == ServerKind.CURRENT_THREAD;
  }

  /**
   * Starts to listen; connections wait until the server is {@linkplain EchoServer#run run}.
   *
   * @param address where
   * @param shutdown says when it is to end, and takes its tasks
   * @throws IOException if it can't listen there
   * @throws NoVirtualThreadsException if there are none, and they are asked for
   */
  public EchoServer listen(InetSocketAddress address, GracefulShutdown shutdown)
      throws IOException {
    Classes.loadAhead();
    return switch (kind) {
      case MULTI_THREAD, CURRENT_THREAD -> RuntimeServer.listen(address, this, shutdown);
      case THREADS -> ThreadServer.listen(address, Threads.ofTheSystem(), shutdown);
      case VIRTUAL_THREADS -> ThreadServer.listen(address, Threads.virtual(), shutdown);
    };
  }

  /** In words, for a table. */
  @Override
  public String toString() {
    return switch (kind) {
      case MULTI_THREAD ->
          "multi-thread runtime, "
              + (workers == 0 ? Runtime.getRuntime().availableProcessors() : workers)
              + " workers";
      case CURRENT_THREAD -> "current-thread runtime";
      case THREADS -> "a thread for each connection";
      case VIRTUAL_THREADS -> "a virtual thread for each connection";
    };
  }
}
