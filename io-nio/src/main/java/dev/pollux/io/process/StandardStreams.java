package dev.pollux.io.process;

import dev.pollux.io.AsyncRead;
import dev.pollux.io.AsyncWrite;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;

/**
 * The standard input, output and error output of this process, whatever they are: a terminal, a
 * pipe, a file, or closed.
 *
 * <pre>{@code
 * BufReader in = StandardStreams.in().bufferedReader(8_192);
 * AsyncWrite out = StandardStreams.out();
 * runtime.blockOn(
 *     in.lines(10_000)
 *         .forEachAsync(line -> out.writeAll(UTF_8.encode(line + "\n")).flatMap(x -> out.flush())));
 * }</pre>
 *
 * <p>A thread for each of the three makes the calls that block. It is started at the first use, and
 * nothing waits for it: neither the end of a runtime, nor that of the virtual machine, even if it
 * blocks then.
 *
 * <p><b>At the end of the virtual machine</b> what was taken and is not yet written is lost, since
 * somebody who does not read must not hold it up. Who wants it to arrive waits for {@link
 * AsyncWrite#flush}, as a {@link dev.pollux.core.Future#timeout} allows, before the end.
 *
 * <p>All go through {@link System#in}, {@link System#out} and {@link System#err}, as these are set
 * at the time. So what is written here and what is printed there is in the order in which it was
 * flushed here and printed there.
 *
 * @threading every method may be called from any thread; each stream that it answers is polled by
 *     one task at a time, and several of them at once by several
 */
public final class StandardStreams {

  private StandardStreams() {}

  /**
   * A reader of the standard input. The input is read only while a reader waits: what nobody wants
   * is left there, for a child that has inherited it, say. What came for a reader that has gone is
   * given to the next. Of several that wait, one gets what comes, whichever is polled first.
   *
   * <p>Its {@code close} ends it and no other.
   */
  public static AsyncRead in() {
    return new ThreadedRead(Input.SHARED, false);
  }

  /**
   * A writer of the standard output. Up to 64 KiB are taken while that blocks, of all writers
   * together. Several may write at once; what one {@code write} has taken is not torn, while {@code
   * writeAll} of much may be. They share one fate: when the output fails, each of them hears it,
   * then and ever after.
   *
   * <p>Its {@code shutdown} flushes and ends it, its {@code close} ends it, and neither ends any
   * other. What it has taken is written all the same.
   */
  public static AsyncWrite out() {
    return new ThreadedWrite(Output.SHARED, false);
  }

  /** A writer of the standard error output; as {@link #out()}. */
  public static AsyncWrite err() {
    return new ThreadedWrite(Errors.SHARED, false);
  }

  // Each is made at its first use.

  private static final class Input {
    static final ThreadedInput SHARED =
        ThreadedInput.sharing("the standard input", new SystemInput());
  }

  private static final class Output {
    static final ThreadedOutput SHARED =
        ThreadedOutput.sharing("the standard output", new SystemOutput(false));
  }

  private static final class Errors {
    static final ThreadedOutput SHARED =
        ThreadedOutput.sharing("the standard error output", new SystemOutput(true));
  }

  /** {@link System#in}, as it is set at the time of the read. */
  private static final class SystemInput extends InputStream {

    @Override
    public int read() throws IOException {
      return System.in.read();
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      return System.in.read(bytes, offset, length);
    }
  }

  /** {@link System#out} or {@link System#err}, as it is set at the time of the write. */
  private static final class SystemOutput extends OutputStream {

    private final boolean errors;

    SystemOutput(boolean errors) {
      this.errors = errors;
    }

    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      PrintStream to = errors ? System.err : System.out;
      to.write(bytes, offset, length);
      if (to.checkError()) { // which flushes, and is all that such a stream tells
        throw new IOException("it is closed, or nobody reads it");
      }
    }
  }
}
