package dev.pollux.io.codec;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Next;
import dev.pollux.io.AsyncRead;
import dev.pollux.io.deadline.Deadline;
import dev.pollux.io.limit.LimitCounts;
import dev.pollux.io.limit.Refusal;
import dev.pollux.spi.Unpolled;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads the frames of a source of bytes.
 *
 * <pre>{@code
 * FramedReader<String> lines = FramedReader.of(stream, LinesCodec.of(8 * 1024));
 * Future<Void> printed = lines.frames().forEach(System.out::println);
 * }</pre>
 *
 * <p>The bytes of a frame that is not complete are kept here, not in the futures: who gives up
 * waiting loses nothing, and the next call goes on where the last one was.
 *
 * <p>After a {@linkplain FrameException#isResumable() resumable} failure of the decoder the next
 * frame can be read. After any other failure of it this is over: what was buffered is dropped, and
 * reading is refused with an {@link IllegalStateException}. An {@code IOException} of the source
 * changes nothing here.
 *
 * <p>It holds at most {@code max(bufferBytes, decoder.limitBytes())} bytes, and no buffer when
 * there are none.
 *
 * <p>Source: {@code FramedRead} of Tokio.
 *
 * @param <T> the type of the frames
 * @threading read by one task at a time; {@link #close()} may be called from any thread
 */
public final class FramedReader<T> implements Closeable {

  /** How many bytes are read at once unless something else is said. */
  static final int BUFFER_BYTES = 8 * 1024;

  private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE);

  private final AsyncRead source;
  private final Decoder<T> decoder;
  private final FrameInput input;

  /** The most that the buffer may have room for. */
  private final int mostBytes;

  /** How many bytes must come before it makes sense to ask the decoder. */
  private int missing = 1;

  /** The source has said that there are no more bytes. */
  private boolean ended;

  /** The decoder has said that there are no more frames. */
  private boolean finished;

  /** Why nothing can be read any more; null as long as it can. */
  private @Nullable String over;

  private volatile boolean closed;

  /** How long a frame may take; null for any time. */
  private final @Nullable Duration frameLimit;

  /** Where frames are counted that took longer. */
  private final @Nullable LimitCounts counts;

  private final Deadline deadline = new Deadline();

  /** When the frame that was begun must be complete; {@link Long#MAX_VALUE} if none was. */
  private long frameEndNanos = Long.MAX_VALUE;

  private FramedReader(
      AsyncRead source,
      Decoder<T> decoder,
      FrameInput input,
      int mostBytes,
      @Nullable Duration frameLimit,
      @Nullable LimitCounts counts) {
    this.source = source;
    this.decoder = decoder;
    this.input = input;
    this.mostBytes = mostBytes;
    this.frameLimit = frameLimit;
    this.counts = counts;
  }

  /**
   * A reader that reads 8 KiB at once.
   *
   * @param source what is read; closed with the reader
   * @param decoder cuts the frames; not used elsewhere if it remembers anything
   * @param <T> the type of the frames
   * @throws IllegalArgumentException if the decoder has a limit of less than 1
   */
  public static <T> FramedReader<T> of(AsyncRead source, Decoder<T> decoder) {
    return of(source, decoder, BUFFER_BYTES);
  }

  /**
   * A reader with a buffer of a given size.
   *
   * @param source what is read; closed with the reader
   * @param decoder cuts the frames; not used elsewhere if it remembers anything
   * @param bufferBytes how many bytes are read at once, as long as no longer frame asks for more;
   *     at least 1
   * @param <T> the type of the frames
   * @throws IllegalArgumentException if {@code bufferBytes} or the limit of the decoder is less
   *     than 1
   */
  public static <T> FramedReader<T> of(AsyncRead source, Decoder<T> decoder, int bufferBytes) {
    requireNonNull(source, "source");
    requireNonNull(decoder, "decoder");
    Limits.atLeastOne("bufferBytes", bufferBytes);
    int limit = Limits.atLeastOne("decoder.limitBytes()", decoder.limitBytes());
    return new FramedReader<>(
        source, decoder, new FrameInput(bufferBytes), Math.max(bufferBytes, limit), null, null);
  }

  /**
   * Reads the next frame, for who polls by hand.
   *
   * @param cx whose waker is stored if there is no frame
   * @return the frame; the end, then and ever after; or {@code Pending}
   * @throws FrameException if bytes are no frame
   * @throws TruncatedFrameException if the source ends in the middle of a frame
   * @throws FrameTimeoutException if a frame was begun and is not complete in time
   * @throws ClosedChannelException if this was closed
   * @throws IOException if reading, or the decoder, fails
   * @throws IllegalStateException if this is over: the decoder has failed before, not resumably, or
   *     {@link #withDecoder} was called
   */
  public Next<T> pollFrame(Context cx) throws IOException {
    T frame = pollDecode(cx);
    if (frame != null) {
      return Next.item(frame);
    }
    return finished ? Next.end() : Next.pending();
  }

  /** The next frame, or null: then it is {@link #isFinished}, or the waker is stored. */
  @Nullable T pollDecode(Context cx) throws IOException {
    String over = this.over;
    if (over != null) {
      throw new IllegalStateException(over);
    }
    if (closed) {
      input.clear();
      throw new ClosedChannelException();
    }
    while (!finished) {
      if (ended || missing <= 0) {
        if (!cx.tryProceed()) {
          return null;
        }
        T frame = decode();
        if (frame != null) {
          return frame;
        }
        cx.budget().giveBack();
      } else {
        boolean canLook = !cx.budget().isExhausted();
        int count = input.pollFill(cx, source, mostBytes);
        if (count == AsyncRead.NOT_READY) {
          if (frameLimit != null && canLook) {
            checkTime(cx, frameLimit);
          }
          return null;
        }
        if (count == AsyncRead.EOF) {
          ended = true;
        } else {
          missing -= count;
        }
      }
    }
    return null;
  }

  private @Nullable T decode() throws IOException {
    ByteBuffer bytes = input.bytes();
    int limit = bytes.limit();
    int before = bytes.remaining();
    T frame;
    try {
      frame = ended ? decoder.decodeEnd(bytes) : decoder.decode(bytes);
    } catch (FrameException wrong) {
      bytes.limit(limit);
      if (wrong.isResumable() && bytes.remaining() < before) {
        afterTaking();
      } else {
        fail();
      }
      throw wrong;
    } catch (Throwable failure) {
      fail();
      throw failure;
    }
    bytes.limit(limit);
    if (frame != null) {
      if (bytes.remaining() >= before) {
        fail();
        throw new IllegalStateException(
            "a decoder must take at least one byte for a frame; "
                + decoder
                + " took none for "
                + frame);
      }
      afterTaking();
      return frame;
    }
    if (ended) {
      if (bytes.hasRemaining()) {
        int left = bytes.remaining();
        fail();
        throw new TruncatedFrameException(left, 1);
      }
      finished = true;
      deadline.close();
      input.clear();
      return null;
    }
    int left = bytes.remaining();
    if (left >= decoder.limitBytes()) {
      fail();
      throw new FrameTooLongException(
          "the decoder wants more bytes than its limit of " + decoder.limitBytes(),
          decoder.limitBytes(),
          false);
    }
    if (left == 0) { // what was taken said nothing: a frame that comes now begins now
      frameEndNanos = Long.MAX_VALUE;
      missing = 1;
    } else {
      missing = Math.max(1, decoder.missingBytes(bytes));
    }
    return null;
  }

  /** Fails if the frame that was begun has taken too long; else the waker is woken when it has. */
  private void checkTime(Context cx, Duration limit) throws FrameTimeoutException {
    if (input.size() == 0) {
      return;
    }
    long now = cx.timer().nanoTime();
    if (frameEndNanos == Long.MAX_VALUE) {
      long end = now + limit.toNanos();
      frameEndNanos = end < 0 ? Long.MAX_VALUE - 1 : end;
    }
    if (deadline.isOver(cx, now, frameEndNanos)) {
      int present = input.size();
      fail();
      if (counts != null) {
        counts.refused(Refusal.FRAME);
      }
      throw new FrameTimeoutException(limit, present);
    }
  }

  /** The decoder is asked again as soon as there is a byte for it. */
  private void afterTaking() {
    frameEndNanos = Long.MAX_VALUE;
    missing = input.size() > 0 ? 0 : 1;
    input.letGoIfEmpty();
  }

  private void fail() {
    deadline.close();
    over =
        "a framed reader was read after its decoder had failed: nobody knows where the next frame begins";
    input.clear();
  }

  boolean isFinished() {
    return finished;
  }

  /**
   * The next frame, or nothing at the end.
   *
   * @cancellation nothing is lost, the bytes of a frame that is not complete are kept
   */
  public Future<Optional<T>> next() {
    return Unpolled.made(new ReadFrame<>(this));
  }

  /**
   * The frames that are still to come. The iterator fails with the first failure, whatever it is;
   * another one goes on behind it, if this reader can. It borrows the reader, and does not close
   * it.
   *
   * @cancellation nothing is lost, the bytes of a frame that is not complete are kept
   */
  public AsyncIterator<T> frames() {
    return Unpolled.made(new Frames<>(this));
  }

  /**
   * A reader of what this one has not taken, bytes that are buffered included, by another decoder:
   * for a connection that changes its protocol. This one is over then.
   *
   * @param decoder cuts the frames from now on
   * @param <U> the type of its frames
   * @return a reader that has taken the source over
   * @throws IllegalStateException if this is over
   * @throws IllegalArgumentException if the new decoder has a limit of less than 1
   */
  public <U> FramedReader<U> withDecoder(Decoder<U> decoder) {
    requireNonNull(decoder, "decoder");
    return successor(decoder, frameLimit, counts);
  }

  /**
   * A reader of what this one has not taken, whose frames are given only so much time: one that was
   * begun, and waits for its end for longer, fails with a {@link FrameTimeoutException}, and that
   * reader is over. A frame was begun where the decoder has left bytes. A peer that sends nothing
   * is given any time: see {@link dev.pollux.io.limit.StreamLimits#withIdle}. This one is over
   * then.
   *
   * @param limit how long from when it is first waited for the rest of a frame, more than zero
   * @return a reader that has taken the source over
   * @throws IllegalArgumentException if {@code limit} is not more than zero, or longer than 292
   *     years
   * @throws IllegalStateException if this is over
   */
  public FramedReader<T> withFrameTimeout(Duration limit) {
    return withFrameTimeout(limit, null);
  }

  /**
   * As {@link #withFrameTimeout(Duration)}, with a count of those that took longer.
   *
   * @param limit as there
   * @param counts where they are counted as {@link Refusal#FRAME}; null if nowhere
   * @return a reader that has taken the source over
   * @throws IllegalArgumentException if {@code limit} is not more than zero, or longer than 292
   *     years
   * @throws IllegalStateException if this is over
   */
  public FramedReader<T> withFrameTimeout(Duration limit, @Nullable LimitCounts counts) {
    requireNonNull(limit, "limit");
    if (limit.isZero() || limit.isNegative() || limit.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "limit must be more than zero and at most 292 years, was " + limit);
    }
    return successor(decoder, limit, counts);
  }

  private <U> FramedReader<U> successor(
      Decoder<U> decoder, @Nullable Duration frameLimit, @Nullable LimitCounts counts) {
    int limit = Limits.atLeastOne("decoder.limitBytes()", decoder.limitBytes());
    String over = this.over;
    if (over != null) {
      throw new IllegalStateException(over);
    }
    this.over = "a framed reader was read after another had taken its bytes over";
    deadline.close();
    FramedReader<U> next =
        new FramedReader<>(
            source, decoder, input, Math.max(input.initialBytes(), limit), frameLimit, counts);
    next.missing = input.size() > 0 ? 0 : 1;
    next.closed = closed;
    return next;
  }

  /** How many bytes were read that are in no frame yet. */
  public int bufferedBytes() {
    return over == null ? input.size() : 0;
  }

  /**
   * Closes the source; who waits for a frame fails with a {@link ClosedChannelException}.
   * Idempotent; never blocks.
   *
   * @throws IOException if the source can't be closed; this is closed all the same
   * @threading any thread
   */
  @Override
  public void close() throws IOException {
    closed = true;
    deadline.close();
    source.close();
  }

  /** How large the buffer is that this holds at the moment. */
  int bufferCapacity() {
    return input.capacity();
  }

  /** Says for a dump what a future that reads here waits for. */
  void describe(Description description) {
    description
        .with("decoder", decoder)
        .with("buffered", bufferedBytes() + " bytes")
        .waitsFor("bytes of " + source);
  }

  @Override
  public String toString() {
    return "FramedReader[" + source + ", " + decoder + "]";
  }
}
