package dev.pollux.io.codec;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Discard;
import dev.pollux.core.Future;
import dev.pollux.io.AsyncWrite;
import dev.pollux.spi.Unpolled;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;

/**
 * Writes frames into a sink of bytes.
 *
 * <pre>{@code
 * FramedWriter<String> lines = FramedWriter.of(stream, LinesCodec.of(8 * 1024));
 * Future<Void> greeted = lines.send("hello");
 * }</pre>
 *
 * <p>A frame is encoded as a whole or not at all, and then held here until it is written. So what
 * has been cut off by a {@code cancel} is never half a frame: it goes out with the next call.
 *
 * <p>As many bytes are held as were encoded and not written: no frame is encoded while the
 * high-water mark is reached, so at most one frame more than that. There is no buffer when nothing
 * is held.
 *
 * <p>If an encoder throws, that frame is not written, and the next one can be. An {@code
 * IOException} of the sink changes nothing here: what is held is tried again by the next call.
 *
 * <p>Source: {@code FramedWrite} of Tokio.
 *
 * @param <T> the type of the frames
 * @threading written by one task at a time; {@link #close()} may be called from any thread
 */
public final class FramedWriter<T> implements Closeable {

  /** How many bytes are held before a frame has to wait, unless something else is said. */
  static final int HIGH_WATER_BYTES = 8 * 1024;

  /** The first buffer is not larger than this, however high the mark is. */
  private static final int MOST_AT_FIRST = 8 * 1024;

  private final AsyncWrite sink;
  private final Encoder<T> encoder;
  private final int highWaterBytes;
  private final FrameOutput output;

  /** That of the last poll. */
  private Discard discard = Discard.closing();

  private volatile boolean closed;

  private FramedWriter(AsyncWrite sink, Encoder<T> encoder, int highWaterBytes) {
    this.sink = sink;
    this.encoder = encoder;
    this.highWaterBytes = highWaterBytes;
    this.output = new FrameOutput(Math.min(highWaterBytes, MOST_AT_FIRST));
  }

  /**
   * A writer with a high-water mark of 8 KiB.
   *
   * @param sink where the frames are written; closed with the writer
   * @param encoder makes the bytes
   * @param <T> the type of the frames
   */
  public static <T> FramedWriter<T> of(AsyncWrite sink, Encoder<T> encoder) {
    return of(sink, encoder, HIGH_WATER_BYTES);
  }

  /**
   * A writer with a given high-water mark.
   *
   * @param sink where the frames are written; closed with the writer
   * @param encoder makes the bytes
   * @param highWaterBytes a frame is encoded only while fewer bytes than this are held; at least 1
   * @param <T> the type of the frames
   * @throws IllegalArgumentException if {@code highWaterBytes} is less than 1
   */
  public static <T> FramedWriter<T> of(AsyncWrite sink, Encoder<T> encoder, int highWaterBytes) {
    return new FramedWriter<>(
        requireNonNull(sink, "sink"),
        requireNonNull(encoder, "encoder"),
        Limits.atLeastOne("highWaterBytes", highWaterBytes));
  }

  // ---- by hand

  /**
   * Makes room for a frame, if there is none: writes what is held.
   *
   * @param cx whose waker is stored if there is no room
   * @return whether fewer bytes than the high-water mark are held; else the waker is stored
   * @throws ClosedChannelException if this was closed
   * @throws IOException if writing fails; what was not written is still held
   */
  public boolean pollReady(Context cx) throws IOException {
    open(cx);
    // Some may have been written, and the waker stored all the same: a wake too many does no harm.
    return output.heldBytes() < highWaterBytes
        || output.pollWriteTo(cx, sink)
        || output.heldBytes() < highWaterBytes;
  }

  /**
   * Encodes a frame, whatever is held, and writes nothing.
   *
   * @param frame what is written by the next flush, or when room is needed; it belongs to the
   *     encoder now
   * @throws ClosedChannelException if this was closed
   * @throws IOException what the encoder throws; the frame is not written
   */
  public void encode(T frame) throws IOException {
    requireNonNull(frame, "frame");
    if (closed) {
      throw new ClosedChannelException();
    }
    int before = output.heldBytes();
    try {
      encoder.encode(frame, output);
    } catch (Throwable failure) {
      output.shrinkTo(before);
      throw failure;
    }
    if (output.heldBytes() < before) {
      output.shrinkTo(before);
      throw new IllegalStateException(
          "an encoder must not move the position back; " + encoder + " did");
    }
    output.letGoIfEmpty();
  }

  /**
   * Writes what is held, and flushes the sink.
   *
   * @param cx whose waker is stored if that is not done
   * @return whether it is done; else the waker is stored
   * @throws ClosedChannelException if this was closed
   * @throws IOException if writing fails; what was not written is still held
   */
  public boolean pollFlush(Context cx) throws IOException {
    open(cx);
    return output.pollWriteTo(cx, sink) && sink.pollFlush(cx);
  }

  /** Writes what is held, and then ends the bytes of the sink. */
  boolean pollShutdown(Context cx) throws IOException {
    open(cx);
    return output.pollWriteTo(cx, sink) && sink.pollShutdown(cx);
  }

  private void open(Context cx) throws ClosedChannelException {
    discard = cx.discard();
    if (closed) {
      output.clear();
      throw new ClosedChannelException();
    }
  }

  // ---- by futures

  /**
   * Encodes a frame when there is room for it, and writes it out together with all that is held.
   *
   * @param frame what is written
   * @cancellation a frame that is not encoded is discarded. One that is will be written by the next
   *     call
   */
  public Future<Void> send(T frame) {
    return Unpolled.made(new WriteFrame<>(this, requireNonNull(frame, "frame"), true));
  }

  /**
   * Encodes a frame when there is room for it. It is written by the next {@link #flush} or {@link
   * #send}, or when room is needed.
   *
   * @param frame what is written
   * @cancellation a frame that is not encoded is discarded. One that is will be written by the next
   *     call
   */
  public Future<Void> feed(T frame) {
    return Unpolled.made(new WriteFrame<>(this, requireNonNull(frame, "frame"), false));
  }

  /**
   * Writes what is held, and flushes the sink.
   *
   * @cancellation nothing is lost
   */
  public Future<Void> flush() {
    return Unpolled.made(new FlushFrames(this, false));
  }

  /**
   * Writes what is held, and then {@linkplain AsyncWrite#pollShutdown ends} the bytes of the sink.
   *
   * @cancellation nothing is lost
   */
  public Future<Void> shutdown() {
    return Unpolled.made(new FlushFrames(this, true));
  }

  /**
   * Writes all frames of an iterator. What is held is written out whenever no further frame is
   * there, and at the end.
   *
   * @param frames what is written
   * @return how many frames that were
   * @cancellation cancels {@code frames}. Those that were taken from it are encoded, and are
   *     written by the next call
   */
  public Future<Long> sendAll(AsyncIterator<? extends T> frames) {
    return Unpolled.made(new WriteAllFrames<T>(this, requireNonNull(frames, "frames")), frames);
  }

  /** How many bytes are held: encoded and not written. */
  public int bufferedBytes() {
    return output.heldBytes();
  }

  /**
   * Closes the sink, without writing what is held; who waits fails with a {@link
   * ClosedChannelException}. Idempotent; never blocks.
   *
   * @throws IOException if the sink can't be closed; this is closed all the same
   * @threading any thread
   */
  @Override
  public void close() throws IOException {
    closed = true;
    sink.close();
  }

  /** Drops a frame that is not encoded. */
  void discard(T frame) {
    discard.discard(frame);
  }

  /** Where a failure goes that has no owner. */
  Discard discard() {
    return discard;
  }

  /** How large the buffer is that this holds at the moment. */
  int bufferCapacity() {
    return output.capacity();
  }

  /** Says for a dump what a future that writes here waits for. */
  void describe(Description description) {
    description
        .with("encoder", encoder)
        .with("held", bufferedBytes() + " bytes")
        .waitsFor("room in " + sink);
  }

  @Override
  public String toString() {
    return "FramedWriter[" + sink + ", " + encoder + "]";
  }
}
