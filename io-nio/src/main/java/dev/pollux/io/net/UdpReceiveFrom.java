package dev.pollux.io.net;

import dev.pollux.core.Context;
import dev.pollux.io.driver.ReadinessWaiters.Waiter;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Receives a datagram from anybody: {@link UdpSocket#receiveFrom}.
 *
 * @cancellation nothing is lost
 */
final class UdpReceiveFrom extends UdpOperation<Datagram> {

  UdpReceiveFrom(UdpSocket socket, ByteBuffer dst) {
    super(socket, dst);
  }

  @Override
  String kind() {
    return "receiveFrom";
  }

  @Override
  String awaited() {
    return "a datagram at ";
  }

  @Override
  @Nullable Datagram attempt(Context cx, UdpSocket socket, ByteBuffer buffer, Waiter waiter)
      throws IOException {
    return socket.pollReceiveFrom(cx, buffer, waiter);
  }
}
