package dev.pollux.samples.echo;

import dev.pollux.core.Future;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.TaskCancelledException;
import dev.pollux.core.TaskFailedException;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.executor.RuntimeBuilder;
import dev.pollux.io.AsyncByteStream;
import dev.pollux.io.limit.Admitted;
import dev.pollux.io.limit.ConnectionLimit;
import dev.pollux.io.limit.LimitCounts;
import dev.pollux.io.limit.StreamLimits;
import dev.pollux.io.net.TcpListener;
import dev.pollux.io.net.TcpStream;
import dev.pollux.io.process.GracefulShutdown;
import dev.pollux.io.tls.TlsAcceptor;
import dev.pollux.structure.CancelRegistration;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** A server on a runtime: a task for each connection. */
final class RuntimeServer implements EchoServer {

  private static final int BACKLOG = 4096;

  private final TcpListener listener;
  private final PolluxRuntime runtime;
  private final LimitCounts refusals = new LimitCounts();
  private final Tally tally = new Tally(refusals);
  private final ConnectionLimit mayConnect;
  private final StreamLimits limits;
  private final int bufferedBytes;
  private final int sendBufferBytes;

  /** Null if connections are plain. */
  private final @Nullable TlsAcceptor tls;

  private final GracefulShutdown shutdown;
  private final CancelRegistration draining;
  private final Set<Served> open = ConcurrentHashMap.newKeySet();

  private RuntimeServer(
      TcpListener listener,
      PolluxRuntime runtime,
      EchoLimits limits,
      @Nullable TlsAcceptor tls,
      GracefulShutdown shutdown) {
    this.listener = listener;
    this.runtime = runtime;
    this.mayConnect = limits.ofConnections(refusals);
    this.limits = limits.ofEach(refusals);
    this.bufferedBytes = limits.bufferedBytes();
    this.sendBufferBytes = limits.sendBufferBytes();
    this.tls = tls;
    this.shutdown = shutdown;
    this.draining = shutdown.token().onCancel(() -> open.forEach(Served::drain));
  }

  static RuntimeServer listen(
      InetSocketAddress address, ServerOptions options, GracefulShutdown shutdown)
      throws IOException {
    return new RuntimeServer(
        TcpListener.builder().backlog(BACKLOG).bind(address),
        runtime(options),
        options.limits(),
        options.identity() == null ? null : options.identity().acceptor(),
        shutdown);
  }

  private static PolluxRuntime runtime(ServerOptions options) {
    RuntimeBuilder builder = PolluxRuntime.builder().name("echo");
    if (options.kind() == ServerKind.CURRENT_THREAD) {
      return builder.currentThread();
    }
    return options.workers() == 0
        ? builder.multiThread()
        : builder.workers(options.workers()).multiThread();
  }

  @Override
  public int port() {
    return listener.localAddress().getPort();
  }

  @Override
  public void run() throws Exception {
    JoinHandle<Void> accept = shutdown.spawn(runtime, "accept", accept());
    runtime.blockOn(shutdown.whenFinished());
    try {
      runtime.blockOn(accept);
    } catch (TaskFailedException broken) {
      throw broken.getCause() instanceof Exception failure ? failure : broken;
    } catch (TaskCancelledException cutOff) {
      // It was in such a hurry.
    }
    runtime.close();
  }

  /** Accepts until the end is asked for, which it does itself if it can't accept any more. */
  private Future<Void> accept() {
    return shutdown
        .token()
        .runUntilCancelled(mayConnect.incoming(listener).forEach(this::begin))
        .<Void>map(over -> null)
        .whenDone(
            (over, failure) -> {
              shutdown.stop();
              closeListener();
            });
  }

  private void closeListener() {
    try {
      listener.close();
    } catch (IOException ignored) {
      // it is closed all the same
    }
  }

  private void begin(Admitted<TcpStream> stream) {
    tally.accepted();
    if (sendBufferBytes > 0) {
      limitSendBuffer(stream.stream());
    }
    Served connection = serve(limits.limit(stream), stream.stream()::reset);
    open.add(connection);
    if (shutdown.isRequested()) { // then those that drain may have come too early
      connection.drain();
    }
    shutdown.spawn(runtime, "connection", connection).detach();
  }

  /** The handshake belongs to the task of the connection: who dawdles holds up nobody else. */
  private Served serve(AsyncByteStream stream, Closeable reset) {
    if (tls == null) {
      return new EchoConnection(stream, reset, bufferedBytes, tally, open::remove);
    }
    return new TlsConnection(
        tls.accept(stream),
        reset,
        safe -> new EchoConnection(safe, reset, bufferedBytes, tally, over -> {}),
        tally,
        open::remove);
  }

  private void limitSendBuffer(TcpStream stream) {
    try {
      stream.setOption(StandardSocketOptions.SO_SNDBUF, sendBufferBytes);
    } catch (IOException gone) {
      // then its task will notice
    }
  }

  @Override
  public EchoCounts counts() {
    return tally.counts();
  }

  @Override
  public void close() throws IOException {
    draining.close();
    runtime.close();
    listener.close();
  }
}
