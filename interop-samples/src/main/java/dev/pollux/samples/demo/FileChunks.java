package dev.pollux.samples.demo;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * The blocking side of {@link FileLines}: opens a file at the first read, and closes it at its end,
 * at a failure, or when it is told to.
 *
 * @threading one read at a time, on a thread that may block; {@code close} from any thread, also
 *     during a read, and without waiting for it
 */
final class FileChunks implements AutoCloseable {

  private final String name;

  /** Owned by the read that is under way, else guarded by this. */
  private @Nullable InputStream stream;

  /** Whether a read is under way. Guarded by this. */
  private boolean reading;

  /** Whether nobody will read any more. Guarded by this. */
  private boolean closed;

  FileChunks(String name) {
    this.name = name;
  }

  /**
   * Reads until {@code into} is full or the file ends.
   *
   * @param into takes the bytes
   * @param from where in it
   * @return how many were read; fewer than there was room for only at the end, and then the file
   *     has been closed, or if this was closed before or meanwhile, and nobody wants to know
   * @throws IOException if the file can't be read; it has been closed
   */
  int read(byte[] into, int from) throws IOException {
    if (!begin()) {
      return 0;
    }
    boolean more = false;
    try {
      InputStream stream = this.stream;
      if (stream == null) {
        stream = open();
        this.stream = stream;
      }
      int room = into.length - from;
      int count = stream.readNBytes(into, from, room);
      more = count == room;
      return count;
    } catch (IOException failure) {
      if (isClosed()) {
        return 0; // the reader has left, and the failure would have no owner
      }
      throw failure;
    } finally {
      end(more);
    }
  }

  private InputStream open() throws IOException {
    if (name.isEmpty()) {
      throw new FileSystemException(name, null, "an empty name"); // which Path takes for "."
    }
    Path path;
    try {
      path = Path.of(name);
    } catch (InvalidPathException impossible) {
      throw new FileSystemException(name, null, "not a possible file name");
    }
    BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
    if (attributes.isDirectory()) {
      throw new FileSystemException(name, null, "is a directory");
    }
    if (!attributes.isRegularFile()) {
      throw new FileSystemException(name, null, "not a regular file"); // a pipe may block for ever
    }
    return Files.newInputStream(path);
  }

  /** Takes the file for a read, unless this is closed. */
  private synchronized boolean begin() {
    reading = !closed;
    return reading;
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  private void end(boolean more) throws IOException {
    synchronized (this) {
      reading = false;
      closed |= !more;
      if (!closed) {
        return;
      }
    }
    closeStream();
  }

  @Override
  public void close() throws IOException {
    synchronized (this) {
      closed = true;
      if (reading) {
        return; // the read closes the file when it is done
      }
    }
    closeStream();
  }

  private void closeStream() throws IOException {
    InputStream last;
    synchronized (this) {
      last = stream;
      stream = null;
    }
    if (last != null) {
      last.close();
    }
  }
}
