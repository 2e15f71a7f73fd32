package dev.pollux.io;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.core.Future;
import dev.pollux.spi.BlockOn;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Byte streams for code that blocks: a parser that wants an {@link InputStream}, say. To be used on
 * threads that may block, such as those of {@code spawnBlocking}; on a thread that runs tasks every
 * call refuses with an {@link IllegalStateException}.
 *
 * <p>If the calling thread is interrupted, a call fails with an {@link InterruptedIOException}, the
 * thread stays interrupted, and the exception says how many bytes were transferred before.
 *
 * @threading as the stream that is bridged: one thread at a time
 */
public final class SyncIoBridge {

  private SyncIoBridge() {}

  /**
   * Reads from {@code source} and blocks until there is something.
   *
   * @param source is closed together with what this returns
   * @param runtime runs the reads
   */
  public static InputStream inputStream(AsyncRead source, BlockOn runtime) {
    return new Input(requireNonNull(source, "source"), requireNonNull(runtime, "runtime"));
  }

  /**
   * Writes to {@code to} and blocks until that has taken all.
   *
   * @param to is flushed, shut down and closed together with what this returns
   * @param runtime runs the writes
   */
  public static OutputStream outputStream(AsyncWrite to, BlockOn runtime) {
    return new Output(requireNonNull(to, "to"), requireNonNull(runtime, "runtime"));
  }

  /** Runs {@code future}; {@code moved} says by its position what was transferred. */
  @CanIgnoreReturnValue
  private static <T extends @Nullable Object> T await(
      BlockOn runtime, Future<T> future, ByteBuffer moved) throws IOException {
    int start = moved.position();
    try {
      return runtime.blockOn(future);
    } catch (IOException | RuntimeException failure) {
      throw failure;
    } catch (InterruptedException interrupt) {
      Thread.currentThread().interrupt();
      InterruptedIOException failure = new InterruptedIOException();
      failure.initCause(interrupt);
      failure.bytesTransferred = moved.position() - start;
      throw failure;
    } catch (Exception failure) {
      throw new IOException(failure);
    }
  }

  private static final class Input extends InputStream {

    private final AsyncRead source;
    private final BlockOn runtime;

    Input(AsyncRead source, BlockOn runtime) {
      this.source = source;
      this.runtime = runtime;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      Objects.checkFromIndexSize(offset, length, bytes.length);
      if (length == 0) {
        return 0;
      }
      ByteBuffer dst = ByteBuffer.wrap(bytes, offset, length);
      return await(runtime, source.read(dst), dst);
    }

    @Override
    public int available() {
      return source instanceof BufReader reader ? reader.bufferedBytes() : 0;
    }

    @Override
    public void close() throws IOException {
      source.close();
    }

    @Override
    public String toString() {
      return "InputStream[" + source + "]";
    }
  }

  private static final class Output extends OutputStream {

    private final AsyncWrite to;
    private final BlockOn runtime;
    private boolean closed;

    Output(AsyncWrite to, BlockOn runtime) {
      this.to = to;
      this.runtime = runtime;
    }

    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      ByteBuffer src = ByteBuffer.wrap(bytes, offset, length);
      await(runtime, to.writeAll(src), src);
    }

    @Override
    public void flush() throws IOException {
      await(runtime, to.flush(), Nothing.BYTES);
    }

    @Override
    public void close() throws IOException {
      if (!closed) {
        closed = true;
        try (to) {
          await(runtime, to.shutdown(), Nothing.BYTES);
        }
      }
    }

    @Override
    public String toString() {
      return "OutputStream[" + to + "]";
    }
  }
}
