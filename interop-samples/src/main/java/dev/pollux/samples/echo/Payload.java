package dev.pollux.samples.echo;

import java.nio.ByteBuffer;

/**
 * The bytes of requests, each other than the one before it, and room for the answers: all
 * connections of a thread share one.
 *
 * @threading confined to one thread
 */
final class Payload {
  /*
   * Request n of a connection is `size` bytes of one long pattern, from an offset that n and the connection say. A request that
   * goes out in parts needs no buffer of its own, and an answer of another request, or of another connection, differs in its
   * first bytes. 251 is prime, so the pattern does not repeat at any power of two, where buffers tend to end.
   */
  private static final int PERIOD = 251;
  private static final int PATTERN_BYTES = 256 * PERIOD;

  /** More is not read at once. */
  private static final int MOST_READ_BYTES = 256 * 1024;

  private final int size;
  private final ByteBuffer sent;
  private final ByteBuffer expected;
  private final ByteBuffer received;

  Payload(int size) {
    this.size = size;
    this.sent = ByteBuffer.allocateDirect(size + PATTERN_BYTES);
    for (int i = 0; i < sent.capacity(); i++) {
      sent.put(i, (byte) (i % PERIOD * 37 ^ i / PERIOD));
    }
    this.expected = sent.duplicate();
    this.received = ByteBuffer.allocateDirect(Math.min(size, MOST_READ_BYTES) + 1);
  }

  int size() {
    return size;
  }

  /** Where the request begins in the pattern. */
  int offset(long connection, long request) {
    return (int) Math.floorMod(connection * 7919 + request * 31, (long) PATTERN_BYTES);
  }

  /** What is left of a request of which {@code done} bytes were sent. Valid until the next call. */
  ByteBuffer unsent(int offset, int done) {
    return sent.limit(offset + size).position(offset + done);
  }

  /**
   * Room for what is left of an answer of which {@code done} bytes have come, and, where all fit,
   * for a byte too many. Valid until the next call.
   */
  ByteBuffer room(int done) {
    return received.clear().limit(Math.min(received.capacity(), size - done + 1));
  }

  /**
   * Whether the {@code count} bytes that were put into {@link #room} are those that follow {@code
   * done} bytes of the request.
   */
  boolean isExpected(int offset, int done, int count) {
    if (done + count > size) {
      return false;
    }
    expected.limit(offset + done + count).position(offset + done);
    return received.flip().equals(expected);
  }
}
