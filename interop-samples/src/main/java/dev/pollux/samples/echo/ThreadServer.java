package dev.pollux.samples.echo;

import dev.pollux.io.process.GracefulShutdown;
import dev.pollux.structure.CancelRegistration;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A blocking server, to compare with: a thread reads and writes each connection.
 *
 * @threading as {@link EchoServer}; each connection belongs to its thread, and is ended by whoever
 *     drains
 */
final class ThreadServer implements EchoServer {

  private static final int BACKLOG = 4096;
  private static final int BUFFER_BYTES = 16 * 1024;
  private static final long SHORTEST_WAIT_MILLIS = 5;
  private static final long LONGEST_WAIT_MILLIS = 1000;

  private final ServerSocket listener;
  private final Threads threads;
  private final Tally tally = new Tally();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final CancelRegistration listening;

  /** Set before the connections are looked at, once nothing more is accepted. */
  private volatile boolean draining;

  private volatile boolean cutOff;

  private ThreadServer(ServerSocket listener, Threads threads, GracefulShutdown shutdown) {
    this.listener = listener;
    this.threads = threads;
    this.listening = shutdown.token().onCancel(this::stop);
  }

  static ThreadServer listen(InetSocketAddress address, Threads threads, GracefulShutdown shutdown)
      throws IOException {
    ServerSocket listener = new ServerSocket();
    try {
      listener.bind(address, BACKLOG);
    } catch (Throwable failure) {
      listener.close();
      throw failure;
    }
    return new ThreadServer(listener, threads, shutdown);
  }

  @Override
  public int port() {
    return listener.getLocalPort();
  }

  @Override
  public void run() throws InterruptedException {
    long waitMillis = SHORTEST_WAIT_MILLIS;
    while (stopped.getCount() > 0) {
      try {
        begin(listener.accept());
        waitMillis = SHORTEST_WAIT_MILLIS;
      } catch (IOException failed) { // stopped, or out of descriptors: then some may be given back
        if (stopped.await(waitMillis, TimeUnit.MILLISECONDS)) {
          break;
        }
        waitMillis = Math.min(LONGEST_WAIT_MILLIS, 2 * waitMillis);
      }
    }
    drain();
  }

  private void begin(Socket socket) throws IOException {
    tally.accepted();
    open.add(socket);
    boolean started = false;
    try {
      threads.start(() -> serve(socket));
      started = true;
    } finally {
      if (!started) { // no more threads
        end(socket, Tally.End.FAILED, 0);
      }
    }
  }

  private void serve(Socket socket) {
    long echoed = 0;
    Tally.End how = Tally.End.FAILED;
    try {
      socket.setTcpNoDelay(true);
      InputStream in = socket.getInputStream();
      OutputStream out = socket.getOutputStream();
      byte[] buffer = new byte[BUFFER_BYTES];
      int count;
      while (!(draining && in.available() == 0) && (count = in.read(buffer)) >= 0) {
        out.write(buffer, 0, count);
        echoed += count;
      }
      how = draining ? Tally.End.DRAINED : Tally.End.CLOSED;
    } catch (IOException broken) {
      if (cutOff) {
        how = Tally.End.CUT_OFF;
      }
    } finally {
      end(socket, how, echoed);
    }
  }

  private void end(Socket socket, Tally.End how, long echoed) {
    tally.ended(how, echoed, 0);
    closeQuietly(socket);
    synchronized (open) {
      open.remove(socket);
      open.notifyAll();
    }
  }

  /**
   * Whoever reads now has nothing before it, and is told that this is the end; whoever has
   * something before it will look at {@code draining} once that was sent back.
   */
  private void drain() throws InterruptedException {
    draining = true;
    for (Socket socket : open) {
      try {
        if (socket.getInputStream().available() == 0) {
          socket.shutdownInput();
        }
      } catch (IOException gone) {
        // then its thread has noticed as well
      }
    }
    if (!awaitEnd(PATIENCE.toNanos())) {
      cutOff = true;
      open.forEach(ThreadServer::closeQuietly);
      awaitEnd(PATIENCE.toNanos());
    }
  }

  private boolean awaitEnd(long patienceNanos) throws InterruptedException {
    long begunNanos = System.nanoTime();
    synchronized (open) {
      while (!open.isEmpty()) {
        long leftNanos = patienceNanos - (System.nanoTime() - begunNanos);
        if (leftNanos <= 0) {
          return false;
        }
        TimeUnit.NANOSECONDS.timedWait(open, leftNanos);
      }
      return true;
    }
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException ignored) {
      // it is gone all the same
    }
  }

  private void stop() {
    stopped.countDown();
    try {
      listener.close();
    } catch (IOException ignored) {
      // it is closed all the same
    }
  }

  @Override
  public EchoCounts counts() {
    return tally.counts();
  }

  @Override
  public void close() {
    listening.close();
    stop();
  }
}
