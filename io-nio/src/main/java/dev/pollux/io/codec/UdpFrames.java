package dev.pollux.io.codec;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Next;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.spi.Unpolled;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The frames that come in datagrams: see {@link UdpFramed#frames}.
 *
 * @cancellation nothing is lost: a datagram that is not read to its end is kept
 * @threading confined to the polling task
 */
final class UdpFrames<T> implements AsyncIterator<Addressed<T>> {

  /** Null once this is over. */
  private @Nullable UdpFramed<T, ?> framed;

  UdpFrames(UdpFramed<T, ?> framed) {
    this.framed = framed;
  }

  @Override
  public Next<Addressed<T>> pollNext(Context cx) throws IOException {
    Unpolled.used(this);
    UdpFramed<T, ?> framed = this.framed;
    if (framed == null) {
      throw new PollAfterEndException("UdpFramed.frames");
    }
    try {
      Addressed<T> frame = framed.pollFrame(cx);
      return frame == null ? Next.pending() : Next.item(frame);
    } catch (Throwable failure) {
      this.framed = null;
      throw failure;
    }
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    framed = null;
  }

  @Override
  public void describe(Description description) {
    description.name("UdpFramed.frames");
    UdpFramed<T, ?> framed = this.framed;
    if (framed == null) {
      description.with("state", "over");
    } else {
      description.waitsFor("a datagram for " + framed);
    }
  }
}
