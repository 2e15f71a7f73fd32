package dev.pollux.samples.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** A server that does not send back what comes. */
final class BadServer implements AutoCloseable {

  /** What it does. */
  enum Way {
    /** Ends each connection once something has come. */
    CLOSE,
    /** Sends back something else. */
    WRONG
  }

  private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());

  BadServer(Way way) throws IOException {
    Thread thread = new Thread(() -> serve(way), "bad server");
    thread.setDaemon(true);
    thread.start();
  }

  int port() {
    return listener.getLocalPort();
  }

  private void serve(Way way) {
    try {
      while (true) {
        try (Socket peer = listener.accept()) {
          byte[] bytes = peer.getInputStream().readNBytes(64);
          if (way == Way.WRONG) {
            bytes[bytes.length - 1]++;
            peer.getOutputStream().write(bytes);
          }
        }
      }
    } catch (IOException closed) {
      // the test is over
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
