package dev.pollux.samples.echo;

import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.executor.CurrentThreadRuntime;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.io.AsyncByteStream;
import dev.pollux.io.net.TcpStream;
import dev.pollux.io.tls.TlsStream;
import dev.pollux.structure.CancellationToken;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * Drives its part of the connections: a runtime on a thread of its own.
 *
 * @threading any thread, but for what its connections call, which run on its own
 */
final class LoadThread implements LoadConnection.Owner<AsyncByteStream>, AutoCloseable {

  private final Supplier<? extends Future<? extends AsyncByteStream>> connect;
  private final Duration connectLimit;
  private final Window window;
  private final Load load;
  private final Payload payload;
  private final CurrentThreadRuntime runtime;
  private final CancellationToken stop = CancellationToken.create();
  private final Thread thread;
  private final Set<LoadConnection<AsyncByteStream>> open = ConcurrentHashMap.newKeySet();

  // Written by its own thread, read by anybody.

  private final AtomicLong counted = new AtomicLong();
  private final AtomicLong sentBytes = new AtomicLong();
  private final AtomicLong receivedBytes = new AtomicLong();

  /** Its own thread's. */
  private LatencyHistogram latencies = new LatencyHistogram();

  LoadThread(
      int number,
      Supplier<? extends Future<? extends AsyncByteStream>> connect,
      int sizeBytes,
      Window window,
      Load load) {
    this.connect = connect;
    this.connectLimit = Duration.ofNanos(Load.STALL_NANOS);
    this.window = window;
    this.load = load;
    this.payload = new Payload(sizeBytes);
    this.runtime = PolluxRuntime.builder().name("load-" + number).currentThread();
    this.thread = new Thread(this::drive, "load-" + number);
    thread.setDaemon(true);
    thread.start();
  }

  private void drive() {
    try {
      runtime.blockOn(stop.whenCancelled());
    } catch (Throwable failure) {
      load.broke(failure);
    } finally {
      runtime.close();
    }
  }

  void connect(long number) {
    LoadConnection<AsyncByteStream> connection =
        new LoadConnection<>(this, number, connect.get().timeout(connectLimit));
    open.add(connection);
    runtime.spawn(connection).detach();
  }

  /** Wakes the connections that wait for the window. */
  void goOn() {
    open.forEach(LoadConnection::goOn);
  }

  /** How many connections await an echo, or their connection. */
  int asking() throws Exception {
    return ask(() -> (int) open.stream().filter(LoadConnection::isAsking).count());
  }

  /** Has all that do so fail. */
  void giveUp() throws Exception {
    ask(
        () -> {
          open.stream().filter(LoadConnection::isAsking).forEach(LoadConnection::giveUp);
          return true;
        });
  }

  /** The latencies so far; from now on new ones are gathered. */
  LatencyHistogram takeLatencies() throws Exception {
    return ask(
        () -> {
          LatencyHistogram taken = latencies;
          latencies = new LatencyHistogram();
          return taken;
        });
  }

  private <T> T ask(Supplier<T> question) throws Exception {
    CompletableFuture<T> answer = new CompletableFuture<>();
    runtime.spawn(Futures.lazy(() -> answer.complete(question.get()))).detach();
    return answer.get(Load.STALL_NANOS, TimeUnit.NANOSECONDS);
  }

  long counted() {
    return counted.get();
  }

  long sentBytes() {
    return sentBytes.get();
  }

  long receivedBytes() {
    return receivedBytes.get();
  }

  /** Resets the connections. */
  @Override
  public void close() {
    stop.cancel();
    try {
      thread.join();
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
  }

  // ---- for its connections

  @Override
  public Payload payload() {
    return payload;
  }

  @Override
  public Window window() {
    return window;
  }

  @Override
  public void sent(int bytes) {
    sentBytes.lazySet(sentBytes.getPlain() + bytes);
  }

  @Override
  public void received(int bytes) {
    receivedBytes.lazySet(receivedBytes.getPlain() + bytes);
  }

  @Override
  public void answered(boolean isFirst, long askedNanos) {
    if (isFirst) {
      load.isUp();
      return;
    }
    long now = window.nanos();
    if (window.isCounted(now)) {
      latencies.add(now - askedNanos);
      counted.lazySet(counted.getPlain() + 1);
    }
  }

  @Override
  public void failed(LoadConnection<AsyncByteStream> connection, boolean wasUp, Throwable failure) {
    open.remove(connection);
    load.failed(wasUp, failure);
  }

  /** A close would keep the local port for a minute. */
  @Override
  public void reset(AsyncByteStream stream) throws IOException {
    AsyncByteStream transport = stream instanceof TlsStream tls ? tls.transport() : stream;
    if (transport instanceof TcpStream tcp) {
      tcp.reset();
    }
    stream.close();
  }
}
