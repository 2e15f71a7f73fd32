package dev.pollux.io.codec;

import java.nio.ByteBuffer;

/** Frames that are bytes and nothing else. */
final class FrameBytes {

  private FrameBytes() {}

  /** Takes {@code count} bytes, in a buffer of their own. */
  static ByteBuffer take(ByteBuffer from, int count) {
    byte[] bytes = new byte[count];
    from.get(bytes);
    return ByteBuffer.wrap(bytes);
  }

  /** Appends what is left of {@code frame}, and does not change it. */
  static void put(ByteBuffer frame, ByteBuffer to) {
    put(frame, frame.position(), frame.remaining(), to);
  }

  static void put(ByteBuffer frame, int from, int count, ByteBuffer to) {
    to.put(to.position(), frame, from, count);
    to.position(to.position() + count);
  }
}
