package dev.pollux.io.net;

import static java.util.Objects.requireNonNull;

import dev.pollux.io.driver.Registration;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/**
 * Takes TCP connections in.
 *
 * <pre>{@code
 * TcpListener listener = TcpListener.bind(new InetSocketAddress("localhost", 0));
 * runtime.blockOn(listener.incoming().concurrent(1_000).forEach(stream -> serve(stream)));
 * }</pre>
 *
 * <p>It belongs to the runtime in which it first has to wait, and is closed when that runtime is.
 *
 * <p>Source: {@code TcpListener} of Tokio; the rest after a failure is that of Go's HTTP server.
 *
 * @threading any thread, and any number of tasks at once
 */
public final class TcpListener extends SocketListener<TcpStream> {

  private final InetSocketAddress local;
  private final boolean noDelay;

  TcpListener(ServerSocketChannel channel, boolean noDelay) throws IOException {
    super(channel);
    this.local = (InetSocketAddress) requireNonNull(channel.getLocalAddress());
    this.noDelay = noDelay;
  }

  /**
   * Listens at an address. For a backlog or options use {@link #builder()}.
   *
   * @param address the address and port of this end; port 0 has the system pick one
   * @throws IllegalArgumentException if the address is unresolved
   * @throws java.net.BindException if the address is in use, or not one of this machine; the
   *     message names it
   * @throws IOException if the system refuses
   */
  public static TcpListener bind(InetSocketAddress address) throws IOException {
    return builder().bind(address);
  }

  /** Makes a listener with other options. */
  public static TcpListenerBuilder builder() {
    return new TcpListenerBuilder();
  }

  @Override
  TcpStream connection(SocketChannel channel, Registration registration) throws IOException {
    if (noDelay) {
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    }
    return new TcpStream(channel, registration);
  }

  /** The address of this end, with the port that the system has picked. */
  public InetSocketAddress localAddress() {
    return local;
  }

  @Override
  public String toString() {
    return "TcpListener[" + local + (isOpen() ? "]" : ", closed]");
  }
}
