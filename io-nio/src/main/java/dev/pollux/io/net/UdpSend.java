package dev.pollux.io.net;

import dev.pollux.core.Context;
import dev.pollux.io.driver.ReadinessWaiters.Waiter;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Sends a datagram: {@link UdpSocket#sendTo}, {@link UdpSocket#send}.
 *
 * @cancellation nothing was sent
 */
final class UdpSend extends UdpOperation<Integer> {

  /** Null for a socket that is connected. */
  private final @Nullable InetSocketAddress target;

  UdpSend(UdpSocket socket, ByteBuffer src, @Nullable InetSocketAddress target) {
    super(socket, src);
    this.target = target;
  }

  @Override
  String kind() {
    return target == null ? "send" : "sendTo";
  }

  @Override
  String awaited() {
    return "room for a datagram at ";
  }

  @Override
  @Nullable Integer attempt(Context cx, UdpSocket socket, ByteBuffer buffer, Waiter waiter)
      throws IOException {
    int sent = socket.pollSend(cx, buffer, target, waiter);
    return sent < 0 ? null : Integer.valueOf(sent);
  }
}
