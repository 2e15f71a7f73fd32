package dev.pollux.samples.echo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class HostileClientsTest {

  private static final int PATIENCE_MILLIS = 20_000;

  @Test
  void whenTheyAreTakenOffTheirConnectionsAreReset() throws Exception {
    int count = Hostility.values().length;
    List<Socket> accepted = new ArrayList<>();
    try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      InetSocketAddress address =
          new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getLocalPort());
      try (HostileClients clients = new HostileClients(address, count, 1)) {
        for (int i = 0; i < count; i++) {
          accepted.add(server.accept());
        }
        assertThat(clients.awaitConnected(TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS))).isTrue();
      }
      for (Socket socket : accepted) {
        socket.setSoTimeout(PATIENCE_MILLIS);
        assertThatThrownBy(() -> socket.getInputStream().readAllBytes())
            .isExactlyInstanceOf(SocketException.class);
        socket.close();
      }
    }
  }
}
