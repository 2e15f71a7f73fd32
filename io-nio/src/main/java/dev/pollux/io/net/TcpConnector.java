package dev.pollux.io.net;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.Future;
import dev.pollux.io.driver.Registration;
import dev.pollux.spi.Unpolled;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * How to connect: with which options, from where. Each method answers another connector, so one may
 * be kept and used by all.
 *
 * @threading immutable
 */
public final class TcpConnector {

  private static final TcpConnector PLAIN = new TcpConnector(true, null, new SocketOptions());

  private final boolean noDelay;
  private final @Nullable InetSocketAddress localAddress;
  private final SocketOptions options;

  private TcpConnector(
      boolean noDelay, @Nullable InetSocketAddress localAddress, SocketOptions options) {
    this.noDelay = noDelay;
    this.localAddress = localAddress;
    this.options = options;
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
    return new TcpConnector(noDelay, localAddress, options);
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
    return new TcpConnector(noDelay, address, options);
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
    return new TcpConnector(noDelay, localAddress, options.with(option, value));
  }

  /**
   * Connects to an address, as {@link TcpStream#connect(InetSocketAddress)}.
   *
   * @param address the address
   * @throws IllegalArgumentException if its port is 0
   * @cancellation the socket is closed
   */
  public Future<TcpStream> connect(InetSocketAddress address) {
    if (requireNonNull(address, "address").getPort() == 0) {
      throw new IllegalArgumentException("the port of address must not be 0, was " + address);
    }
    return Unpolled.made(new Connect<>(address, new Kind()));
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
