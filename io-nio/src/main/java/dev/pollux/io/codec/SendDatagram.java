package dev.pollux.io.codec;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Discard;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.spi.Unpolled;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Encodes a frame and sends it as a datagram: see {@link UdpFramed#send}.
 *
 * @cancellation nothing was sent; a frame that is not encoded is discarded
 * @threading confined to the polling task
 */
final class SendDatagram<U> implements Future<Void> {

  /** Null once the frame is encoded, or this is over. */
  private @Nullable UdpFramed<?, U> framed;

  /** Null together with {@link #framed}. */
  private @Nullable U frame;

  private final InetSocketAddress target;

  /** Null before the frame is encoded, and once this is over. */
  private @Nullable Future<Integer> send;

  SendDatagram(UdpFramed<?, U> framed, U frame, InetSocketAddress target) {
    this.framed = framed;
    this.frame = frame;
    this.target = target;
  }

  @Override
  public Poll<Void> poll(Context cx) throws Exception {
    Unpolled.used(this);
    UdpFramed<?, U> framed = this.framed;
    U frame = this.frame;
    if (framed != null && frame != null) {
      this.framed = null;
      this.frame = null;
      send = framed.encoded(frame, target);
    }
    Future<Integer> send = this.send;
    if (send == null) {
      throw new PollAfterEndException("UdpFramed.send");
    }
    Poll<Integer> answer;
    try {
      answer = send.poll(cx);
    } catch (Throwable failure) {
      this.send = null;
      throw failure;
    }
    if (answer.isPending()) {
      return Poll.pending();
    }
    this.send = null;
    return Poll.done();
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    Future<Integer> send = this.send;
    U left = frame;
    this.send = null;
    framed = null;
    frame = null;
    if (send != null) {
      send.cancel();
    }
    if (left != null) { // there was no poll, and so no discard of a runtime
      Discard.closing().discard(left);
    }
  }

  @Override
  public void describe(Description description) {
    description.name("UdpFramed.send").with("target", target).child("send", send);
  }
}
