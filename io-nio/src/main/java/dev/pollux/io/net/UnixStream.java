package dev.pollux.io.net;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.core.Future;
import dev.pollux.io.driver.Registration;
import dev.pollux.spi.Unpolled;
import java.io.IOException;
import java.net.SocketOption;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Set;

/**
 * A connection between two processes of one machine: a Unix domain socket.
 *
 * <pre>{@code
 * UnixStream.connect(Path.of("/run/service.sock"))
 *     .flatMap(stream -> stream.writeAll(request).flatMap(done -> stream.readToEnd(limitBytes)))
 * }</pre>
 *
 * <p>As {@link TcpStream}, without what belongs to a network. It belongs to the runtime in which it
 * first has to wait, and is closed when that runtime is.
 *
 * <p>Source: {@code UnixStream} of Tokio.
 *
 * @threading each direction is polled by one task at a time, and both at once; the rest: any thread
 */
public final class UnixStream extends SocketStream {

  private static final Connect.Kind<UnixStream> KIND =
      new Connect.Kind<>() {
        @Override
        public SocketChannel open() throws IOException {
          return SocketChannel.open(StandardProtocolFamily.UNIX);
        }

        @Override
        public UnixStream connected(SocketChannel channel, Registration registration)
            throws IOException {
          return new UnixStream(channel, registration);
        }
      };

  private final UnixDomainSocketAddress local;
  private final UnixDomainSocketAddress remote;

  /** Of a channel that is connected. */
  UnixStream(SocketChannel channel, Registration registration) throws IOException {
    super(channel, registration);
    this.local = (UnixDomainSocketAddress) requireNonNull(channel.getLocalAddress());
    this.remote = (UnixDomainSocketAddress) requireNonNull(channel.getRemoteAddress());
  }

  /**
   * Connects to whoever listens at {@code path}.
   *
   * @param path the socket file
   * @return a future of the connection. It fails with a {@link java.net.ConnectException} if nobody
   *     listens there; with another {@link java.net.SocketException} if there is no such file, if
   *     its permissions or its kind forbid it, if the path is too long for the system (some 100
   *     bytes), or if more connections wait to be accepted than the listener keeps
   * @throws IllegalArgumentException if the path is not one of the default file system
   * @cancellation the socket is closed
   */
  public static Future<UnixStream> connect(Path path) {
    return Unpolled.made(new Connect<>(UnixListener.addressOf(path), KIND));
  }

  /** The address of this end; its path is empty if this end has connected. */
  public UnixDomainSocketAddress localAddress() {
    return local;
  }

  /** The address of the other end; its path is empty if that end has connected. */
  public UnixDomainSocketAddress remoteAddress() {
    return remote;
  }

  /**
   * The value of an option of the socket, such as {@code
   * jdk.net.ExtendedSocketOptions.SO_PEERCRED}: who the peer is.
   *
   * @param option one of {@link #supportedOptions()}
   * @param <T> the type of its value
   * @throws UnsupportedOperationException if it is none of them
   * @throws java.nio.channels.ClosedChannelException if this is closed
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
   * @throws IllegalArgumentException if the value is not allowed
   * @throws java.nio.channels.ClosedChannelException if this is closed
   * @throws IOException if the system refuses
   */
  @CanIgnoreReturnValue
  public <T> UnixStream setOption(SocketOption<T> option, T value) throws IOException {
    SocketOptions.requireAllowed(option, value);
    channel.setOption(option, value);
    return this;
  }

  /** The options that {@link #option} and {@link #setOption} know. */
  public Set<SocketOption<?>> supportedOptions() {
    return channel.supportedOptions();
  }

  @Override
  public String toString() {
    return "UnixStream["
        + (remote.getPath().toString().isEmpty() ? "at " + local : "to " + remote)
        + (isOpen() ? "]" : ", closed]");
  }
}
