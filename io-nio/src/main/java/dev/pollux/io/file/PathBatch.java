package dev.pollux.io.file;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Some entries of a directory, and where the next ones come from: what one call on the blocking
 * pool has read. Closing it closes the directory.
 *
 * @threading handed over from one thread to the next
 */
final class PathBatch implements AutoCloseable {

  /** Opens what is read. */
  @FunctionalInterface
  interface Opening {
    OpenPaths open() throws IOException;
  }

  /**
   * An open directory, or several.
   *
   * @param paths what is left of it
   * @param source what to close
   */
  record OpenPaths(Iterator<Path> paths, Closeable source) {}

  final List<Path> paths;

  /** Null at the end. */
  private @Nullable OpenPaths rest;

  private PathBatch(List<Path> paths, @Nullable OpenPaths rest) {
    this.paths = paths;
    this.rest = rest;
  }

  /** Whether there is nothing after this. */
  boolean isLast() {
    return rest == null;
  }

  @Override
  public void close() throws IOException {
    OpenPaths rest = this.rest;
    this.rest = null;
    if (rest != null) {
      rest.source().close();
    }
  }

  /** The reading of the first batch. */
  static Reading first(Opening opening, int most) {
    return new Reading(opening, null, most);
  }

  /** The reading of the batch after this one, which hands over what it has open. */
  Reading next(int most) {
    OpenPaths open = rest;
    rest = null;
    return new Reading(null, open, most);
  }

  /**
   * One call that reads a batch. It either runs or is taken back: whoever claims it first says
   * which, and has to do with what is open.
   *
   * @threading claimed by any thread
   */
  static final class Reading {
    private final AtomicBoolean claimed = new AtomicBoolean();
    private final @Nullable Opening opening;
    private final @Nullable OpenPaths open;
    private final int most;

    private Reading(@Nullable Opening opening, @Nullable OpenPaths open, int most) {
      this.opening = opening;
      this.open = open;
      this.most = most;
    }

    /** Reads, on a thread that may block; closes what is open at the end and on a failure. */
    PathBatch run() throws IOException {
      if (!claimed.compareAndSet(false, true)) {
        return new PathBatch(List.of(), null); // for nobody
      }
      OpenPaths from = opening != null ? opening.open() : open;
      if (from == null) {
        return new PathBatch(List.of(), null);
      }
      List<Path> read = new ArrayList<>();
      boolean more;
      try {
        more = from.paths().hasNext();
        while (more) {
          read.add(from.paths().next());
          if (read.size() == most) {
            break;
          }
          more = from.paths().hasNext();
        }
      } catch (DirectoryIteratorException failure) {
        throw closed(from, requireNonNull(failure.getCause()));
      } catch (UncheckedIOException failure) {
        throw closed(from, requireNonNull(failure.getCause()));
      } catch (RuntimeException | Error failure) {
        closed(from, failure);
        throw failure;
      }
      if (more) {
        return new PathBatch(read, from);
      }
      from.source().close();
      return new PathBatch(read, null);
    }

    @CanIgnoreReturnValue
    private static <F extends Throwable> F closed(OpenPaths from, F failure) {
      try {
        from.source().close();
      } catch (IOException second) {
        failure.addSuppressed(second);
      }
      return failure;
    }

    /** Closes what is open, if this has not run and will not. */
    void takeBack() throws IOException {
      if (claimed.compareAndSet(false, true) && open != null) {
        open.source().close();
      }
    }
  }
}
