package dev.pollux.io.net;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.Future;
import dev.pollux.io.driver.Registration;
import dev.pollux.spi.Unpolled;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketOption;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * How to connect: with which options, from where. Each method answers another connector, so one may
 * be kept and used by all.
 *
 * @threading immutable
 */
public final class TcpConnector {

  private static final int MOST_PORT = 65_535;

  /** What RFC 8305 recommends. */
  private static final Duration ATTEMPT_DELAY = Duration.ofMillis(250);

  /** What RFC 8305 asks for. */
  private static final Duration SHORTEST_ATTEMPT_DELAY = Duration.ofMillis(10);

  private static final TcpConnector PLAIN =
      new TcpConnector(true, null, new SocketOptions(), null, ATTEMPT_DELAY, NameLookup.system());

  private final boolean noDelay;
  private final @Nullable InetSocketAddress localAddress;
  private final SocketOptions options;
  private final @Nullable Duration timeout;
  private final Duration attemptDelay;
  private final NameLookup nameLookup;

  private TcpConnector(
      boolean noDelay,
      @Nullable InetSocketAddress localAddress,
      SocketOptions options,
      @Nullable Duration timeout,
      Duration attemptDelay,
      NameLookup nameLookup) {
    this.noDelay = noDelay;
    this.localAddress = localAddress;
    this.options = options;
    this.timeout = timeout;
    this.attemptDelay = attemptDelay;
    this.nameLookup = nameLookup;
  }

  /** One that connects as {@link TcpStream#connect(InetSocketAddress)} does. */
  public static TcpConnector create() {
    return PLAIN;
  }

  /**
   * Whether small writes are sent at once ({@code TCP_NODELAY}). Without this they are.
   *
   * @return another connector
   */
  public TcpConnector noDelay(boolean noDelay) {
    return new TcpConnector(noDelay, localAddress, options, timeout, attemptDelay, nameLookup);
  }

  /**
   * From where to connect. Without this the system picks it.
   *
   * @param address an address of this machine; port 0 has the system pick one
   * @return another connector
   * @throws IllegalArgumentException if the address is unresolved
   */
  public TcpConnector localAddress(InetSocketAddress address) {
    if (requireNonNull(address, "address").isUnresolved()) {
      throw new IllegalArgumentException("address must be resolved, was " + address);
    }
    return new TcpConnector(noDelay, address, options, timeout, attemptDelay, nameLookup);
  }

  /**
   * Sets an option of the socket before it is connected.
   *
   * @param option one that a {@link SocketChannel} knows
   * @param value its value
   * @param <T> the type of its value
   * @return another connector
   * @throws IllegalArgumentException as {@link TcpStream#setOption}
   */
  public <T> TcpConnector option(SocketOption<T> option, T value) {
    return new TcpConnector(
        noDelay, localAddress, options.with(option, value), timeout, attemptDelay, nameLookup);
  }

  /**
   * How long it may take at most to be connected, the look-up of a name included. Without this it
   * takes as long as the system tries: two minutes, say.
   *
   * @param limit the time, from the first poll
   * @return another connector; what it answers fails with a {@link SocketTimeoutException} if that
   *     is too short
   * @throws IllegalArgumentException if the time is zero or negative
   */
  public TcpConnector timeout(Duration limit) {
    if (requireNonNull(limit, "limit").isZero() || limit.isNegative()) {
      throw new IllegalArgumentException("limit must be above zero, was " + limit);
    }
    return new TcpConnector(noDelay, localAddress, options, limit, attemptDelay, nameLookup);
  }

  /**
   * How long to wait for one address of a host before the next is tried too. Without this it is 250
   * ms, as RFC 8305 recommends.
   *
   * @param delay at least 10 ms
   * @return another connector
   * @throws IllegalArgumentException if it is less
   */
  public TcpConnector attemptDelay(Duration delay) {
    if (requireNonNull(delay, "delay").compareTo(SHORTEST_ATTEMPT_DELAY) < 0) {
      throw new IllegalArgumentException(
          "delay must be at least " + SHORTEST_ATTEMPT_DELAY + ", was " + delay);
    }
    return new TcpConnector(noDelay, localAddress, options, timeout, delay, nameLookup);
  }

  /**
   * Where to look names up. Without this it is {@link NameLookup#system()}.
   *
   * @param lookup the look-up
   * @return another connector
   */
  public TcpConnector nameLookup(NameLookup lookup) {
    requireNonNull(lookup, "lookup");
    return new TcpConnector(noDelay, localAddress, options, timeout, attemptDelay, lookup);
  }

  /**
   * Connects to an address, as {@link TcpStream#connect(InetSocketAddress)}.
   *
   * @param address the address; if it is {@linkplain InetSocketAddress#isUnresolved() unresolved},
   *     its name is looked up as by {@link #connect(String, int)}
   * @throws IllegalArgumentException if its port is 0
   * @cancellation the socket is closed
   */
  public Future<TcpStream> connect(InetSocketAddress address) {
    requireNonNull(address, "address");
    if (address.isUnresolved()) {
      return connect(address.getHostString(), address.getPort());
    }
    requirePort(address.getPort());
    return limited(attempt(address), address);
  }

  /**
   * Connects to a host, as {@link TcpStream#connect(String, int)}.
   *
   * @param host its name, or its address as text
   * @param port from 1 to 65,535
   * @throws IllegalArgumentException if the host is empty, or the port is out of range
   * @cancellation the look-up is cancelled, and what sockets there are, are closed
   */
  public Future<TcpStream> connect(String host, int port) {
    if (requireNonNull(host, "host").isEmpty()) {
      throw new IllegalArgumentException("host must not be empty");
    }
    requirePort(port);
    Future<List<InetAddress>> lookup = nameLookup.lookUp(host);
    Future<TcpStream> connect =
        Unpolled.made(new HappyEyeballs<>(host, port, lookup, attemptDelay, this::attempt), lookup);
    return limited(connect, host + " port " + port);
  }

  private static void requirePort(int port) {
    if (port < 1 || port > MOST_PORT) {
      throw new IllegalArgumentException("port must be from 1 to " + MOST_PORT + ", was " + port);
    }
  }

  private Future<TcpStream> attempt(InetSocketAddress address) {
    return Unpolled.made(new Connect<>(address, new Kind()));
  }

  private Future<TcpStream> limited(Future<TcpStream> connect, Object to) {
    Duration limit = timeout;
    return limit == null
        ? connect
        : connect.timeout(limit).mapFailure(failure -> tooLate(failure, to));
  }

  private Exception tooLate(Exception failure, Object to) {
    if (!(failure instanceof TimeoutException)) {
      return failure;
    }
    SocketTimeoutException tooLate =
        new SocketTimeoutException("can't connect to " + to + " within " + timeout);
    tooLate.initCause(failure);
    return tooLate;
  }

  private final class Kind implements Connect.Kind<TcpStream> {

    @Override
    public SocketChannel open() throws IOException {
      SocketChannel channel = SocketChannel.open();
      try {
        if (noDelay) {
          channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        }
        options.applyTo(channel);
        if (localAddress != null) {
          channel.bind(localAddress);
        }
        return channel;
      } catch (Throwable failure) {
        channel.close();
        throw failure;
      }
    }

    @Override
    public TcpStream connected(SocketChannel channel, Registration registration)
        throws IOException {
      return new TcpStream(channel, registration);
    }
  }
}
