package dev.pollux.io.net;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.io.driver.ReadinessWaiters.Waiter;
import dev.pollux.spi.Unpolled;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A future that tries something with a socket until it is done. Any number of them may wait.
 *
 * @param <T> the answer
 * @cancellation nothing was done
 * @threading confined to the polling task, as every future is
 */
abstract class UdpOperation<T> implements Future<T> {

  private final Waiter waiter = new Waiter();

  // Null once over.
  private @Nullable UdpSocket socket;
  private @Nullable ByteBuffer buffer;

  UdpOperation(UdpSocket socket, ByteBuffer buffer) {
    this.socket = socket;
    this.buffer = buffer;
  }

  /** What this is, for messages and dumps. */
  abstract String kind();

  /** What it waits for, if it does. */
  abstract String awaited();

  /**
   * Tries.
   *
   * @return the answer, or null if {@code waiter} waits
   */
  abstract @Nullable T attempt(Context cx, UdpSocket socket, ByteBuffer buffer, Waiter waiter)
      throws IOException;

  @Override
  public final Poll<T> poll(Context cx) throws IOException {
    UdpSocket socket = this.socket;
    ByteBuffer buffer = this.buffer;
    if (socket == null || buffer == null) {
      throw new PollAfterEndException(kind());
    }
    Unpolled.used(this);
    T answer;
    try {
      answer = attempt(cx, socket, buffer, waiter);
    } catch (Throwable failure) {
      cancel();
      throw failure;
    }
    if (answer == null) {
      return Poll.pending();
    }
    cancel();
    return Poll.ready(answer);
  }

  @Override
  public final void cancel() {
    Unpolled.used(this);
    UdpSocket socket = this.socket;
    if (socket != null) {
      socket.forget(waiter);
      this.socket = null;
      buffer = null;
    }
  }

  @Override
  public final void describe(Description description) {
    description.name(kind());
    UdpSocket socket = this.socket;
    if (socket == null) {
      description.with("state", "over");
    } else {
      description.waitsFor(awaited() + socket);
    }
  }
}
