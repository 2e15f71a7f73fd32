package dev.pollux.samples.exercise;

import dev.pollux.core.AtomicWaker;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A UDP socket of the loopback interface whose datagrams are texts.
 *
 * @threading one task receives at a time; {@link #close} may be called by any thread
 */
final class UdpInbox implements AutoCloseable {

  private static final int MOST_BYTES = 1024;

  private final SelectorLoop loop;
  private final DatagramChannel channel = DatagramChannel.open();

  /** Where the receive that waits leaves its waker for the loop. */
  private final AtomicWaker reader = new AtomicWaker();

  private final SelectionKey key;
  private final ByteBuffer buffer = ByteBuffer.allocate(MOST_BYTES);

  UdpInbox(SelectorLoop loop) throws IOException {
    this.loop = loop;
    try {
      channel.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      channel.configureBlocking(false);
      key = loop.attach(channel, reader);
    } catch (IOException | RuntimeException failure) {
      close();
      throw failure;
    }
  }

  /** Where to send to. */
  SocketAddress address() throws IOException {
    return channel.getLocalAddress();
  }

  /** The next datagram. */
  Future<String> receive() {
    return new Receive();
  }

  /** Whether the selector is to look at the channel. */
  boolean isLookedAt() {
    return key.isValid() && key.interestOps() != 0;
  }

  /** Whether somebody is to be woken. */
  boolean hasWaker() {
    return reader.isRegistered();
  }

  @Override
  public void close() throws IOException {
    channel.close();
    loop.detach(reader);
    reader.wake(); // a receive that waits is polled, and told by the channel
  }

  private @Nullable String read() throws IOException {
    buffer.clear();
    if (channel.receive(buffer) == null) {
      return null;
    }
    buffer.flip();
    return StandardCharsets.UTF_8.decode(buffer).toString();
  }

  /**
   * A receive: the leaf that all of this is for.
   *
   * @cancellation no datagram is lost: it reads and completes in the same poll
   */
  private final class Receive implements Future<String> {

    private boolean isOver;

    @Override
    public Poll<String> poll(Context cx) throws IOException {
      if (isOver) {
        throw new PollAfterEndException("receive");
      }
      if (!cx.tryProceed()) { // a flood of datagrams must not keep others from their turn
        return Poll.pending();
      }
      isOver = true; // if one of these throws
      String text = read();
      if (text == null) {
        // The waker first, the interest second: the loop may find the channel readable at once. A
        // datagram that came after the read above is found too, for a selector tells not that
        // something has come, but that something is there.
        reader.register(cx.waker());
        loop.lookFor(key);
        isOver = false;
        return Poll.pending();
      }
      letGo();
      return Poll.ready(text);
    }

    @Override
    public void cancel() {
      if (!isOver) {
        isOver = true;
        letGo();
      }
    }

    /** Leaves no interest and no waker behind. */
    private void letGo() {
      loop.ignore(key);
      reader.clear();
    }

    @Override
    public void describe(Description description) {
      description.name("receive").waitsFor("a datagram");
    }
  }
}
