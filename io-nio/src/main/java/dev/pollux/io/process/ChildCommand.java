package dev.pollux.io.process;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.io.AsyncRead;
import dev.pollux.io.LimitExceededException;
import dev.pollux.io.blocking.BlockingCall;
import dev.pollux.spi.Unpolled;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A program with its arguments, to be run as a child process.
 *
 * <pre>{@code
 * Future<String> head =
 *     ChildCommand.of("git", "rev-parse", "HEAD")
 *         .directory(repository)
 *         .output(1_000)
 *         .timeout(Duration.ofSeconds(5))
 *         .map(ChildOutput::stdoutText);
 * }</pre>
 *
 * <p>The arguments go to the program as they are: no shell reads them, so there is nothing to
 * quote. (On Windows the JDK makes one line of them, which each program takes apart by itself.)
 *
 * <p>The settings hold for what is started after them: one command may start several children.
 *
 * <p>Source: {@code Command} of Rust and Tokio; {@link ProcessBuilder} does the work.
 *
 * @threading confined to one thread
 */
public final class ChildCommand {

  private final List<String> words = new ArrayList<>();

  /** Null for those that are taken away. */
  private final Map<String, @Nullable String> environment = new LinkedHashMap<>();

  private boolean clearEnvironment;
  private @Nullable File directory;

  // Null if nothing was said.
  private @Nullable ChildStream stdin;
  private @Nullable ChildStream stdout;
  private @Nullable ChildStream stderr;

  private boolean mergeErrors;
  private boolean killOnClose = true;

  private ChildCommand(String program) {
    words.add(program);
  }

  /**
   * A command that runs {@code program}.
   *
   * @param program a path, or a name that the system looks for where it looks for programs
   * @param arguments handed to it as they are
   * @throws IllegalArgumentException if {@code program} is empty, or there is a character 0 in one
   *     of them
   */
  public static ChildCommand of(String program, String... arguments) {
    if (program.isEmpty()) {
      throw new IllegalArgumentException("program must not be empty");
    }
    return new ChildCommand(checked("program", program)).arguments(arguments);
  }

  /**
   * More arguments, behind those before.
   *
   * @param arguments handed to the program as they are
   * @throws IllegalArgumentException if there is a character 0 in one of them
   */
  @CanIgnoreReturnValue
  public ChildCommand arguments(String... arguments) {
    return arguments(List.of(arguments));
  }

  /** As {@link #arguments(String...)}. */
  @CanIgnoreReturnValue
  public ChildCommand arguments(List<String> arguments) {
    List<String> more = new ArrayList<>();
    for (String argument : arguments) {
      more.add(checked("an argument", argument));
    }
    words.addAll(more); // all of them, or none
    return this;
  }

  private static String checked(String what, String text) {
    if (requireNonNull(text, what).indexOf('\0') >= 0) {
      throw new IllegalArgumentException(
          what + " must not have a character 0, was \"" + text.replace("\0", "\\0") + '"');
    }
    return text;
  }

  /**
   * Where it runs; in the directory of this process if nothing is said.
   *
   * @throws IllegalArgumentException if {@code directory} is not one of the system's own
   */
  @CanIgnoreReturnValue
  public ChildCommand directory(Path directory) {
    try {
      this.directory = directory.toFile();
    } catch (UnsupportedOperationException foreign) {
      throw new IllegalArgumentException(
          "directory must be one of the system, was " + directory, foreign);
    }
    return this;
  }

  /**
   * Sets a variable of its environment, which is that of this process but for what is said here.
   *
   * @param name the variable
   * @param value its value
   * @throws IllegalArgumentException if {@code name} is empty or has a {@code =}, or there is a
   *     character 0 in one of them
   */
  @CanIgnoreReturnValue
  public ChildCommand environment(String name, String value) {
    environment.put(variable(name), checked("value", value));
    return this;
  }

  /**
   * Takes a variable out of its environment.
   *
   * @param name the variable
   * @throws IllegalArgumentException as {@link #environment}
   */
  @CanIgnoreReturnValue
  public ChildCommand withoutEnvironment(String name) {
    environment.put(variable(name), null);
    return this;
  }

  /** Empties its environment: it has nothing but what is set after this. */
  @CanIgnoreReturnValue
  public ChildCommand clearEnvironment() {
    clearEnvironment = true;
    environment.clear();
    return this;
  }

  private static String variable(String name) {
    if (name.isEmpty() || name.indexOf('=') >= 0) {
      throw new IllegalArgumentException("name must not be empty, nor have a '=', was " + name);
    }
    return checked("name", name);
  }

  /**
   * What it reads. If nothing is said: for {@link #start()} a pipe, else nothing.
   *
   * @param stream where that comes from
   * @throws IllegalArgumentException if it is the end of a file
   */
  @CanIgnoreReturnValue
  public ChildCommand stdin(ChildStream stream) {
    if (stream.isAppend()) {
      throw new IllegalArgumentException("stdin must be something to read, was " + stream);
    }
    stdin = stream;
    return this;
  }

  /**
   * Where its output goes to. If nothing is said: for {@link #status()} to that of this process,
   * else to a pipe.
   */
  @CanIgnoreReturnValue
  public ChildCommand stdout(ChildStream stream) {
    stdout = requireNonNull(stream, "stream");
    return this;
  }

  /** Where its error output goes to; as {@link #stdout}. */
  @CanIgnoreReturnValue
  public ChildCommand stderr(ChildStream stream) {
    stderr = requireNonNull(stream, "stream");
    return this;
  }

  /** Has it write its errors to its standard output, whatever was said of {@link #stderr}. */
  @CanIgnoreReturnValue
  public ChildCommand mergeErrors() {
    mergeErrors = true;
    return this;
  }

  /**
   * Whether {@link ChildProcess#close()} kills it, which is so if nothing is said. When the virtual
   * machine ends, its children run on, whatever is said here.
   */
  @CanIgnoreReturnValue
  public ChildCommand killOnClose(boolean killOnClose) {
    this.killOnClose = killOnClose;
    return this;
  }

  // ---- running it

  /**
   * Starts it, on the blocking pool, for that takes some milliseconds. It fails with an {@link
   * java.io.IOException} if there is no such program or directory, if it may not be run, or a file
   * can't be opened.
   *
   * @cancellation if it was started by then, it is {@linkplain ChildProcess#close() closed}
   */
  public Future<ChildProcess> start() {
    return Unpolled.made(start(setup(ChildStream.PIPE, ChildStream.PIPE, killOnClose)));
  }

  /**
   * Runs it to its end, and collects what it writes: it is over when it has exited and nobody holds
   * the other ends of the pipes any more. It is killed if one of its outputs is too long, which is
   * a {@link LimitExceededException}. So it is if anything else fails, whatever was said of {@link
   * #killOnClose}.
   *
   * <p>All that it writes itself is there. What its own children write after its end may be lost if
   * it ends at once: see {@link ChildProcess#stdout()}.
   *
   * @param limit how many bytes of each output are held at most, at least 0
   * @return a future of its exit code and its outputs. Where those go elsewhere, as was said, they
   *     are empty here
   * @throws IllegalArgumentException if {@code limit} is negative
   * @throws IllegalStateException if {@link #stdin} was set to a pipe, into which nobody would
   *     write
   * @cancellation the child is killed, and what it has written is lost
   */
  public Future<ChildOutput> output(int limit) {
    if (limit < 0) {
      throw new IllegalArgumentException("limit must not be negative, was " + limit);
    }
    refusePipe("stdin", stdin);
    ChildSetup setup = setup(ChildStream.DISCARD, ChildStream.PIPE, true);
    return Unpolled.made(
        new RunChild<>("output of " + words.get(0), start(setup), child -> output(child, limit)));
  }

  private static Future<ChildOutput> output(ChildProcess child, int limit) {
    return Futures.join(
        child.exit(),
        all(child.hasStdout() ? child.stdout() : null, limit),
        all(child.hasStderr() ? child.stderr() : null, limit),
        ChildOutput::new);
  }

  private static Future<byte[]> all(@Nullable AsyncRead output, int limit) {
    if (output == null) {
      return Futures.ready(new byte[0]);
    }
    return output
        .readToEnd(limit)
        .mapFailure(
            failure ->
                failure instanceof LimitExceededException
                    ? new LimitExceededException(limit, output.toString())
                    : failure);
  }

  /**
   * Runs it to its end. Its input is nothing, and its outputs are those of this process, if nothing
   * else is said.
   *
   * @return a future of its exit code, as {@link ChildProcess#exit()} tells it
   * @throws IllegalStateException if a stream was set to a pipe, at whose other end nobody would be
   * @cancellation the child is killed, whatever was said of {@link #killOnClose}
   */
  public Future<Integer> status() {
    refusePipe("stdin", stdin);
    refusePipe("stdout", stdout);
    refusePipe("stderr", mergeErrors ? null : stderr);
    ChildSetup setup = setup(ChildStream.DISCARD, ChildStream.INHERIT, true);
    return Unpolled.made(
        new RunChild<>("status of " + words.get(0), start(setup), ChildProcess::exit));
  }

  private static void refusePipe(String name, @Nullable ChildStream stream) {
    if (stream == ChildStream.PIPE) {
      throw new IllegalStateException(
          name + " must not be a pipe, for nobody would be at its other end: use start()");
    }
  }

  private ChildSetup setup(ChildStream input, ChildStream output, boolean killOnClose) {
    return new ChildSetup(
        stdin == null ? input : stdin,
        stdout == null ? output : stdout,
        stderr == null ? output : stderr,
        mergeErrors,
        killOnClose);
  }

  private BlockingCall<ChildProcess> start(ChildSetup setup) {
    String program = words.get(0);
    ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(words));
    builder.redirectInput(setup.stdin().toInput());
    builder.redirectOutput(setup.stdout().toOutput());
    builder.redirectErrorStream(setup.mergeErrors());
    if (!setup.mergeErrors()) {
      builder.redirectError(setup.stderr().toOutput());
    }
    if (directory != null) {
      builder.directory(directory);
    }
    if (clearEnvironment) {
      builder.environment().clear();
    }
    environment.forEach(
        (name, value) -> {
          if (value == null) {
            builder.environment().remove(name);
          } else {
            builder.environment().put(name, value);
          }
        });
    return BlockingCall.part(
        "starting " + program, () -> new ChildProcess(builder.start(), program, setup));
  }

  @Override
  public String toString() {
    return "ChildCommand" + words;
  }
}
