package dev.pollux.io.process;

import java.io.File;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What a standard stream of a child is connected to: see {@link ChildCommand#stdin}, {@link
 * ChildCommand#stdout}, {@link ChildCommand#stderr}.
 *
 * <p>Source: {@code Stdio} of Rust, {@link Redirect} of the JDK.
 *
 * @threading immutable
 */
public final class ChildStream {

  /** A pipe, of which the other end is a stream of the {@link ChildProcess}. */
  public static final ChildStream PIPE = new ChildStream("PIPE", null, false);

  /** That of this process. */
  public static final ChildStream INHERIT = new ChildStream("INHERIT", null, false);

  /** Nothing: an input that is at its end, an output that goes nowhere. */
  public static final ChildStream DISCARD = new ChildStream("DISCARD", null, false);

  private static final File NOWHERE = new File(File.separatorChar == '\\' ? "NUL" : "/dev/null");

  private final String name;
  private final @Nullable File file;
  private final boolean append;

  private ChildStream(String name, @Nullable File file, boolean append) {
    this.name = name;
    this.file = file;
    this.append = append;
  }

  /**
   * A file: that is read, or is made or emptied at the start of the child, and written.
   *
   * @param path the file
   * @throws IllegalArgumentException if {@code path} is not one of the system's own files
   */
  public static ChildStream file(Path path) {
    return new ChildStream("file " + path, fileOf(path), false);
  }

  /**
   * A file at whose end the child writes, and which is made if there is none. For outputs.
   *
   * @param path the file
   * @throws IllegalArgumentException if {@code path} is not one of the system's own files
   */
  public static ChildStream appendTo(Path path) {
    return new ChildStream("end of file " + path, fileOf(path), true);
  }

  private static File fileOf(Path path) {
    try {
      return path.toFile();
    } catch (UnsupportedOperationException foreign) {
      throw new IllegalArgumentException("path must be a file of the system, was " + path, foreign);
    }
  }

  boolean isAppend() {
    return append;
  }

  Redirect toInput() {
    if (file != null) {
      return Redirect.from(file);
    }
    return this == DISCARD ? Redirect.from(NOWHERE) : pipeOrInherit();
  }

  Redirect toOutput() {
    if (file != null) {
      return append ? Redirect.appendTo(file) : Redirect.to(file);
    }
    return this == DISCARD ? Redirect.DISCARD : pipeOrInherit();
  }

  private Redirect pipeOrInherit() {
    return this == PIPE ? Redirect.PIPE : Redirect.INHERIT;
  }

  @Override
  public String toString() {
    return name;
  }
}
