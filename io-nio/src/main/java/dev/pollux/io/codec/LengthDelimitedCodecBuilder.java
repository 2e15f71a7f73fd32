package dev.pollux.io.codec;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.nio.ByteOrder;

/**
 * Says what the frames of a {@link LengthDelimitedCodec} look like.
 *
 * @threading confined to one thread
 */
public final class LengthDelimitedCodecBuilder {

  /** The most that heads and skipped bytes may have. */
  private static final int MOST_IN_HEAD = 1 << 16;

  int limitBytes;
  int lengthBytes = Integer.BYTES;
  ByteOrder order = ByteOrder.BIG_ENDIAN;
  int lengthOffset;
  int lengthAdjustment;

  /** As many as the head has if negative. */
  private int skippedBytes = -1;

  LengthDelimitedCodecBuilder() {}

  /**
   * How many bytes the body of a frame may have. Must be said.
   *
   * @param limit from 1 to 2^30
   * @throws IllegalArgumentException if {@code limit} is anything else
   */
  @CanIgnoreReturnValue
  public LengthDelimitedCodecBuilder limit(int limit) {
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
  public LengthDelimitedCodecBuilder lengthBytes(int count) {
    this.lengthBytes = Limits.between("count", count, 1, Long.BYTES);
    return this;
  }

  /**
   * In which order they are. Big-endian unless it is said.
   *
   * @param order big-endian or little-endian
   */
  @CanIgnoreReturnValue
  public LengthDelimitedCodecBuilder order(ByteOrder order) {
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
  public LengthDelimitedCodecBuilder lengthOffset(int count) {
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
  public LengthDelimitedCodecBuilder lengthAdjustment(int count) {
    this.lengthAdjustment = Limits.between("count", count, -Limits.MOST, Limits.MOST);
    return this;
  }

  /**
   * How many bytes, from the beginning of the head on, are not handed out. The whole head unless it
   * is said.
   *
   * @param count from 0 to 2^16
   * @throws IllegalArgumentException if {@code count} is anything else
   */
  @CanIgnoreReturnValue
  public LengthDelimitedCodecBuilder skip(int count) {
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
