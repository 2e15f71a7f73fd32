package dev.pollux.io.codec;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A frame of a class of ours, so that the conformance kit watches it: one byte. */
record Frame(int number) {

  /** Cuts and writes such frames. */
  static final class OneByteCodec implements Codec<Frame, Frame> {

    @Override
    public int limitBytes() {
      return 1;
    }

    @Override
    public @Nullable Frame decode(ByteBuffer bytes) {
      return new Frame(bytes.get());
    }

    @Override
    public void encode(Frame frame, FrameOutput out) {
      out.room(1).put((byte) frame.number());
    }
  }
}
