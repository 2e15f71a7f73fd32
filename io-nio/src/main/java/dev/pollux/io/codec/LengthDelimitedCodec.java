package dev.pollux.io.codec;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Frames that begin with their length.
 *
 * <pre>{@code
 * LengthDelimitedCodec messages = LengthDelimitedCodec.of(1024 * 1024);   // four bytes, big-endian
 *
 * LengthDelimitedCodec records =                  // type (1), length of all (2), data
 *     LengthDelimitedCodec.builder()
 *         .limit(4096)
 *         .lengthOffset(1)
 *         .lengthBytes(2)
 *         .lengthAdjustment(-3)
 *         .skip(0)
 *         .build();
 * }</pre>
 *
 * <p>A frame is a head, which has {@code lengthOffset} bytes and the length, and a body, which has
 * as many bytes as the length says and {@code lengthAdjustment} more. The first {@code skip} bytes
 * of that are not handed out; by default that is the head. The limit is that of the body.
 *
 * <p>A length over the limit is a {@link FrameTooLongException}, one that makes no sense a {@link
 * MalformedFrameException}. None of them is {@linkplain FrameException#isResumable() resumable}:
 * the reader is over, for a length that can't be trusted says nothing of where the next frame is.
 * Nothing is allocated for a length, only for bytes that have come.
 *
 * <p>Source: {@code LengthDelimitedCodec} of Tokio, {@code LengthFieldBasedFrameDecoder} of Netty.
 *
 * @threading any thread: one may be used for many streams
 */
public final class LengthDelimitedCodec implements Codec<ByteBuffer, ByteBuffer> {

  private final int limitBytes;
  private final int lengthBytes;
  private final boolean littleEndian;
  private final int lengthOffset;
  private final int lengthAdjustment;
  private final int headBytes;
  private final int skippedBytes;

  LengthDelimitedCodec(LengthDelimitedCodecBuilder builder, int headBytes, int skippedBytes) {
    this.limitBytes = builder.limitBytes;
    this.lengthBytes = builder.lengthBytes;
    this.littleEndian = builder.order == ByteOrder.LITTLE_ENDIAN;
    this.lengthOffset = builder.lengthOffset;
    this.lengthAdjustment = builder.lengthAdjustment;
    this.headBytes = headBytes;
    this.skippedBytes = skippedBytes;
  }

  /**
   * A codec with a length of four bytes, big-endian, in front of each frame.
   *
   * @param limit the most bytes that a frame may have without the length, from 1 to 2^30
   * @throws IllegalArgumentException if {@code limit} is anything else
   */
  public static LengthDelimitedCodec of(int limit) {
    return builder().limit(limit).build();
  }

  /** A builder that must at least be told the limit. */
  public static LengthDelimitedCodecBuilder builder() {
    return new LengthDelimitedCodecBuilder();
  }

  @Override
  public int limitBytes() {
    return headBytes + limitBytes;
  }

  /**
   * {@inheritDoc}
   *
   * @return a buffer of the heap that is the receiver's
   */
  @Override
  public @Nullable ByteBuffer decode(ByteBuffer bytes) throws FrameException {
    if (bytes.remaining() < headBytes) {
      return null;
    }
    int frame = headBytes + checkedBody(bytes);
    if (bytes.remaining() < frame) {
      return null;
    }
    bytes.position(bytes.position() + skippedBytes);
    return FrameBytes.take(bytes, frame - skippedBytes);
  }

  /** How many bytes follow the head that is in {@code bytes}. */
  private int checkedBody(ByteBuffer bytes) throws FrameException {
    long length = length(bytes);
    boolean isHuge = length < 0 || length > Long.MAX_VALUE - Integer.MAX_VALUE; // it is unsigned
    long body = isHuge ? Long.MAX_VALUE : length + lengthAdjustment;
    if (body > limitBytes) {
      throw new FrameTooLongException(
          "a frame of length "
              + Long.toUnsignedString(length)
              + " is over the limit of "
              + limitBytes
              + " bytes",
          limitBytes,
          false);
    }
    if (body < 0 || headBytes + body < skippedBytes) {
      throw new MalformedFrameException(
          "a frame of length " + length + " is shorter than what always belongs to it", false);
    }
    return (int) body;
  }

  private long length(ByteBuffer bytes) {
    int at = bytes.position() + lengthOffset;
    long length = 0;
    for (int i = 0; i < lengthBytes; i++) {
      long next = bytes.get(at + i) & 0xff;
      length = littleEndian ? length | next << (Byte.SIZE * i) : length << Byte.SIZE | next;
    }
    return length;
  }

  @Override
  public int missingBytes(ByteBuffer bytes) {
    int present = bytes.remaining();
    if (present < headBytes) {
      return headBytes - present;
    }
    return (int) (headBytes + length(bytes) + lengthAdjustment - present); // decode has checked it
  }

  /**
   * Appends a frame with its head. What would be skipped by the reader is written as zeros, but for
   * the length; if that is in the part of the frame that is not skipped, it is overwritten there.
   *
   * @param frame copied from its position to its limit, and not changed
   * @throws IllegalArgumentException if {@code frame} has not even the part of the head that is not
   *     skipped, or if its body is shorter than the adjustment
   * @throws FrameTooLongException if the body is over the limit, or if its length can't be written
   */
  @Override
  public void encode(ByteBuffer frame, FrameOutput out) throws FrameTooLongException {
    long body = (long) frame.remaining() + skippedBytes - headBytes;
    long length = body - lengthAdjustment;
    if (body < 0 || length < 0) {
      throw new IllegalArgumentException(
          "frame must have at least "
              + (Math.max(0, lengthAdjustment) + headBytes - skippedBytes)
              + " bytes, has "
              + frame.remaining());
    }
    if (body > limitBytes || !fits(length)) {
      throw new FrameTooLongException(
          "frame must have a body of at most "
              + limitBytes
              + " bytes, and a length of "
              + lengthBytes
              + " bytes; the body was of "
              + body,
          limitBytes,
          true);
    }
    ByteBuffer room = out.room((int) (headBytes + body));
    int began = room.position();
    for (int i = 0; i < skippedBytes; i++) {
      room.put((byte) 0);
    }
    FrameBytes.put(frame, room);
    for (int i = 0; i < lengthBytes; i++) {
      int place = littleEndian ? i : lengthBytes - 1 - i;
      room.put(began + lengthOffset + i, (byte) (length >>> (Byte.SIZE * place)));
    }
  }

  private boolean fits(long length) {
    return lengthBytes == Long.BYTES || length >>> (Byte.SIZE * lengthBytes) == 0;
  }

  @Override
  public String toString() {
    return "LengthDelimitedCodec[at most " + limitBytes + " bytes]";
  }
}
