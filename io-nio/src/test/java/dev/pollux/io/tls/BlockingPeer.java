package dev.pollux.io.tls;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/** Sockets of the JDK, which block: peers that were not written here. */
final class BlockingPeer {

  private BlockingPeer() {}

  private static final int LIMIT_MILLIS = 60_000;

  /** One that is connected to {@code address}, and has not begun the handshake. */
  static SSLSocket connect(SSLContext context, InetSocketAddress address, String... versions)
      throws IOException {
    SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket();
    socket.connect(address, LIMIT_MILLIS);
    socket.setSoTimeout(LIMIT_MILLIS);
    socket.setEnabledProtocols(versions);
    return socket;
  }

  /** One that listens on a port of its own. */
  static SSLServerSocket listen(SSLContext context, String... versions) throws IOException {
    SSLServerSocket server =
        (SSLServerSocket)
            context
                .getServerSocketFactory()
                .createServerSocket(0, 5, InetAddress.getLoopbackAddress());
    server.setSoTimeout(LIMIT_MILLIS);
    server.setEnabledProtocols(versions);
    return server;
  }

  static SSLSocket accept(SSLServerSocket server) throws IOException {
    SSLSocket socket = (SSLSocket) server.accept();
    socket.setSoTimeout(LIMIT_MILLIS);
    return socket;
  }

  /** Sends back what comes, up to its end, and then ends. */
  static long echo(SSLSocket socket) throws IOException {
    long count = 0;
    InputStream in = socket.getInputStream();
    byte[] bytes = new byte[20_000];
    for (int read = in.read(bytes); read >= 0; read = in.read(bytes)) {
      socket.getOutputStream().write(bytes, 0, read);
      count += read;
    }
    socket.close();
    return count;
  }
}
