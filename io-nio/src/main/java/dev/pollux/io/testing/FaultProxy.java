package dev.pollux.io.testing;

import static java.util.Objects.requireNonNull;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A server that passes all that it gets on to another, and back, and does it badly: a TCP pipe
 * between real sockets that splits, delays, throttles, corrupts, half-closes, resets or drops dead.
 *
 * <pre>{@code
 * try (FaultProxy proxy = FaultProxy.open(server.localAddress(), 42, Faults.none().split(3))) {
 *   client.connect(proxy.address());
 * }
 * }</pre>
 *
 * <p>A seed makes a run happen again. What is the same with the same seed, faults and bytes: each
 * byte that is changed, and how; where pieces are cut; where there is a delay, and how long it is;
 * where a direction ends. For that a connection is the same if it has the same number, so whoever
 * connects several times at once, and gives each a fault of its own, may find them given to others.
 * What is never the same: when a byte comes; what the system puts together, or cuts once more
 * because the sender paused; how much of the <em>other</em> direction had gone when a connection
 * was reset; which bytes before a reset arrived.
 *
 * <p>What the sides do themselves is passed on: an end of the bytes as an end, and a reset as a
 * reset.
 *
 * <p>It listens on the loopback address, at a port that the system picks, and has daemon threads:
 * one that accepts, and two for each connection. Of each connection it keeps what it did to it.
 *
 * <p>Source: Shopify's Toxiproxy has such faults, but those happen per packet and by chance.
 *
 * @threading any thread
 */
public final class FaultProxy implements Closeable {

  private static final int BACKLOG = 1_024;

  private final ServerSocket server;
  private final InetSocketAddress target;
  private final long seed;
  private final FaultPlan plan;

  // Guarded by this.
  private final List<ProxyConnection> connections = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private @Nullable Throwable failure;
  private boolean closed;

  private FaultProxy(ServerSocket server, InetSocketAddress target, long seed, FaultPlan plan) {
    this.server = server;
    this.target = target;
    this.seed = seed;
    this.plan = plan;
  }

  /**
   * Stands before {@code target}, with the same faults for both directions of every connection; the
   * places in the bytes are drawn for each anew.
   *
   * @param target where the bytes go to; it need not listen yet
   * @param seed draws whatever is random
   * @param faults what happens
   * @throws IllegalArgumentException if {@code target} is unresolved
   * @throws IOException if the system lets it not listen
   */
  public static FaultProxy open(InetSocketAddress target, long seed, Faults faults)
      throws IOException {
    return open(target, seed, faults, faults);
  }

  /**
   * Stands before {@code target}, with faults for each direction, the same for every connection.
   *
   * @param target where the bytes go to; it need not listen yet
   * @param seed draws whatever is random
   * @param toTarget what happens to what the client sends
   * @param toClient what happens to what the target sends
   * @throws IllegalArgumentException if {@code target} is unresolved
   * @throws IOException if the system lets it not listen
   */
  public static FaultProxy open(
      InetSocketAddress target, long seed, Faults toTarget, Faults toClient) throws IOException {
    requireNonNull(toTarget, "toTarget");
    requireNonNull(toClient, "toClient");
    return open(
        target,
        seed,
        (connection, direction) -> direction == Direction.TO_TARGET ? toTarget : toClient);
  }

  /**
   * Stands before {@code target}, with faults of its own for each connection.
   *
   * @param target where the bytes go to; it need not listen yet
   * @param seed draws whatever is random
   * @param plan is asked for the faults of a connection when that is accepted
   * @throws IllegalArgumentException if {@code target} is unresolved
   * @throws IOException if the system lets it not listen
   */
  public static FaultProxy open(InetSocketAddress target, long seed, FaultPlan plan)
      throws IOException {
    if (requireNonNull(target, "target").isUnresolved()) {
      throw new IllegalArgumentException("target must be resolved, was " + target);
    }
    requireNonNull(plan, "plan");
    ServerSocket server = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
    FaultProxy proxy = new FaultProxy(server, target, seed, plan);
    proxy.start("accept", proxy::acceptAll);
    return proxy;
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return new InetSocketAddress(server.getInetAddress(), server.getLocalPort());
  }

  /** What draws whatever is random. */
  public long seed() {
    return seed;
  }

  /**
   * What it has done so far: in the order of the connections, of each first to the target and then
   * to the client, and of each direction in the order of the bytes. So two logs can be compared. Of
   * a direction the first 10,000 are kept; {@link #notLogged} counts the others.
   */
  public List<Fault> log() {
    List<Fault> all = new ArrayList<>();
    for (ProxyConnection connection : connections()) {
      for (Direction direction : Direction.values()) {
        all.addAll(connection.direction(direction).log());
      }
    }
    return List.copyOf(all);
  }

  /** How many faults there were that are not in the log, because that has enough of them. */
  public long notLogged() {
    long all = 0;
    for (ProxyConnection connection : connections()) {
      for (Direction direction : Direction.values()) {
        all += connection.direction(direction).notNoted();
      }
    }
    return all;
  }

  /** How many bytes it has passed on this way, of all connections. */
  public long passed(Direction direction) {
    requireNonNull(direction, "direction");
    return connections().stream()
        .mapToLong(connection -> connection.direction(direction).passed())
        .sum();
  }

  /** How many connections it has accepted. */
  public int accepted() {
    return connections().size();
  }

  /** How many connections it holds that are not over. */
  public int openConnections() {
    return (int) connections().stream().filter(connection -> !connection.isOver()).count();
  }

  private synchronized List<ProxyConnection> connections() {
    return List.copyOf(connections);
  }

  // ---- its threads

  private synchronized void start(String name, Runnable body) {
    Thread thread = new Thread(body, "fault-proxy-" + server.getLocalPort() + "-" + name);
    thread.setDaemon(true);
    threads.removeIf(other -> !other.isAlive());
    threads.add(thread);
    thread.start();
  }

  private void acceptAll() {
    try {
      while (true) {
        begin(server.accept());
      }
    } catch (IOException stopped) {
      failed(stopped);
    }
  }

  private void begin(Socket client) throws IOException {
    ProxyConnection connection;
    try {
      // Only this thread adds one, so the number is its own.
      int number = accepted();
      Faults toTarget = requireNonNull(plan.faults(number, Direction.TO_TARGET), "faults");
      Faults toClient = requireNonNull(plan.faults(number, Direction.TO_CLIENT), "faults");
      connection = new ProxyConnection(number, client, toTarget, toClient, seed);
    } catch (RuntimeException | Error wrong) {
      failed(wrong);
      client.setSoLinger(true, 0);
      client.close();
      return;
    }
    synchronized (this) {
      if (!closed) {
        connections.add(connection);
        start(connection.number() + "-to-target", () -> serve(connection));
        return;
      }
    }
    connection.close();
  }

  private void serve(ProxyConnection connection) {
    if (!connection.connect(target)) {
      return;
    }
    synchronized (this) {
      if (closed) {
        return; // and the connection with it
      }
      start(connection.number() + "-to-client", connection.direction(Direction.TO_CLIENT));
    }
    connection.direction(Direction.TO_TARGET).run();
  }

  private synchronized void failed(Throwable cause) {
    if (!closed && failure == null) {
      failure = cause;
    }
  }

  // ---- the end

  /**
   * Stops listening, closes every connection at both of its sides, and waits until its threads have
   * ended. Later calls do nothing.
   *
   * @throws IOException if it could not accept a connection, or did not know what to do to one: the
   *     cause says why
   */
  @Override
  public void close() throws IOException {
    List<ProxyConnection> open;
    List<Thread> running;
    Throwable cause;
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      open = List.copyOf(connections);
      running = List.copyOf(threads);
      cause = failure;
    }
    server.close();
    open.forEach(ProxyConnection::close);
    boolean interrupted = false;
    for (Thread thread : running) {
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException later) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (cause != null) {
      throw new IOException("the proxy has failed before it was closed", cause);
    }
  }

  @Override
  public synchronized String toString() {
    return "FaultProxy["
        + address()
        + " to "
        + target
        + ", seed "
        + seed
        + ", "
        + connections.size()
        + " connections"
        + (closed ? ", closed]" : "]");
  }
}
