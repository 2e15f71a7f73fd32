package dev.pollux.io.tls;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.core.Context;
import dev.pollux.core.Waker;
import dev.pollux.io.AsyncByteStream;
import dev.pollux.io.AsyncRead;
import dev.pollux.io.AsyncWrite;
import dev.pollux.io.Duplex;
import dev.pollux.io.Io;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * One end of a connection in memory, which a test makes worse than it is: it carries few bytes at a
 * time, pauses at random, changes bytes, or ends too early.
 *
 * @threading as a byte stream; settings are made before it is used, but for {@link #cut}
 */
public final class Wire implements AsyncByteStream {

  /** The two ends of a connection that holds {@code capacity} bytes in each direction. */
  public static Wire[] pair(int capacity) {
    Duplex ends = Io.duplex(capacity);
    return new Wire[] {new Wire(ends.first()), new Wire(ends.second())};
  }

  private final AsyncByteStream inner;
  private volatile AsyncByteStream target;
  private int most = Integer.MAX_VALUE;
  private @Nullable Random random;
  private int oneIn = Integer.MAX_VALUE;
  private long endAfter = Long.MAX_VALUE;
  private long changed = -1;
  private boolean recording;
  private boolean keptOpen;

  // Guarded by this.

  private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
  private long bytesRead;
  private long bytesWritten;
  private int writes;
  private boolean closed;
  private boolean shutDown;
  private boolean cut;
  private @Nullable Waker reader;
  private @Nullable IOException failure;

  public Wire(AsyncByteStream inner) {
    this.inner = inner;
    this.target = inner;
  }

  /** Carries no more than that at once, in each direction. */
  @CanIgnoreReturnValue
  public Wire atMost(int count) {
    most = count;
    return this;
  }

  /** Of so many polls one pauses, and each carries a random part of what it could. */
  @CanIgnoreReturnValue
  public Wire pausing(long seed, int oneIn) {
    this.random = new Random(seed);
    this.oneIn = oneIn;
    return this;
  }

  /** After so many bytes were read comes the end. */
  @CanIgnoreReturnValue
  public Wire endAfter(long count) {
    endAfter = count;
    return this;
  }

  /** Changes a bit of the byte that is read at {@code place}, which counts from 0. */
  @CanIgnoreReturnValue
  public Wire change(long place) {
    changed = place;
    return this;
  }

  /** A close of this is noted, and leaves the inner one open. */
  @CanIgnoreReturnValue
  public Wire keptOpen() {
    keptOpen = true;
    return this;
  }

  /** Keeps what is written. */
  @CanIgnoreReturnValue
  public Wire recording() {
    recording = true;
    return this;
  }

  /** Writes to another stream from now on. */
  public void into(AsyncByteStream target) {
    this.target = target;
  }

  /** Whoever reads is at the end from now on. */
  public void cut() {
    Waker woken;
    synchronized (this) {
      cut = true;
      woken = reader;
      reader = null;
    }
    if (woken != null) {
      woken.wake();
    }
  }

  /** Whoever reads or writes fails from now on. */
  public void fail(IOException failure) {
    synchronized (this) {
      this.failure = failure;
    }
    cut();
  }

  private synchronized boolean pauses(Context cx) {
    Random random = this.random;
    if (random != null && random.nextInt(oneIn) == 0) {
      cx.wakeSelf();
      return true;
    }
    return false;
  }

  private synchronized int atOnce(int wanted) {
    Random random = this.random;
    int count = Math.min(most, wanted);
    return random == null || count == 1 ? count : 1 + random.nextInt(count);
  }

  private synchronized void check() throws IOException {
    if (failure != null && !closed) {
      throw new IOException(failure.getMessage(), failure);
    }
  }

  @Override
  public int pollRead(Context cx, ByteBuffer dst) throws IOException {
    if (!dst.hasRemaining()) {
      throw new IllegalArgumentException("dst must have room, was " + dst);
    }
    check();
    if (pauses(cx)) {
      return AsyncRead.NOT_READY;
    }
    long left;
    synchronized (this) {
      reader = cx.waker();
      left = cut ? 0 : endAfter - bytesRead;
    }
    if (left <= 0 && !isClosed()) {
      return AsyncRead.EOF;
    }
    int limit = dst.limit();
    int from = dst.position();
    dst.limit(from + atOnce((int) Math.min(Math.max(left, 1), dst.remaining())));
    int count;
    try {
      count = inner.pollRead(cx, dst);
    } finally {
      dst.limit(limit);
    }
    if (count > 0) {
      synchronized (this) {
        if (changed >= bytesRead && changed < bytesRead + count) {
          int place = from + (int) (changed - bytesRead);
          dst.put(place, (byte) (dst.get(place) ^ 0x10));
        }
        bytesRead += count;
      }
    }
    return count;
  }

  @Override
  public int pollWrite(Context cx, ByteBuffer src) throws IOException {
    if (!src.hasRemaining()) {
      throw new IllegalArgumentException("src must not be empty, was " + src);
    }
    check();
    if (pauses(cx)) {
      return AsyncWrite.NOT_READY;
    }
    int limit = src.limit();
    int from = src.position();
    src.limit(from + atOnce(src.remaining()));
    int count;
    try {
      count = target.pollWrite(cx, src);
    } finally {
      src.limit(limit);
    }
    if (count > 0) {
      synchronized (this) {
        bytesWritten += count;
        writes++;
        if (recording) {
          for (int i = from; i < from + count; i++) {
            taken.write(src.get(i));
          }
        }
      }
    }
    return count;
  }

  @Override
  public boolean pollFlush(Context cx) throws IOException {
    check();
    return !pauses(cx) && target.pollFlush(cx);
  }

  @Override
  public boolean pollShutdown(Context cx) throws IOException {
    check();
    if (pauses(cx) || !target.pollShutdown(cx)) {
      return false;
    }
    synchronized (this) {
      shutDown = true;
    }
    return true;
  }

  @Override
  public void close() throws IOException {
    synchronized (this) {
      closed = true;
      reader = null; // the inner one has it as well
    }
    if (!keptOpen) {
      inner.close();
    }
  }

  public synchronized boolean isClosed() {
    return closed;
  }

  public synchronized boolean isShutDown() {
    return shutDown;
  }

  public synchronized long bytesRead() {
    return bytesRead;
  }

  public synchronized long bytesWritten() {
    return bytesWritten;
  }

  public synchronized int writes() {
    return writes;
  }

  /** What was written, if that is {@linkplain #recording recorded}. */
  public synchronized byte[] taken() {
    return taken.toByteArray();
  }

  @Override
  public String toString() {
    return "Wire[" + bytesRead() + " bytes read, " + bytesWritten() + " written]";
  }
}
