package dev.pollux.io.codec;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Cuts frames out of bytes.
 *
 * <p>It is shown the bytes that were read and not yet taken, and takes from their beginning. What
 * it leaves is shown again, with more behind it, so it need remember nothing of a frame that is not
 * complete:
 *
 * <pre>{@code
 * final class PointDecoder implements Decoder<Point> {
 *   public int limitBytes() {
 *     return 8;
 *   }
 *
 *   public @Nullable Point decode(ByteBuffer bytes) {
 *     return bytes.remaining() < 8 ? null : new Point(bytes.getInt(), bytes.getInt());
 *   }
 * }
 * }</pre>
 *
 * <p>A decoder that does remember something belongs to one stream.
 *
 * <p>Source: {@code Decoder} of Tokio, with a limit that each decoder must state.
 *
 * @param <T> the type of the frames; never null
 * @threading confined to the task that reads
 */
public interface Decoder<T> {

  /**
   * The most bytes that {@link #decode} leaves when it answers null, plus one: what it must at most
   * be shown for one frame. A reader holds no more, whatever the peer sends.
   *
   * @return at least 1, and always the same
   */
  int limitBytes();

  /**
   * Takes the next frame, if all of it is there.
   *
   * @param bytes at least one byte, from its position on, big-endian; what is taken is taken by
   *     moving the position. It belongs to the reader and is valid during this call only
   * @return the frame, which has taken at least one byte; or null if more bytes are needed. Bytes
   *     that say nothing may be taken then all the same; in the midst of a frame one is left, for
   *     {@link FramedReader#withFrameTimeout} has no other way to know
   * @throws FrameException if the bytes can't be a frame. If that is {@linkplain
   *     FrameException#isResumable() resumable}, at least one byte of what is wrong has been taken,
   *     and the next calls take the rest. If not, this is not used any more
   * @throws IOException if something else is wrong; this is not used any more
   */
  @Nullable T decode(ByteBuffer bytes) throws IOException;

  /**
   * Takes the next frame when no more bytes will come: as {@link #decode}, and called until it
   * answers null. By default a frame that is not complete is a {@link TruncatedFrameException}.
   *
   * @param bytes what is left, maybe nothing
   * @return the frame, which has taken at least one byte; or null if there is none, and then it has
   *     left nothing
   * @throws TruncatedFrameException if the bytes end in the middle of a frame
   * @throws IOException as {@link #decode}
   */
  default @Nullable T decodeEnd(ByteBuffer bytes) throws IOException {
    if (!bytes.hasRemaining()) {
      return null;
    }
    T frame = decode(bytes);
    if (frame == null && bytes.hasRemaining()) {
      throw new TruncatedFrameException(bytes.remaining(), missingBytes(bytes));
    }
    return frame;
  }

  /**
   * How many bytes the frame that {@code bytes} begin with lacks at least, asked after {@link
   * #decode} has answered null. That is not called again before so many have come. By default 1:
   * nothing is known.
   *
   * @param bytes what {@link #decode} has left; not changed
   * @return at least 1
   */
  default int missingBytes(ByteBuffer bytes) {
    return 1;
  }
}
