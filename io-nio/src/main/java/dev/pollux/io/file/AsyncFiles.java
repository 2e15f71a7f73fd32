package dev.pollux.io.file;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Future;
import dev.pollux.io.blocking.BlockingCall;
import dev.pollux.io.file.PathBatch.OpenPaths;
import dev.pollux.spi.Unpolled;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.util.stream.Stream;

/**
 * What {@link Files} does with files and directories, on the threads of the blocking pool.
 *
 * <pre>{@code
 * Future<Long> sizes = AsyncFiles.walk(root, 10, 64)
 *     .concurrent(8).mapUnordered(path -> AsyncFiles.attributes(path))
 *     .filter(BasicFileAttributes::isRegularFile)
 *     .fold(0L, (sum, file) -> sum + file.size());
 * }</pre>
 *
 * <p>Each future makes one call, from its first poll on, and fails as the method of {@link Files}
 * does that it names; with {@link java.util.concurrent.RejectedExecutionException} if the pool
 * takes no more. A call that was cancelled before it began is not made; one that has begun runs to
 * its end, for nobody.
 *
 * <p>Source: {@code tokio::fs}.
 *
 * @threading any thread
 */
public final class AsyncFiles {

  private AsyncFiles() {}

  // ---- directories

  /**
   * The entries of a directory, as {@link Files#newDirectoryStream(Path)}: in no order, without
   * those for itself and its parent.
   *
   * @param directory the directory, which is opened by the first poll
   * @param entriesAtOnce how many are read by one call and held here at most, at least 1
   * @throws IllegalArgumentException if {@code entriesAtOnce} is less than 1
   * @cancellation the directory is closed
   */
  public static AsyncIterator<Path> list(Path directory, int entriesAtOnce) {
    return list(directory, "*", entriesAtOnce);
  }

  /**
   * The entries of a directory whose names match, as {@link Files#newDirectoryStream(Path,
   * String)}.
   *
   * @param directory the directory, which is opened by the first poll
   * @param glob what the names match
   * @param entriesAtOnce how many are read by one call and held here at most, at least 1
   * @throws IllegalArgumentException if {@code entriesAtOnce} is less than 1
   * @cancellation the directory is closed
   */
  @SuppressWarnings("StreamResourceLeak") // PathEntries closes it
  public static AsyncIterator<Path> list(Path directory, String glob, int entriesAtOnce) {
    requireNonNull(directory, "directory");
    requireNonNull(glob, "glob");
    return entries(
        directory,
        () -> {
          DirectoryStream<Path> stream = Files.newDirectoryStream(directory, glob);
          return new OpenPaths(stream.iterator(), stream);
        },
        entriesAtOnce);
  }

  /**
   * A directory and all that is below it, as {@link Files#walk(Path, int, FileVisitOption...)}: a
   * directory before its entries.
   *
   * @param root where it begins
   * @param maxDepth how far down, at least 0
   * @param entriesAtOnce how many are read by one call and held here at most, at least 1
   * @param options whether links are followed
   * @throws IllegalArgumentException if {@code maxDepth} is negative, or {@code entriesAtOnce} less
   *     than 1
   * @cancellation the directories are closed
   */
  @SuppressWarnings("StreamResourceLeak") // PathEntries closes it
  public static AsyncIterator<Path> walk(
      Path root, int maxDepth, int entriesAtOnce, FileVisitOption... options) {
    requireNonNull(root, "root");
    if (maxDepth < 0) {
      throw new IllegalArgumentException("maxDepth must be at least 0, was " + maxDepth);
    }
    FileVisitOption[] given = options.clone();
    return entries(
        root,
        () -> {
          Stream<Path> stream = Files.walk(root, maxDepth, given);
          return new OpenPaths(stream.iterator(), stream::close);
        },
        entriesAtOnce);
  }

  private static AsyncIterator<Path> entries(
      Path root, PathBatch.Opening opening, int entriesAtOnce) {
    if (entriesAtOnce < 1) {
      throw new IllegalArgumentException("entriesAtOnce must be at least 1, was " + entriesAtOnce);
    }
    return Unpolled.made(new PathEntries(root, opening, entriesAtOnce));
  }

  // ---- whole files

  /** All bytes of a file: {@link Files#readAllBytes}. */
  public static Future<byte[]> readAllBytes(Path path) {
    requireNonNull(path, "path");
    return BlockingCall.future("readAllBytes", () -> Files.readAllBytes(path));
  }

  /** All of a file that is UTF-8: {@link Files#readString(Path)}. */
  public static Future<String> readString(Path path) {
    return readString(path, StandardCharsets.UTF_8);
  }

  /** All of a file that is text: {@link Files#readString(Path, Charset)}. */
  public static Future<String> readString(Path path, Charset charset) {
    requireNonNull(path, "path");
    requireNonNull(charset, "charset");
    return BlockingCall.future("readString", () -> Files.readString(path, charset));
  }

  /**
   * Writes all of {@code bytes}: {@link Files#write(Path, byte[], OpenOption...)}.
   *
   * @param path the file
   * @param bytes not to be touched from the first poll on, even if the future is cancelled
   * @param options how it is opened; none is to create it, or to cut it off
   * @return a future of null
   */
  public static Future<Void> write(Path path, byte[] bytes, OpenOption... options) {
    requireNonNull(path, "path");
    requireNonNull(bytes, "bytes");
    OpenOption[] given = options.clone();
    return FileAction.future("write", () -> Files.write(path, bytes, given));
  }

  /**
   * Writes text as UTF-8: {@link Files#writeString(Path, CharSequence, OpenOption...)}.
   *
   * @param path the file
   * @param text what is written
   * @param options how it is opened; none is to create it, or to cut it off
   * @return a future of null
   */
  public static Future<Void> writeString(Path path, String text, OpenOption... options) {
    requireNonNull(path, "path");
    requireNonNull(text, "text");
    OpenOption[] given = options.clone();
    return FileAction.future("writeString", () -> Files.writeString(path, text, given));
  }

  // ---- the names of files

  /** Copies a file: {@link Files#copy(Path, Path, CopyOption...)}. */
  public static Future<Void> copy(Path source, Path target, CopyOption... options) {
    requireNonNull(source, "source");
    requireNonNull(target, "target");
    CopyOption[] given = options.clone();
    return FileAction.future("copy", () -> Files.copy(source, target, given));
  }

  /** Moves or renames a file: {@link Files#move}. */
  public static Future<Void> move(Path source, Path target, CopyOption... options) {
    requireNonNull(source, "source");
    requireNonNull(target, "target");
    CopyOption[] given = options.clone();
    return FileAction.future("move", () -> Files.move(source, target, given));
  }

  /** Deletes a file or an empty directory: {@link Files#delete}. */
  public static Future<Void> delete(Path path) {
    requireNonNull(path, "path");
    return FileAction.future("delete", () -> Files.delete(path));
  }

  /**
   * Deletes a file or an empty directory, if there is one: {@link Files#deleteIfExists}.
   *
   * @return a future of whether there was one
   */
  public static Future<Boolean> deleteIfExists(Path path) {
    requireNonNull(path, "path");
    return BlockingCall.future("deleteIfExists", () -> Files.deleteIfExists(path));
  }

  /** Makes an empty file, which must not exist: {@link Files#createFile}. */
  public static Future<Path> createFile(Path path, FileAttribute<?>... attributes) {
    requireNonNull(path, "path");
    FileAttribute<?>[] given = attributes.clone();
    return BlockingCall.future("createFile", () -> Files.createFile(path, given));
  }

  /** Makes a directory, which must not exist: {@link Files#createDirectory}. */
  public static Future<Path> createDirectory(Path path, FileAttribute<?>... attributes) {
    requireNonNull(path, "path");
    FileAttribute<?>[] given = attributes.clone();
    return BlockingCall.future("createDirectory", () -> Files.createDirectory(path, given));
  }

  /** Makes a directory and those above it that do not exist: {@link Files#createDirectories}. */
  public static Future<Path> createDirectories(Path path, FileAttribute<?>... attributes) {
    requireNonNull(path, "path");
    FileAttribute<?>[] given = attributes.clone();
    return BlockingCall.future("createDirectories", () -> Files.createDirectories(path, given));
  }

  /**
   * Makes an empty file with a name of its own: {@link Files#createTempFile(Path, String, String,
   * FileAttribute...)}. Nobody deletes it; one whose future was cancelled may be there as well.
   *
   * @param directory where
   * @param prefix how its name begins
   * @param suffix how its name ends
   * @param attributes for instance its permissions
   */
  public static Future<Path> createTempFile(
      Path directory, String prefix, String suffix, FileAttribute<?>... attributes) {
    requireNonNull(directory, "directory");
    requireNonNull(prefix, "prefix");
    requireNonNull(suffix, "suffix");
    FileAttribute<?>[] given = attributes.clone();
    return BlockingCall.future(
        "createTempFile", () -> Files.createTempFile(directory, prefix, suffix, given));
  }

  /**
   * Makes a directory with a name of its own: {@link Files#createTempDirectory(Path, String,
   * FileAttribute...)}. Nobody deletes it; one whose future was cancelled may be there as well.
   *
   * @param directory where
   * @param prefix how its name begins
   * @param attributes for instance its permissions
   */
  public static Future<Path> createTempDirectory(
      Path directory, String prefix, FileAttribute<?>... attributes) {
    requireNonNull(directory, "directory");
    requireNonNull(prefix, "prefix");
    FileAttribute<?>[] given = attributes.clone();
    return BlockingCall.future(
        "createTempDirectory", () -> Files.createTempDirectory(directory, prefix, given));
  }

  /** Makes a symbolic link: {@link Files#createSymbolicLink}. */
  public static Future<Path> createSymbolicLink(Path link, Path target) {
    requireNonNull(link, "link");
    requireNonNull(target, "target");
    return BlockingCall.future("createSymbolicLink", () -> Files.createSymbolicLink(link, target));
  }

  /** What a symbolic link points to: {@link Files#readSymbolicLink}. */
  public static Future<Path> readSymbolicLink(Path link) {
    requireNonNull(link, "link");
    return BlockingCall.future("readSymbolicLink", () -> Files.readSymbolicLink(link));
  }

  /** The real path of a file that exists: {@link Path#toRealPath}. */
  public static Future<Path> realPath(Path path, LinkOption... options) {
    requireNonNull(path, "path");
    LinkOption[] given = options.clone();
    return BlockingCall.future("realPath", () -> path.toRealPath(given));
  }

  // ---- what is known of a file

  /** Whether there is such a file: {@link Files#exists}. */
  public static Future<Boolean> exists(Path path, LinkOption... options) {
    requireNonNull(path, "path");
    LinkOption[] given = options.clone();
    return BlockingCall.future("exists", () -> Files.exists(path, given));
  }

  /** The kind, the size and the times of a file. */
  public static Future<BasicFileAttributes> attributes(Path path, LinkOption... options) {
    return attributes(path, BasicFileAttributes.class, options);
  }

  /**
   * What a file system of some kind knows of a file: {@link Files#readAttributes(Path, Class,
   * LinkOption...)}.
   *
   * @param path the file
   * @param type what is asked for, such as {@link java.nio.file.attribute.PosixFileAttributes}
   * @param options whether links are followed
   * @param <A> what is asked for
   */
  public static <A extends BasicFileAttributes> Future<A> attributes(
      Path path, Class<A> type, LinkOption... options) {
    requireNonNull(path, "path");
    requireNonNull(type, "type");
    LinkOption[] given = options.clone();
    return BlockingCall.future("attributes", () -> Files.readAttributes(path, type, given));
  }
}
