package dev.pollux.io.net;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;

/**
 * How a {@link TcpListener} is to listen.
 *
 * @threading one thread at a time
 */
public final class TcpListenerBuilder {

  private static final int BACKLOG = 1024;

  private int backlog = BACKLOG;
  private boolean noDelay = true;
  private SocketOptions options = new SocketOptions();

  TcpListenerBuilder() {}

  /**
   * How many connections the system keeps that nobody has accepted yet. Without this it is 1,024.
   * The system may have a limit of its own ({@code somaxconn}).
   *
   * @param connections at least 1
   * @throws IllegalArgumentException if it is less
   */
  @CanIgnoreReturnValue
  public TcpListenerBuilder backlog(int connections) {
    if (connections < 1) {
      throw new IllegalArgumentException("connections must be at least 1, was " + connections);
    }
    this.backlog = connections;
    return this;
  }

  /**
   * Whether the connections send small writes at once ({@code TCP_NODELAY}). Without this they do.
   */
  @CanIgnoreReturnValue
  public TcpListenerBuilder noDelay(boolean noDelay) {
    this.noDelay = noDelay;
    return this;
  }

  /**
   * Whether to listen at an address of which connections are still being closed ({@code
   * SO_REUSEADDR}). Without this it is as the JDK does it: on Unix yes.
   */
  @CanIgnoreReturnValue
  public TcpListenerBuilder reuseAddress(boolean reuse) {
    return option(StandardSocketOptions.SO_REUSEADDR, reuse);
  }

  /**
   * Whether several listeners may share the address, and the system spreads the connections over
   * them ({@code SO_REUSEPORT}). Without this they may not.
   */
  @CanIgnoreReturnValue
  public TcpListenerBuilder reusePort(boolean reuse) {
    return option(StandardSocketOptions.SO_REUSEPORT, reuse);
  }

  /**
   * Sets an option of the listening socket before it is bound; {@code SO_RCVBUF} is handed on to
   * its connections by the system.
   *
   * @param option one that a {@link ServerSocketChannel} knows
   * @param value its value
   * @param <T> the type of its value
   */
  @CanIgnoreReturnValue
  public <T> TcpListenerBuilder option(SocketOption<T> option, T value) {
    options = options.with(option, value);
    return this;
  }

  /**
   * Listens.
   *
   * @param address the address and port of this end; port 0 has the system pick one
   * @throws IllegalArgumentException if the address is unresolved
   * @throws UnsupportedOperationException if an option is none of a listening socket
   * @throws BindException if the address is in use, or not one of this machine; the message names
   *     it
   * @throws IOException if the system refuses
   */
  public TcpListener bind(InetSocketAddress address) throws IOException {
    if (requireNonNull(address, "address").isUnresolved()) {
      throw new IllegalArgumentException(
          "address must be resolved, was " + address + ": look its name up by NameLookup");
    }
    ServerSocketChannel channel = ServerSocketChannel.open();
    try {
      channel.configureBlocking(false);
      options.applyTo(channel);
      bind(channel, address);
      return new TcpListener(channel, noDelay);
    } catch (Throwable failure) {
      channel.close();
      throw failure;
    }
  }

  private void bind(ServerSocketChannel channel, InetSocketAddress address) throws IOException {
    try {
      channel.bind(address, backlog);
    } catch (BindException failure) {
      BindException named =
          new BindException("can't listen at " + address + ": " + failure.getMessage());
      named.initCause(failure);
      throw named;
    }
  }

  @Override
  public String toString() {
    return "TcpListenerBuilder[backlog="
        + backlog
        + ", noDelay="
        + noDelay
        + ", options="
        + options
        + "]";
  }
}
