package dev.pollux.io.net;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Next;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.io.driver.ReadinessWaiters.Waiter;
import dev.pollux.spi.Unpolled;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;

/**
 * Receives datagrams until the socket is closed: {@link UdpSocket#datagrams}.
 *
 * @cancellation nothing is lost, and the socket stays open
 * @threading confined to the polling task, as every iterator is
 */
final class Datagrams implements AsyncIterator<Datagram> {

  private final int mostBytes;
  private final Waiter waiter = new Waiter();

  /** Null once over. */
  private @Nullable UdpSocket socket;

  Datagrams(UdpSocket socket, int mostBytes) {
    this.socket = socket;
    this.mostBytes = mostBytes;
  }

  @Override
  public Next<Datagram> pollNext(Context cx) throws IOException {
    UdpSocket socket = this.socket;
    if (socket == null) {
      throw new PollAfterEndException("datagrams");
    }
    Unpolled.used(this);
    Datagram received;
    try {
      received = socket.pollReceiveCopy(cx, mostBytes, waiter);
    } catch (ClosedChannelException closed) {
      cancel();
      return Next.end();
    } catch (Throwable failure) {
      cancel();
      throw failure;
    }
    return received == null ? Next.pending() : Next.item(received);
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    UdpSocket socket = this.socket;
    if (socket != null) {
      socket.forget(waiter);
      this.socket = null;
    }
  }

  @Override
  public void describe(Description description) {
    description.name("datagrams");
    UdpSocket socket = this.socket;
    if (socket == null) {
      description.with("state", "over");
    } else {
      description.waitsFor("a datagram at " + socket);
    }
  }
}
