package dev.pollux.io.net;

import dev.pollux.core.Context;
import dev.pollux.io.driver.ReadinessWaiters.Waiter;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Receives a datagram of the one address of a connected socket: {@link UdpSocket#receive}.
 *
 * @cancellation nothing is lost
 */
final class UdpReceive extends UdpOperation<Integer> {

  UdpReceive(UdpSocket socket, ByteBuffer dst) {
    super(socket, dst);
  }

  @Override
  String kind() {
    return "receive";
  }

  @Override
  String awaited() {
    return "a datagram at ";
  }

  @Override
  @Nullable Integer attempt(Context cx, UdpSocket socket, ByteBuffer buffer, Waiter waiter)
      throws IOException {
    int length = socket.pollReceive(cx, buffer, waiter);
    return length < 0 ? null : Integer.valueOf(length);
  }
}
