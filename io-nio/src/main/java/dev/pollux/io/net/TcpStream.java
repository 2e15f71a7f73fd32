package dev.pollux.io.net;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.core.Future;
import dev.pollux.io.driver.Registration;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.util.Set;

/**
 * A TCP connection.
 *
 * <pre>{@code
 * TcpStream.connect("example.com", 80)
 *     .flatMap(stream -> stream.writeAll(request).flatMap(done -> stream.readToEnd(limitBytes)))
 * }</pre>
 *
 * <p>It tries first and waits second: bytes that are there are read without a look at the selector.
 * It belongs to the runtime in which it first has to wait, and is closed when that runtime is.
 * Nothing is buffered here, but for what was {@linkplain #peek(java.nio.ByteBuffer, int) peeked}
 * at.
 *
 * <p>Small writes are sent at once ({@code TCP_NODELAY}), unless that was switched off by {@link
 * TcpConnector#noDelay}, {@link TcpListenerBuilder#noDelay} or {@link #setOption}.
 *
 * <p>Source: {@code TcpStream} of Tokio.
 *
 * @threading each direction is polled by one task at a time, and both at once; the rest: any thread
 */
public final class TcpStream extends SocketStream {

  private final InetSocketAddress local;
  private final InetSocketAddress remote;

  /** Of a channel that is connected. */
  TcpStream(SocketChannel channel, Registration registration) throws IOException {
    super(channel, registration);
    this.local = (InetSocketAddress) requireNonNull(channel.getLocalAddress());
    this.remote = (InetSocketAddress) requireNonNull(channel.getRemoteAddress());
  }

  /**
   * Connects to an address. For a time-out, a local address or options use {@link TcpConnector}.
   *
   * @param address the address; if it is {@linkplain InetSocketAddress#isUnresolved() unresolved},
   *     its name is looked up as by {@link #connect(String, int)}
   * @return a future of the connection. It fails with a {@link java.net.ConnectException} if the
   *     peer refuses or does not answer, with another {@link java.net.SocketException} if there is
   *     no way to it
   * @throws IllegalArgumentException if its port is 0
   * @cancellation the socket is closed
   */
  public static Future<TcpStream> connect(InetSocketAddress address) {
    return TcpConnector.create().connect(address);
  }

  /**
   * Connects to a host. It is tried at all of its addresses: the next one when one has failed, or
   * 250 ms after the one before was begun, IPv4 and IPv6 in turn; the first to be connected is the
   * answer. For other options use {@link TcpConnector}.
   *
   * @param host its name, which {@link NameLookup#system()} looks up; or its address as text
   * @param port from 1 to 65,535
   * @return a future of the connection. It fails with an {@link java.net.UnknownHostException} if
   *     there is no such host; as {@link #connect(InetSocketAddress)} if it has one address; with a
   *     {@link java.net.ConnectException} that has the failures of all if it has several
   * @throws IllegalArgumentException if the host is empty, or the port is out of range
   * @cancellation the look-up is cancelled, and what sockets there are, are closed
   */
  public static Future<TcpStream> connect(String host, int port) {
    return TcpConnector.create().connect(host, port);
  }

  /** The address of this end. It stays known when this is closed. */
  public InetSocketAddress localAddress() {
    return local;
  }

  /** The address of the other end. It stays known when this is closed. */
  public InetSocketAddress remoteAddress() {
    return remote;
  }

  /**
   * The value of an option of the socket.
   *
   * @param option one of {@link #supportedOptions()}
   * @param <T> the type of its value
   * @throws UnsupportedOperationException if it is none of them
   * @throws ClosedChannelException if this is closed
   * @throws IOException if the system refuses
   */
  public <T> T option(SocketOption<T> option) throws IOException {
    return channel.getOption(requireNonNull(option, "option"));
  }

  /**
   * Sets an option of the socket.
   *
   * @param option one of {@link #supportedOptions()}
   * @param value its value
   * @param <T> the type of its value
   * @throws UnsupportedOperationException if it is none of them
   * @throws IllegalArgumentException if the value is not allowed; {@code SO_LINGER} above 0 is not,
   *     for a close must not block
   * @throws ClosedChannelException if this is closed
   * @throws IOException if the system refuses
   */
  @CanIgnoreReturnValue
  public <T> TcpStream setOption(SocketOption<T> option, T value) throws IOException {
    SocketOptions.requireAllowed(option, value);
    channel.setOption(option, value);
    return this;
  }

  /** The options that {@link #option} and {@link #setOption} know. */
  public Set<SocketOption<?>> supportedOptions() {
    return channel.supportedOptions();
  }

  /**
   * Closes this and tells the peer by a reset: what was written and not sent yet is dropped, and
   * the peer, if it reads or writes, fails. Idempotent; never blocks; without effect if this is
   * closed already. The system hears of it when it hears of a {@link #close()}.
   *
   * @throws IOException if the system refuses; this is closed all the same
   */
  public void reset() throws IOException {
    try {
      channel.setOption(StandardSocketOptions.SO_LINGER, 0);
    } catch (ClosedChannelException closed) {
      return;
    } finally {
      close();
    }
  }

  @Override
  public String toString() {
    return "TcpStream[" + local + " to " + remote + (isOpen() ? "]" : ", closed]");
  }
}
