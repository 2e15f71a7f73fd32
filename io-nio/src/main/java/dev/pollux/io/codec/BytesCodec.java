package dev.pollux.io.codec;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Bytes as they come, for what is framed by nothing: a frame is what is there, at least one byte.
 * Where a frame ends means nothing, then.
 *
 * <p>Source: {@code BytesCodec} of Tokio.
 *
 * @threading any thread: one may be used for many streams
 */
public final class BytesCodec implements Codec<ByteBuffer, ByteBuffer> {

  private final int limitBytes;

  private BytesCodec(int limitBytes) {
    this.limitBytes = limitBytes;
  }

  /**
   * A codec that makes frames of a limited size.
   *
   * @param limit the most bytes that are in a frame that is read, from 1 to 2^30; what is there
   *     beyond is the next frame
   * @throws IllegalArgumentException if {@code limit} is anything else
   */
  public static BytesCodec of(int limit) {
    return new BytesCodec(Limits.ofFrame(limit));
  }

  @Override
  public int limitBytes() {
    return limitBytes;
  }

  /**
   * {@inheritDoc}
   *
   * @return a buffer of the heap that is the receiver's
   */
  @Override
  public @Nullable ByteBuffer decode(ByteBuffer bytes) {
    return bytes.hasRemaining()
        ? FrameBytes.take(bytes, Math.min(bytes.remaining(), limitBytes))
        : null;
  }

  /**
   * Appends {@code frame}, of whatever size.
   *
   * @param frame copied from its position to its limit, and not changed
   */
  @Override
  public void encode(ByteBuffer frame, FrameOutput out) {
    FrameBytes.put(frame, out.room(frame.remaining()));
  }

  @Override
  public String toString() {
    return "BytesCodec[at most " + limitBytes + " bytes]";
  }
}
