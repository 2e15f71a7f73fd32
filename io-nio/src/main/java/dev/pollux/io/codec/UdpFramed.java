package dev.pollux.io.codec;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import dev.pollux.core.Future;
import dev.pollux.io.buffer.Scratch;
import dev.pollux.io.net.Datagram;
import dev.pollux.io.net.UdpSocket;
import dev.pollux.spi.Unpolled;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;

/**
 * Frames in datagrams: one or several in each, and none in two of them.
 *
 * <pre>{@code
 * UdpFramed<String, String> metrics = UdpFramed.of(socket, LinesCodec.of(1024));
 * Future<Void> printed = metrics.frames().forEach(line -> System.out.println(line.frame()));
 * }</pre>
 *
 * <p>What the decoder throws ends nothing but the datagram: after a {@linkplain
 * FrameException#isResumable() resumable} failure the next frame of it is read, after any other its
 * rest is dropped. So the decoder may remember nothing beyond a datagram; none of this package
 * does.
 *
 * <p>An empty datagram has no frame, unless the decoder makes one of no bytes.
 *
 * <p>Of what has come it holds one datagram at most, as long as not all frames of it were read.
 *
 * <p>Source: {@code UdpFramed} of Tokio.
 *
 * @param <T> the type of the frames that are received
 * @param <U> the type of the frames that are sent
 * @threading read by one task at a time; sent by any number of tasks, if the encoder allows that;
 *     {@link #close()} may be called from any thread
 */
public final class UdpFramed<T, U> implements Closeable {

  /** No datagram has more bytes. */
  private static final int LONGEST = 65_535;

  private final UdpSocket socket;
  private final Decoder<T> decoder;
  private final Encoder<U> encoder;

  /** What is left of a datagram; null if nothing is. */
  private @Nullable Datagram rest;

  private volatile boolean closed;

  private UdpFramed(UdpSocket socket, Decoder<T> decoder, Encoder<U> encoder) {
    this.socket = requireNonNull(socket, "socket");
    this.decoder = requireNonNull(decoder, "decoder");
    this.encoder = requireNonNull(encoder, "encoder");
  }

  /**
   * Frames of one kind.
   *
   * @param socket where they come and go; closed with this
   * @param codec what a frame is
   * @param <T> the type of the frames that are received
   * @param <U> the type of the frames that are sent
   */
  public static <T, U> UdpFramed<T, U> of(UdpSocket socket, Codec<T, U> codec) {
    return new UdpFramed<>(socket, codec, codec);
  }

  /**
   * Frames that are received by one codec and sent by another.
   *
   * @param socket where they come and go; closed with this
   * @param decoder cuts the frames that are received
   * @param encoder makes the bytes of those that are sent
   * @param <T> the type of the frames that are received
   * @param <U> the type of the frames that are sent
   */
  public static <T, U> UdpFramed<T, U> of(
      UdpSocket socket, Decoder<T> decoder, Encoder<U> encoder) {
    return new UdpFramed<>(socket, decoder, encoder);
  }

  /**
   * Receives the next frame, for who polls by hand. A datagram without a frame is passed over.
   *
   * @param cx whose waker is stored if there is no frame
   * @return the frame; or null if there is none, and the waker is stored
   * @throws ClosedChannelException if this was closed
   * @throws IOException if receiving, or the decoder, fails; the next call goes on
   */
  public @Nullable Addressed<T> pollFrame(Context cx) throws IOException {
    if (closed) {
      rest = null;
      throw new ClosedChannelException();
    }
    while (true) {
      Datagram datagram = rest;
      if (datagram == null) {
        datagram = receive(cx);
        if (datagram == null) {
          return null;
        }
        rest = datagram;
      }
      if (!cx.tryProceed()) {
        return null;
      }
      T frame = decode(datagram.data());
      if (frame != null) {
        return new Addressed<>(datagram.sender(), frame);
      }
      cx.budget().giveBack();
    }
  }

  /** A datagram in a buffer of its own. */
  private @Nullable Datagram receive(Context cx) throws IOException {
    Scratch scratch = Scratch.ofThread();
    ByteBuffer whole = scratch.borrow(LONGEST);
    try {
      Datagram received = socket.pollReceiveFrom(cx, whole);
      if (received == null) {
        return null;
      }
      ByteBuffer data = received.data();
      ByteBuffer copy = ByteBuffer.allocate(data.remaining()).put(data).flip();
      return new Datagram(received.sender(), copy, received.length());
    } finally {
      scratch.giveBack();
    }
  }

  /** The next frame of a datagram; null if there is none, and then the datagram is done with. */
  private @Nullable T decode(ByteBuffer bytes) throws IOException {
    int before = bytes.remaining();
    int limit = bytes.limit();
    T frame = null;
    boolean goesOn = false;
    try {
      frame = decoder.decodeEnd(bytes.order(ByteOrder.BIG_ENDIAN));
      goesOn = frame != null;
    } catch (FrameException wrong) {
      goesOn = wrong.isResumable();
      throw wrong;
    } finally {
      bytes.limit(limit);
      if (!goesOn || !bytes.hasRemaining() || bytes.remaining() >= before) {
        rest = null;
      }
    }
    if (frame == null && bytes.hasRemaining()) {
      throw new TruncatedFrameException(bytes.remaining(), 1);
    }
    if (frame != null && before > 0 && bytes.remaining() >= before) {
      throw new IllegalStateException(
          "a decoder must take at least one byte for a frame; "
              + decoder
              + " took none for "
              + frame);
    }
    return frame;
  }

  /**
   * The frames that are still to come, until this is closed. The iterator fails with the first
   * failure, whatever it is; another one goes on behind it. It borrows the socket, and does not
   * close it.
   *
   * @cancellation nothing is lost
   */
  public AsyncIterator<Addressed<T>> frames() {
    return Unpolled.made(new UdpFrames<>(this));
  }

  /**
   * Sends a frame as a datagram.
   *
   * @param frame what is sent; it belongs to the encoder at the first poll
   * @param target where it is sent; resolved
   * @return a future that fails with what the encoder throws, or as {@link UdpSocket#sendTo}
   * @throws IllegalArgumentException if the address is not resolved
   * @cancellation nothing was sent; a frame that is not encoded is discarded
   */
  public Future<Void> send(U frame, InetSocketAddress target) {
    if (requireNonNull(target, "target").isUnresolved()) {
      throw new IllegalArgumentException("target must be resolved, was " + target);
    }
    return Unpolled.made(new SendDatagram<>(this, requireNonNull(frame, "frame"), target));
  }

  /** The future that sends the datagram of {@code frame}. */
  Future<Integer> encoded(U frame, InetSocketAddress target) throws IOException {
    FrameOutput output = new FrameOutput(1024);
    try {
      encoder.encode(frame, output);
      return socket.sendTo(output.copy(), target);
    } finally {
      output.clear();
    }
  }

  /**
   * Closes the socket; who waits fails with a {@link ClosedChannelException}. Idempotent; never
   * blocks.
   *
   * @throws IOException if the socket can't be closed; this is closed all the same
   * @threading any thread
   */
  @Override
  public void close() throws IOException {
    closed = true;
    socket.close();
  }

  @Override
  public String toString() {
    return "UdpFramed[" + socket + ", " + decoder + "]";
  }
}
