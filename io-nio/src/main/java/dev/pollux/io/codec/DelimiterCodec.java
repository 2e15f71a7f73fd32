package dev.pollux.io.codec;

import static java.util.Objects.requireNonNull;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Frames that end with a delimiter: a sequence of bytes, or one of several.
 *
 * <pre>{@code
 * DelimiterCodec records = DelimiterCodec.of(64 * 1024, "\0");
 * }</pre>
 *
 * <p>The delimiter is not part of the frame. The one that ends first counts and, of several that
 * end at the same byte, the longest. A frame is written with the delimiter that was named first.
 *
 * <p>A frame over the limit is a {@link FrameTooLongException}, which is {@linkplain
 * FrameException#isResumable() resumable}: it is skipped, no more than the limit is ever kept of
 * it, and the next frame is read. Bytes without a delimiter at the end of the stream are a {@link
 * TruncatedFrameException}.
 *
 * <p>This remembers how far it has looked: each stream has one of its own.
 *
 * <p>Source: {@code AnyDelimiterCodec} of Tokio, {@code DelimiterBasedFrameDecoder} of Netty.
 *
 * @threading reading is confined to one task; writing is free for all
 */
public final class DelimiterCodec implements Codec<ByteBuffer, ByteBuffer> {

  /** The most bytes that a delimiter may have. */
  private static final int LONGEST = 1024;

  private final int limitBytes;
  private final byte[] first;
  private final DelimitedBytes frames;

  private DelimiterCodec(int limitBytes, byte[][] delimiters) {
    this.limitBytes = limitBytes;
    this.first = delimiters[0];
    this.frames = new DelimitedBytes(limitBytes, delimiters);
  }

  /**
   * A codec for one stream.
   *
   * @param limit the most bytes that a frame may have without its delimiter, from 1 to 2^30
   * @param delimiters what ends a frame, in UTF-8; at least one
   * @throws IllegalArgumentException as {@link #of(int, byte[]...)}
   */
  public static DelimiterCodec of(int limit, String... delimiters) {
    return of(limit, bytes(delimiters));
  }

  private static byte[][] bytes(String[] delimiters) {
    byte[][] bytes = new byte[delimiters.length][];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = requireNonNull(delimiters[i], "delimiters").getBytes(StandardCharsets.UTF_8);
    }
    return bytes;
  }

  /**
   * A codec for one stream.
   *
   * @param limit the most bytes that a frame may have without its delimiter, from 1 to 2^30
   * @param delimiters what ends a frame, each of 1 to 1024 bytes; at least one
   * @throws IllegalArgumentException if {@code limit} or the length of a delimiter is anything
   *     else, if there is no delimiter, or if one can never end a frame, because another is in it
   *     and ends before it
   */
  public static DelimiterCodec of(int limit, byte[]... delimiters) {
    Limits.ofFrame(limit);
    if (delimiters.length == 0) {
      throw new IllegalArgumentException("delimiters must be at least one, there was none");
    }
    List<byte[]> copies = new ArrayList<>();
    for (byte[] delimiter : delimiters) {
      Limits.between(
          "the length of a delimiter", requireNonNull(delimiter, "delimiters").length, 1, LONGEST);
      copies.add(delimiter.clone());
    }
    for (byte[] delimiter : copies) {
      for (byte[] other : copies) {
        checkCanEndAFrame(delimiter, other);
      }
    }
    return new DelimiterCodec(limit, copies.toArray(byte[][]::new));
  }

  private static void checkCanEndAFrame(byte[] delimiter, byte[] other) {
    ByteBuffer bytes = ByteBuffer.wrap(delimiter);
    for (int begin = 0; begin + other.length < delimiter.length; begin++) {
      if (bytes.slice(begin, other.length).equals(ByteBuffer.wrap(other))) {
        throw new IllegalArgumentException(
            "delimiters must not have one in them that ends before the other: "
                + inHex(other)
                + " is in "
                + inHex(delimiter));
      }
    }
  }

  private static String inHex(byte[] bytes) {
    StringBuilder hex = new StringBuilder();
    for (byte each : bytes) {
      hex.append(hex.length() == 0 ? "" : " ").append(String.format("%02x", each));
    }
    return hex.toString();
  }

  @Override
  public int limitBytes() {
    return frames.limitBytes();
  }

  /**
   * {@inheritDoc}
   *
   * @return a buffer of the heap that is the receiver's
   */
  @Override
  public @Nullable ByteBuffer decode(ByteBuffer bytes) throws FrameTooLongException {
    return frame(bytes, frames.find(bytes));
  }

  @Override
  public @Nullable ByteBuffer decodeEnd(ByteBuffer bytes)
      throws FrameTooLongException, TruncatedFrameException {
    int length = frames.findLast(bytes);
    if (length < 0 && bytes.hasRemaining()) {
      throw new TruncatedFrameException(bytes.remaining(), 1);
    }
    return frame(bytes, length);
  }

  private @Nullable ByteBuffer frame(ByteBuffer bytes, int length) {
    if (length < 0) {
      return null;
    }
    ByteBuffer frame = FrameBytes.take(bytes, length);
    bytes.position(bytes.position() + frames.delimiterLength());
    return frame;
  }

  /**
   * Appends a frame and its delimiter.
   *
   * @param frame copied from its position to its limit, and not changed
   * @throws IllegalArgumentException if {@code frame} has a delimiter in it, or would have with the
   *     beginning of its own, and so would be read as something else
   * @throws FrameTooLongException if {@code frame} has more bytes than the limit
   */
  @Override
  public void encode(ByteBuffer frame, FrameOutput out) throws FrameTooLongException {
    int length = frame.remaining();
    if (length > limitBytes) {
      throw new FrameTooLongException(
          "frame must have at most " + limitBytes + " bytes, was of " + length, limitBytes, true);
    }
    ByteBuffer room = out.room(length + first.length);
    int began = room.position();
    FrameBytes.put(frame, room);
    room.put(first);
    if (!frames.isOneFrame(room, began, room.position(), first.length)) {
      throw new IllegalArgumentException(
          "frame must have no delimiter in it, nor one that reaches into its own");
    }
  }

  @Override
  public String toString() {
    return "DelimiterCodec[at most " + limitBytes + " bytes]";
  }
}
