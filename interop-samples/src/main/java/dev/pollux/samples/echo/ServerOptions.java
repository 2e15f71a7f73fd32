package dev.pollux.samples.echo;

import dev.pollux.io.process.GracefulShutdown;
import java.io.IOException;
import java.net.InetSocketAddress;

/**
 * What kind of server to run.
 *
 * @param kind what serves
 * @param workers of a multi-thread runtime; 0 for as many as there are processors
 * @param limits what one on a runtime puts up with; the others bear everything
 */
public record ServerOptions(ServerKind kind, int workers, EchoLimits limits) {

  /** The most workers that a runtime may have. */
  public static final int MOST_WORKERS = 32_767;

  /** With the usual limits. */
  public ServerOptions(ServerKind kind, int workers) {
    this(kind, workers, EchoLimits.USUAL);
  }

  /** These, with other limits. */
  public ServerOptions withLimits(EchoLimits others) {
    return new ServerOptions(kind, workers, others);
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
