package dev.pollux.io.codec;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
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

  private LengthDelimitedCodec(Builder builder, int headBytes, int skippedBytes) {
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
  public static Builder builder() {
    return new Builder();
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

  /**
   * Says what the frames look like.
   *
   * @threading confined to one thread
   */
  public static final class Builder {

    /** The most that heads and skipped bytes may have. */
    private static final int MOST_IN_HEAD = 1 << 16;

    private int limitBytes;
    private int lengthBytes = Integer.BYTES;
    private ByteOrder order = ByteOrder.BIG_ENDIAN;
    private int lengthOffset;
    private int lengthAdjustment;

    /** As many as the head has if negative. */
    private int skippedBytes = -1;

    private Builder() {}

    /**
     * How many bytes the body of a frame may have. Must be said.
     *
     * @param limit from 1 to 2^30
     * @throws IllegalArgumentException if {@code limit} is anything else
     */
    @CanIgnoreReturnValue
    public Builder limit(int limit) {
      this.limitBytes = Limits.ofFrame(limit);
      return this;
    }

    /**
     * How many bytes the length takes. 4 unless it is said.
     *
     * @param count from 1 to 8
     * @throws IllegalArgumentException if {@code count} is anything else
     */
    @CanIgnoreReturnValue
    public Builder lengthBytes(int count) {
      this.lengthBytes = Limits.between("count", count, 1, Long.BYTES);
      return this;
    }

    /**
     * In which order they are. Big-endian unless it is said.
     *
     * @param order big-endian or little-endian
     */
    @CanIgnoreReturnValue
    public Builder order(ByteOrder order) {
      this.order = requireNonNull(order, "order");
      return this;
    }

    /**
     * How many bytes come before the length. None unless it is said.
     *
     * @param count from 0 to 2^16
     * @throws IllegalArgumentException if {@code count} is anything else
     */
    @CanIgnoreReturnValue
    public Builder lengthOffset(int count) {
      this.lengthOffset = Limits.between("count", count, 0, MOST_IN_HEAD);
      return this;
    }

    /**
     * How many bytes the body has beyond what the length says. None unless it is said. Negative if
     * the length counts what is before the body as well.
     *
     * @param count from -2^30 to 2^30
     * @throws IllegalArgumentException if {@code count} is anything else
     */
    @CanIgnoreReturnValue
    public Builder lengthAdjustment(int count) {
      this.lengthAdjustment = Limits.between("count", count, -Limits.MOST, Limits.MOST);
      return this;
    }

    /**
     * How many bytes, from the beginning of the head on, are not handed out. The whole head unless
     * it is said.
     *
     * @param count from 0 to 2^16
     * @throws IllegalArgumentException if {@code count} is anything else
     */
    @CanIgnoreReturnValue
    public Builder skip(int count) {
      this.skippedBytes = Limits.between("count", count, 0, MOST_IN_HEAD);
      return this;
    }

    /**
     * The codec.
     *
     * @throws IllegalStateException if no limit was said
     */
    public LengthDelimitedCodec build() {
      if (limitBytes == 0) {
        throw new IllegalStateException("limit must be said before build");
      }
      int headBytes = lengthOffset + lengthBytes;
      return new LengthDelimitedCodec(this, headBytes, skippedBytes < 0 ? headBytes : skippedBytes);
    }
  }
}
