package dev.pollux.io.limit;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Future;
import dev.pollux.io.AsyncByteStream;
import dev.pollux.io.net.SocketListener;
import dev.pollux.io.net.SocketStream;
import dev.pollux.io.net.TcpStream;
import dev.pollux.spi.Unpolled;
import dev.pollux.sync.AsyncSemaphore;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * How many connections there may be at once. Who comes when there are as many waits in the backlog
 * of the system, and costs nothing here; when a connection is closed the next one is accepted.
 *
 * <pre>{@code
 * ConnectionLimit limit = ConnectionLimit.of(10_000);
 * runtime.blockOn(limit.incoming(listener).forEach(connection -> spawn(serve(connection))));
 * }</pre>
 *
 * <p>It may also be said how many one address may have: more of these are closed as soon as they
 * are accepted, so that one peer can't take the places of all. Of an IPv6 address the first 64 bits
 * count, for a peer has the rest to itself. Connections of Unix domain sockets have no address.
 *
 * <p>Who waits to accept has a place already, to give to the connection. So what is shared by
 * several listeners should have one more for each of them.
 *
 * @threading any thread, and any number of listeners
 */
public final class ConnectionLimit {

  private final AsyncSemaphore places;
  private final int maxConnections;
  private final int maxOfPeer;
  private final LimitCounts counts;

  /** How many connections an address has; only those that have any. */
  private final ConcurrentHashMap<Object, Integer> peers = new ConcurrentHashMap<>();

  private ConnectionLimit(int maxConnections, int maxOfPeer, LimitCounts counts) {
    if (maxConnections < 1) {
      throw new IllegalArgumentException(
          "maxConnections must be at least 1, was " + maxConnections);
    }
    if (maxOfPeer < 0) {
      throw new IllegalArgumentException("maxOfPeer must be at least 0, was " + maxOfPeer);
    }
    this.places = new AsyncSemaphore("connections", maxConnections);
    this.maxConnections = maxConnections;
    this.maxOfPeer = maxOfPeer;
    this.counts = requireNonNull(counts, "counts");
  }

  /**
   * A limit for all together, with counts of its own.
   *
   * @param maxConnections how many connections there may be, at least 1
   * @throws IllegalArgumentException if {@code maxConnections} is less than 1
   */
  public static ConnectionLimit of(int maxConnections) {
    return of(maxConnections, 0, new LimitCounts());
  }

  /**
   * A limit for all together and for each address.
   *
   * @param maxConnections how many connections there may be, at least 1
   * @param maxOfPeer how many of one address; 0 for as many as there may be
   * @param counts where refusals are counted: {@link Refusal#FULL} and {@link Refusal#PEER}
   * @throws IllegalArgumentException if {@code maxConnections} is less than 1, or {@code maxOfPeer}
   *     negative
   */
  public static ConnectionLimit of(int maxConnections, int maxOfPeer, LimitCounts counts) {
    return new ConnectionLimit(maxConnections, maxOfPeer, counts);
  }

  /**
   * Accepts connections of {@code listener} for as long as it is open, as {@link
   * SocketListener#incoming()}, while there is a place for them.
   *
   * @return gives connections, each of which keeps its place until it is closed
   * @cancellation no connection is lost, and the listener is not closed
   */
  public <S extends SocketStream> AsyncIterator<Admitted<S>> incoming(SocketListener<S> listener) {
    return Unpolled.made(new AdmittedIncoming<>(admission(listener)));
  }

  /**
   * Accepts one connection of {@code listener}, as {@link SocketListener#accept()}, as soon as
   * there is a place for it.
   *
   * @return a future of the connection, which keeps its place until it is closed. It fails with a
   *     {@link java.nio.channels.ClosedChannelException} once the listener is closed
   * @cancellation no connection is lost
   */
  public <S extends SocketStream> Future<Admitted<S>> accept(SocketListener<S> listener) {
    return Unpolled.made(new AdmittedAccept<>(admission(listener)));
  }

  private <S extends SocketStream> Admission<S> admission(SocketListener<S> listener) {
    return new Admission<>(this, listener.incoming(), listener.whenClosed());
  }

  /** How many connections have a place, and how many wait for theirs to be accepted. */
  public int taken() {
    return (int) (maxConnections - places.availablePermits());
  }

  /** How many there may be. */
  public int maxConnections() {
    return maxConnections;
  }

  /** What was refused so far. */
  public LimitCounts counts() {
    return counts;
  }

  AsyncSemaphore places() {
    return places;
  }

  /** What tells the peer from others; null if nothing does, or nobody asks. */
  @Nullable Object peer(AsyncByteStream stream) {
    return maxOfPeer > 0 && stream instanceof TcpStream tcp
        ? key(tcp.remoteAddress().getAddress())
        : null;
  }

  static Object key(InetAddress address) {
    return address instanceof Inet6Address
        ? ByteBuffer.wrap(address.getAddress()).getLong()
        : address;
  }

  /** Whether the peer may have one more; then it has. */
  boolean enter(Object peer) {
    boolean[] entered = new boolean[1];
    peers.compute(
        peer,
        (key, count) -> {
          int before = count == null ? 0 : count;
          entered[0] = before < maxOfPeer;
          return entered[0] ? Integer.valueOf(before + 1) : count;
        });
    return entered[0];
  }

  /** The peer has one less. */
  void leave(Object peer) {
    peers.computeIfPresent(peer, (key, count) -> count == 1 ? null : count - 1);
  }

  /** How many peers have connections; for tests. */
  int knownPeers() {
    return peers.size();
  }

  @Override
  public String toString() {
    return "ConnectionLimit[" + taken() + " of " + maxConnections + "]";
  }
}
