package dev.pollux.samples.echo;

import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.executor.RuntimeBuilder;
import dev.pollux.io.limit.Admitted;
import dev.pollux.io.limit.ConnectionLimit;
import dev.pollux.io.limit.LimitCounts;
import dev.pollux.io.limit.StreamLimits;
import dev.pollux.io.net.TcpListener;
import dev.pollux.io.net.TcpStream;
import dev.pollux.structure.CancellationToken;
import dev.pollux.structure.TaskTracker;
import dev.pollux.time.Time;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A server on a runtime: a task for each connection. */
final class RuntimeServer implements EchoServer {

  private static final int BACKLOG = 4096;
  private static final Duration PATIENCE = Duration.ofNanos(Drain.PATIENCE_NANOS);

  private final TcpListener listener;
  private final PolluxRuntime runtime;
  private final LimitCounts refusals = new LimitCounts();
  private final Tally tally = new Tally(refusals);
  private final ConnectionLimit mayConnect;
  private final StreamLimits limits;
  private final int bufferedBytes;
  private final int sendBufferBytes;
  private final CancellationToken stop = CancellationToken.create();
  private final TaskTracker connections = new TaskTracker();
  private final Set<EchoConnection> open = ConcurrentHashMap.newKeySet();

  private RuntimeServer(TcpListener listener, PolluxRuntime runtime, EchoLimits limits) {
    this.listener = listener;
    this.runtime = runtime;
    this.mayConnect = limits.ofConnections(refusals);
    this.limits = limits.ofEach(refusals);
    this.bufferedBytes = limits.bufferedBytes();
    this.sendBufferBytes = limits.sendBufferBytes();
  }

  static RuntimeServer listen(InetSocketAddress address, ServerOptions options) throws IOException {
    return new RuntimeServer(
        TcpListener.builder().backlog(BACKLOG).bind(address), runtime(options), options.limits());
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
    runtime.blockOn(stop.runUntilCancelled(mayConnect.incoming(listener).forEach(this::begin)));
    listener.close();
    runtime.blockOn(drain());
    runtime.close();
  }

  private void begin(Admitted<TcpStream> stream) {
    tally.accepted();
    if (sendBufferBytes > 0) {
      limitSendBuffer(stream.stream());
    }
    EchoConnection connection =
        new EchoConnection(
            limits.limit(stream), stream.stream()::reset, bufferedBytes, tally, open::remove);
    open.add(connection);
    connections.spawn(runtime, connection).detach();
  }

  private void limitSendBuffer(TcpStream stream) {
    try {
      stream.setOption(StandardSocketOptions.SO_SNDBUF, sendBufferBytes);
    } catch (IOException gone) {
      // then its task will notice
    }
  }

  /**
   * All connections are known: nobody accepts any more. The end of the runtime cuts off who is
   * left.
   */
  private Future<Void> drain() {
    open.forEach(EchoConnection::drain);
    connections.close();
    return Futures.race(connections.whenEmpty(), Time.sleep(PATIENCE));
  }

  @Override
  public void stop() {
    stop.cancel();
  }

  @Override
  public EchoCounts counts() {
    return tally.counts();
  }

  @Override
  public void close() throws IOException {
    runtime.close();
    listener.close();
  }
}
