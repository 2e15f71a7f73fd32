package dev.pollux.io.file;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.core.Discard;
import dev.pollux.core.Future;
import dev.pollux.io.AsyncRead;
import dev.pollux.io.AsyncWrite;
import dev.pollux.io.blocking.BlockingCall;
import dev.pollux.spi.Blocking;
import dev.pollux.spi.Unpolled;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * An open file, that is read and written on the threads of the blocking pool.
 *
 * <pre>{@code
 * AsyncFile.open(path, StandardOpenOption.READ)
 *     .flatMap(file -> file.reader(0).bufferedReader(8_192).lines(1_000).forEach(this::take))
 * }</pre>
 *
 * <p>What is read or written at a {@linkplain #read place} needs no order: any number of calls may
 * be under way. A {@link #reader} and a {@link #writer} go from one byte to the next, each from a
 * place of its own.
 *
 * <p>A call copies through a direct buffer of its own, of at most 128 KiB; that is also the most
 * that it reads or writes at once. So a call that has begun, and can't be stopped, never touches
 * the buffer of a caller who was cancelled. Up to 16 such buffers are kept for later calls.
 *
 * <p>Futures made here fail as the call does; with {@link ClosedChannelException} if the file is
 * closed; with {@link RejectedExecutionException} if the blocking pool takes no more.
 *
 * <p>Source: {@code File} of Tokio, with places instead of one cursor.
 *
 * @threading every method may be called from any thread
 */
public final class AsyncFile implements Closeable {
  /*
   * The channel is closed by `close` if no call uses it then; else by a call of its own, for FileChannel.close waits for those
   * who use it, after it has stopped them if they block for long (a pipe). If the pool does not take that call, the last one to
   * leave closes. A call that has not begun finds the file closed, and does nothing.
   */

  /** What a call that found the file closed answers in place of a count. */
  static final int CLOSED = -3;

  /** A place that is the end of the file, wherever that is. */
  private static final long AT_END = -1;

  private final Path path;
  private final FileChannel channel;
  private final boolean append;
  private final Blocking blocking;
  private final Discard discard;

  /** How many calls use the channel. Guarded by this. */
  private int users;

  /** Written under the monitor. */
  private volatile boolean closed;

  private AsyncFile(
      Path path, FileChannel channel, boolean append, Blocking blocking, Discard discard) {
    this.path = path;
    this.channel = channel;
    this.append = append;
    this.blocking = blocking;
    this.discard = discard;
  }

  // ---- opened

  /**
   * Opens a file.
   *
   * @param path the file
   * @param options how, such as {@link StandardOpenOption#READ}; none is to read
   * @return a future of the file. It fails as {@link FileChannel#open(Path, OpenOption...)}
   * @cancellation the file is not opened, or closed again
   */
  public static Future<AsyncFile> open(Path path, OpenOption... options) {
    return open(path, Set.copyOf(Arrays.asList(options)));
  }

  /**
   * Opens a file, with attributes that it gets if it is created.
   *
   * @param path the file
   * @param options how
   * @param attributes for instance its permissions
   * @return a future of the file. It fails as {@link FileChannel#open(Path, Set, FileAttribute[])}
   * @cancellation the file is not opened, or closed again
   */
  public static Future<AsyncFile> open(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes) {
    requireNonNull(path, "path");
    Set<OpenOption> copied = Set.copyOf(options);
    FileAttribute<?>[] given = attributes.clone();
    return Unpolled.made(new FileOpening(path, copied, given));
  }

  /** Opens the file, on a thread that may block. */
  static AsyncFile openNow(
      Path path,
      Set<OpenOption> options,
      FileAttribute<?>[] attributes,
      Blocking blocking,
      Discard discard)
      throws IOException {
    return new AsyncFile(
        path,
        FileChannel.open(path, options, attributes),
        options.contains(StandardOpenOption.APPEND),
        blocking,
        discard);
  }

  // ---- at a place

  /**
   * Reads some bytes from a place of the file.
   *
   * @param dst takes the bytes at its position, which moves on, in a poll; not to be touched until
   *     the future is over
   * @param position the place, in bytes from the beginning, at least 0
   * @return a future of the number of bytes, at least 1; or of {@link AsyncRead#EOF} if the place
   *     is the end of the file, or beyond
   * @throws IllegalArgumentException if {@code dst} has no room, or {@code position} is negative
   * @throws ReadOnlyBufferException if {@code dst} is read-only
   * @cancellation nothing was read into {@code dst}
   */
  public Future<Integer> read(ByteBuffer dst, long position) {
    if (!requireWritable(dst).hasRemaining()) {
      throw new IllegalArgumentException("dst must have room, had none: " + dst);
    }
    return Unpolled.made(new FileReading(this, dst, notNegative("position", position), false));
  }

  /**
   * Reads from a place of the file until {@code dst} is full. It fails with an {@link
   * dev.pollux.io.EarlyEndException} if the file ends before.
   *
   * @param dst takes the bytes at its position, which moves on, in polls; not to be touched until
   *     the future is over
   * @param position the place, in bytes from the beginning, at least 0
   * @return a future of the number of bytes
   * @throws IllegalArgumentException if {@code position} is negative
   * @throws ReadOnlyBufferException if {@code dst} is read-only
   * @cancellation what was read is in {@code dst}, up to its position, as it is after a failure
   */
  public Future<Integer> readExact(ByteBuffer dst, long position) {
    return Unpolled.made(
        new FileReading(this, requireWritable(dst), notNegative("position", position), true));
  }

  /**
   * Writes all of {@code src} to a place of the file.
   *
   * @param src whose bytes are written; its position moves on in polls, behind what is in the file;
   *     not to be touched until the future is over
   * @param position the place, in bytes from the beginning, at least 0; beyond the end of the file
   *     what is between is filled as the system does it
   * @return a future of null
   * @throws IllegalArgumentException if {@code position} is negative
   * @throws IllegalStateException if the file was opened to append
   * @cancellation what is before the position of {@code src} is in the file; the 128 KiB after it
   *     may be, as they may be after a failure
   */
  public Future<Void> writeAll(ByteBuffer src, long position) {
    requireNonNull(src, "src");
    notNegative("position", position);
    if (append) {
      throw new IllegalStateException("opened to append, and so written to its end only: " + this);
    }
    return Unpolled.made(new FileWriting(this, src, position));
  }

  /**
   * Writes all of {@code src} to the end of a file that was opened to append.
   *
   * @param src whose bytes are written, as by {@link #writeAll(ByteBuffer, long)}; more than 128
   *     KiB may be written with what others append in between
   * @return a future of null
   * @throws IllegalStateException if the file was not opened to append
   * @cancellation what is before the position of {@code src} is in the file; the 128 KiB after it
   *     may be, as they may be after a failure
   */
  public Future<Void> append(ByteBuffer src) {
    requireNonNull(src, "src");
    requireAppend();
    return Unpolled.made(new FileWriting(this, src, AT_END));
  }

  private static ByteBuffer requireWritable(ByteBuffer dst) {
    if (requireNonNull(dst, "dst").isReadOnly()) {
      throw new ReadOnlyBufferException();
    }
    return dst;
  }

  @CanIgnoreReturnValue
  private static long notNegative(String name, long value) {
    if (value < 0) {
      throw new IllegalArgumentException(name + " must be at least 0, was " + value);
    }
    return value;
  }

  private void requireAppend() {
    if (!append) {
      throw new IllegalStateException("not opened to append, and so has no such end: " + this);
    }
  }

  // ---- one byte after the other

  /**
   * The bytes of the file from a place on, up to its end. Holds what it was asked for and nobody
   * has taken yet, which is as much as the room in the buffer that it was asked with, and at most
   * 128 KiB. It owns this: its {@code close} closes this.
   *
   * @param position the place of the first byte, at least 0
   * @throws IllegalArgumentException if {@code position} is negative
   */
  public AsyncRead reader(long position) {
    return new FileSource(this, notNegative("position", position));
  }

  /**
   * Takes bytes and writes them to the file, from a place on. It owns this: its {@code close}
   * closes this.
   *
   * <p>At most 128 KiB that it has taken are on their way to the file at a time. So a write answers
   * before its bytes are there, and its failure is that of the call that comes next, and of all
   * after that: flush, and shut down, wait for it. A {@code close} without one of these leaves it
   * open whether the last bytes are in the file.
   *
   * @param position the place of the first byte, at least 0
   * @throws IllegalArgumentException if {@code position} is negative
   * @throws IllegalStateException if the file was opened to append
   */
  public AsyncWrite writer(long position) {
    notNegative("position", position);
    if (append) {
      throw new IllegalStateException("opened to append, and so written to its end only: " + this);
    }
    return new FileSink(this, position);
  }

  /**
   * As {@link #writer}, to the end of a file that was opened to append.
   *
   * @throws IllegalStateException if the file was not opened to append
   */
  public AsyncWrite appender() {
    requireAppend();
    return new FileSink(this, AT_END);
  }

  // ---- the file as a whole

  /**
   * How many bytes the file has.
   *
   * @cancellation without effect
   */
  public Future<Long> size() {
    return BlockingCall.future("size of a file", () -> use(FileChannel::size));
  }

  /**
   * Cuts the file off.
   *
   * @param size how many bytes are left, at least 0; if it has no more, without effect
   * @return a future of null
   * @throws IllegalArgumentException if {@code size} is negative
   * @cancellation it may be cut off all the same
   */
  public Future<Void> truncate(long size) {
    notNegative("size", size);
    return FileAction.future(
        "truncate of a file",
        () -> {
          FileChannel same = use(channel -> channel.truncate(size));
          assert same == channel;
        });
  }

  /**
   * Has the system put what was written on the device that holds the file. What a {@link #writer}
   * has taken is to be flushed before.
   *
   * @param metaData whether also what is said of the file, such as the time of its change
   * @return a future of null
   * @cancellation it may be done all the same
   */
  public Future<Void> force(boolean metaData) {
    return FileAction.future(
        "force of a file",
        () -> {
          Boolean done =
              use(
                  channel -> {
                    channel.force(metaData);
                    return true;
                  });
          assert done;
        });
  }

  /**
   * Locks a part of the file against other processes, if none of them has it.
   *
   * @param position the first byte, at least 0
   * @param size how many bytes, at least 0, from {@code position} on; {@code Long.MAX_VALUE} for
   *     all there will ever be
   * @param shared whether others may have such a lock as well
   * @return a future of the lock, to be closed by whoever gets it, or of nothing. It fails with
   *     {@link java.nio.channels.OverlappingFileLockException} if this process has such a lock
   * @throws IllegalArgumentException if {@code position} or {@code size} is negative
   * @cancellation the lock is not taken, or released again
   */
  public Future<Optional<FileLock>> tryLock(long position, long size, boolean shared) {
    notNegative("position", position);
    notNegative("size", size);
    long most = Math.min(size, Long.MAX_VALUE - position); // the end must be a number
    return BlockingCall.future(
        "lock of a file",
        () -> use(channel -> Optional.ofNullable(channel.tryLock(position, most, shared))));
  }

  /** The path by which it was opened. */
  public Path path() {
    return path;
  }

  /** Whether this was not closed. */
  public boolean isOpen() {
    return !closed;
  }

  // ---- calls

  /** Something that is done with the channel on a thread that may block. */
  @FunctionalInterface
  interface Use<T> {
    T on(FileChannel channel) throws IOException;
  }

  /** Reads up to {@code room} bytes: none at the end of the file, and null if it is closed. */
  BlockingCall<@Nullable FileChunk> readCall(long position, int room) {
    return BlockingCall.part(
        "read call",
        () -> {
          if (!enter()) {
            return null;
          }
          FileChunk chunk = FileChunk.take(room);
          try {
            int count = channel.read(chunk.bytes(), position);
            assert count == chunk.bytes().position() || count < 0 : count;
            chunk.bytes().flip();
            return chunk;
          } catch (Throwable failure) {
            chunk.close();
            if (failure instanceof ClosedChannelException && closed) {
              return null;
            }
            throw failure;
          } finally {
            exit();
          }
        });
  }

  /** Writes all of {@code chunk}, which it takes over; answers how much, or {@link #CLOSED}. */
  BlockingCall<Integer> writeCall(FileChunk chunk, long position) {
    return BlockingCall.part(
        "write call",
        () -> {
          try (chunk) {
            if (!enter()) {
              return CLOSED;
            }
            try {
              return writeAllOf(chunk.bytes(), position);
            } catch (ClosedChannelException failure) {
              if (closed) {
                return CLOSED;
              }
              throw failure;
            } finally {
              exit();
            }
          }
        });
  }

  private int writeAllOf(ByteBuffer bytes, long position) throws IOException {
    int length = bytes.remaining();
    long at = position;
    while (bytes.hasRemaining()) {
      int count = position < 0 ? channel.write(bytes) : channel.write(bytes, at);
      at += count;
    }
    return length;
  }

  /** Uses the channel, on a thread that may block. */
  <T> T use(Use<T> use) throws IOException {
    if (!enter()) {
      throw new ClosedChannelException();
    }
    try {
      return use.on(channel);
    } finally {
      exit();
    }
  }

  private synchronized boolean enter() {
    if (closed) {
      return false;
    }
    users++;
    return true;
  }

  private void exit() {
    boolean last;
    synchronized (this) {
      users--;
      last = closed && users == 0;
    }
    if (last) {
      closeChannel(); // without effect if that was done
    }
  }

  private void closeChannel() {
    try {
      channel.close();
    } catch (IOException failure) {
      discard.uncaught(failure, "closing " + this);
    }
  }

  /** A failure that a poll of bytes may throw. */
  static IOException failureOf(Throwable failure) {
    if (failure instanceof IOException expected) {
      return expected;
    }
    if (failure instanceof RuntimeException unchecked) {
      throw unchecked;
    }
    if (failure instanceof Error error) {
      throw error;
    }
    return new IOException(failure);
  }

  /**
   * Closes this: calls that have not begun fail with {@link ClosedChannelException} when it is
   * their turn, those that have begun end first, or fail with it if they are stopped. What {@link
   * #writer} has taken and not flushed may be lost. Idempotent; never waits for a call.
   *
   * @throws IOException if letting go fails; this is closed all the same
   */
  @Override
  public void close() throws IOException {
    boolean used;
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      used = users > 0;
    }
    if (!used) {
      channel.close();
      return;
    }
    try {
      blocking
          .spawnBlocking(
              "close of a file",
              () -> {
                closeChannel();
                return Boolean.TRUE;
              })
          .detach();
    } catch (RejectedExecutionException | IllegalStateException refused) {
      // the last call to leave closes
    }
  }

  @Override
  public String toString() {
    return "AsyncFile[" + path + (closed ? ", closed]" : "]");
  }
}
