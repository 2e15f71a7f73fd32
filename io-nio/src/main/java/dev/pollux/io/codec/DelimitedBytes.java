package dev.pollux.io.codec;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Comparator;

/**
 * Finds where frames end that are ended by one of several byte sequences.
 *
 * <p>The delimiter that ends first ends the frame, and of several that end at the same byte the
 * longest. So it is known as soon as that byte is there, however the bytes are cut into reads.
 *
 * @threading confined to the task that reads, but for {@link #isOneFrame}, which any thread may
 *     call
 */
final class DelimitedBytes {
  /*
   * While a frame is skipped that is too long, all but the last `longest - 1` bytes are taken at each call: these may be the
   * beginning of a delimiter. No delimiter ends in what was searched.
   */
  private static final long LOWEST_BITS = 0x0101_0101_0101_0101L;
  private static final long HIGHEST_BITS = 0x8080_8080_8080_8080L;

  private final int limitBytes;

  /** Longest first. */
  private final byte[][] delimiters;

  private final int longest;

  /** Whether a delimiter ends with a byte. */
  private final boolean[] isLast;

  /** The byte with which all delimiters end, or -1. */
  private final int onlyLast;

  /** How many of the bytes shown were searched before. */
  private int searched;

  private boolean skipping;
  private int delimiterLength;

  DelimitedBytes(int limitBytes, byte[]... delimiters) {
    this.limitBytes = Limits.ofFrame(limitBytes);
    this.delimiters = delimiters.clone();
    Arrays.sort(this.delimiters, Comparator.comparing((byte[] bytes) -> bytes.length).reversed());
    longest = this.delimiters[0].length;
    isLast = new boolean[256];
    int last = -1;
    int kinds = 0;
    for (byte[] delimiter : this.delimiters) {
      last = delimiter[delimiter.length - 1] & 0xff;
      if (!isLast[last]) {
        isLast[last] = true;
        kinds++;
      }
    }
    onlyLast = kinds == 1 ? last : -1;
  }

  int limitBytes() {
    return limitBytes + longest;
  }

  /**
   * How long the frame is that {@code bytes} begin with, or -1 if its end is not there. Takes
   * nothing, but for what is skipped.
   *
   * @throws FrameTooLongException once for each frame that is too long; goes on behind it
   */
  int find(ByteBuffer bytes) throws FrameTooLongException {
    while (true) {
      int first = bytes.position();
      int end = search(bytes, first, first + searched, bytes.limit());
      if (end < 0) {
        searched = bytes.remaining();
        if (skipping) {
          skip(bytes);
        } else if (bytes.remaining() - longest >= limitBytes) {
          skipping = true;
          skip(bytes);
          throw tooLong();
        }
        return -1;
      }
      searched = 0;
      if (skipping) {
        skipping = false;
        bytes.position(end);
        if (!bytes.hasRemaining()) {
          return -1;
        }
        continue;
      }
      delimiterLength = delimiterAt(bytes, first, end);
      int length = end - delimiterLength - first;
      if (length > limitBytes) {
        bytes.position(end);
        throw tooLong();
      }
      return length;
    }
  }

  /** How long the delimiter behind the frame is that was found last. */
  int delimiterLength() {
    return delimiterLength;
  }

  /**
   * As {@link #find}, when no more bytes will come: what is left is a frame without an end. If it
   * is too long it is taken. Nothing is remembered of it, for what is shown next begins anew:
   * another datagram.
   */
  int findLast(ByteBuffer bytes) throws FrameTooLongException {
    int length;
    try {
      length = find(bytes);
    } catch (FrameTooLongException tooLong) {
      if (skipping) {
        forgetAll(bytes);
      }
      throw tooLong;
    }
    if (length >= 0) {
      return length;
    }
    searched = 0;
    if (skipping) {
      forgetAll(bytes);
    } else if (bytes.remaining() > limitBytes) {
      bytes.position(bytes.limit());
      throw tooLong();
    }
    return -1;
  }

  private void forgetAll(ByteBuffer bytes) {
    skipping = false;
    searched = 0;
    bytes.position(bytes.limit());
  }

  private void skip(ByteBuffer bytes) {
    // One at least: who has nothing left is in the midst of no frame.
    int kept = Math.min(Math.max(1, longest - 1), bytes.remaining());
    bytes.position(bytes.limit() - kept);
    searched = kept;
  }

  private FrameTooLongException tooLong() {
    return new FrameTooLongException(
        "a frame has no end within the limit of " + limitBytes + " bytes: it is skipped",
        limitBytes,
        true);
  }

  /**
   * Whether the bytes from {@code first} to {@code end} are one frame and a delimiter of {@code
   * length} bytes, for who reads them.
   */
  boolean isOneFrame(ByteBuffer bytes, int first, int end, int length) {
    return search(bytes, first, first, end) == end && delimiterAt(bytes, first, end) == length;
  }

  /** The index behind the first delimiter in {@code bytes}, or -1. */
  private int search(ByteBuffer bytes, int first, int from, int limit) {
    int at = from;
    while (true) {
      at = next(bytes, at, limit);
      if (at < 0) {
        return -1;
      }
      at++;
      if (delimiterAt(bytes, first, at) > 0) {
        return at;
      }
    }
  }

  /** The index of the first byte from {@code from} on that may end a delimiter, or -1. */
  private int next(ByteBuffer bytes, int from, int limit) {
    int at = from;
    if (onlyLast >= 0) {
      // Eight bytes at once: after the xor a byte that is looked for is zero, and some highest bit
      // is set only if one is.
      long pattern = LOWEST_BITS * onlyLast;
      for (; at <= limit - Long.BYTES; at += Long.BYTES) {
        long word = bytes.getLong(at) ^ pattern;
        if (((word - LOWEST_BITS) & ~word & HIGHEST_BITS) != 0) {
          break;
        }
      }
    }
    for (; at < limit; at++) {
      if (isLast[bytes.get(at) & 0xff]) {
        return at;
      }
    }
    return -1;
  }

  /** How long the delimiter is that ends at {@code end}, or 0. */
  private int delimiterAt(ByteBuffer bytes, int first, int end) {
    for (byte[] delimiter : delimiters) {
      int begin = end - delimiter.length;
      if (begin >= first && matches(bytes, begin, delimiter)) {
        return delimiter.length;
      }
    }
    return 0;
  }

  private static boolean matches(ByteBuffer bytes, int begin, byte[] delimiter) {
    for (int i = 0; i < delimiter.length; i++) {
      if (bytes.get(begin + i) != delimiter[i]) {
        return false;
      }
    }
    return true;
  }
}
