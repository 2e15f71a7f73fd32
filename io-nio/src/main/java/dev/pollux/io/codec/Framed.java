package dev.pollux.io.codec;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Future;
import dev.pollux.io.AsyncByteStream;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * The frames of a connection, in both directions: a {@link FramedReader} and a {@link
 * FramedWriter}.
 *
 * <pre>{@code
 * Framed<String, String> lines = Framed.of(stream, LinesCodec.of(8 * 1024));
 * Future<Long> echo = lines.writer().sendAll(lines.reader().frames());
 * }</pre>
 *
 * <p>The two are independent of each other, and may be used by two tasks; each of them closes the
 * connection with its {@code close}.
 *
 * <p>Source: {@code Framed} of Tokio.
 *
 * @param <T> the type of the frames that are read
 * @param <U> the type of the frames that are written
 * @threading each side by one task at a time; {@link #close()} may be called from any thread
 */
public final class Framed<T, U> implements Closeable {

  private final AsyncByteStream stream;
  private final FramedReader<T> reader;
  private final FramedWriter<U> writer;

  private Framed(AsyncByteStream stream, FramedReader<T> reader, FramedWriter<U> writer) {
    this.stream = stream;
    this.reader = reader;
    this.writer = writer;
  }

  /**
   * Frames of one kind, with a buffer and a high-water mark of 8 KiB each.
   *
   * @param stream the connection; closed with this
   * @param codec what a frame is; not used elsewhere if it remembers anything
   * @param <T> the type of the frames that are read
   * @param <U> the type of the frames that are written
   * @throws IllegalArgumentException if the codec has a limit of less than 1
   */
  public static <T, U> Framed<T, U> of(AsyncByteStream stream, Codec<T, U> codec) {
    return of(stream, codec, codec);
  }

  /**
   * Frames that are read by one codec and written by another, with a buffer and a high-water mark
   * of 8 KiB each.
   *
   * @param stream the connection; closed with this
   * @param decoder cuts the frames that are read; not used elsewhere if it remembers anything
   * @param encoder makes the bytes of those that are written
   * @param <T> the type of the frames that are read
   * @param <U> the type of the frames that are written
   * @throws IllegalArgumentException if the decoder has a limit of less than 1
   */
  public static <T, U> Framed<T, U> of(
      AsyncByteStream stream, Decoder<T> decoder, Encoder<U> encoder) {
    return of(stream, decoder, encoder, FramedReader.BUFFER_BYTES, FramedWriter.HIGH_WATER_BYTES);
  }

  /**
   * Frames that are read by one codec and written by another.
   *
   * @param stream the connection; closed with this
   * @param decoder cuts the frames that are read; not used elsewhere if it remembers anything
   * @param encoder makes the bytes of those that are written
   * @param bufferBytes how many bytes are read at once; see {@link FramedReader#of(
   *     dev.pollux.io.AsyncRead, Decoder, int)}
   * @param highWaterBytes a frame is encoded only while fewer bytes than this are held
   * @param <T> the type of the frames that are read
   * @param <U> the type of the frames that are written
   * @throws IllegalArgumentException if {@code bufferBytes}, {@code highWaterBytes} or the limit of
   *     the decoder is less than 1
   */
  public static <T, U> Framed<T, U> of(
      AsyncByteStream stream,
      Decoder<T> decoder,
      Encoder<U> encoder,
      int bufferBytes,
      int highWaterBytes) {
    requireNonNull(stream, "stream");
    return new Framed<>(
        stream,
        FramedReader.of(stream, decoder, bufferBytes),
        FramedWriter.of(stream, encoder, highWaterBytes));
  }

  /**
   * The same connection, whose frames are given only so much time to be complete: see {@link
   * FramedReader#withFrameTimeout(Duration)}. The reader of this one is over then.
   *
   * @param limit as there
   * @throws IllegalArgumentException if {@code limit} is not more than zero, or longer than 292
   *     years
   * @throws IllegalStateException if the reader is over
   */
  public Framed<T, U> withFrameTimeout(Duration limit) {
    return new Framed<>(stream, reader.withFrameTimeout(limit), writer);
  }

  /** The side that is read. */
  public FramedReader<T> reader() {
    return reader;
  }

  /** The side that is written. */
  public FramedWriter<U> writer() {
    return writer;
  }

  /** The connection. */
  public AsyncByteStream stream() {
    return stream;
  }

  /**
   * {@link FramedReader#next}.
   *
   * @cancellation nothing is lost
   */
  public Future<Optional<T>> next() {
    return reader.next();
  }

  /**
   * {@link FramedReader#frames}.
   *
   * @cancellation nothing is lost
   */
  public AsyncIterator<T> frames() {
    return reader.frames();
  }

  /**
   * {@link FramedWriter#send}.
   *
   * @param frame what is written
   * @cancellation a frame that is not encoded is discarded. One that is will be written by the next
   *     call
   */
  public Future<Void> send(U frame) {
    return writer.send(frame);
  }

  /**
   * Closes the connection, without writing what is held; who waits fails with a {@link
   * java.nio.channels.ClosedChannelException}. Idempotent; never blocks.
   *
   * @throws IOException if the connection can't be closed; this is closed all the same
   * @threading any thread
   */
  @Override
  public void close() throws IOException {
    try {
      reader.close();
    } finally {
      writer.close();
    }
  }

  @Override
  public String toString() {
    return "Framed[" + stream + ", " + reader + ", " + writer + "]";
  }
}
