package dev.pollux.samples.echo;

import dev.pollux.samples.terminal.Terminal;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The server that load is put on: a process that is started for it, or one that runs already.
 *
 * @threading confined to one thread
 */
public final class ServerProcess implements AutoCloseable {

  /** What {@code pollux echo} prints, before the port, when it listens. */
  public static final String LISTENING = "LISTENING ";

  private static final long START_SECONDS = 30;
  private static final long END_SECONDS = 10;

  /** What a virtual machine ends with that was told to when its memory is used up. */
  private static final int OUT_OF_MEMORY = 3;

  private final InetSocketAddress address;
  private final String description;
  private final @Nullable ProcessFacts facts;

  /** Null if it was not started here. */
  private final @Nullable Process child;

  private final @Nullable BufferedReader output;

  private ServerProcess(
      InetSocketAddress address,
      String description,
      @Nullable ProcessFacts facts,
      @Nullable Process child,
      @Nullable BufferedReader output) {
    this.address = address;
    this.description = description;
    this.facts = facts;
    this.child = child;
    this.output = output;
  }

  /**
   * A server that runs already.
   *
   * @param address where it listens
   * @param process of which memory and processor time are measured; null if it is not known
   */
  public static ServerProcess running(InetSocketAddress address, @Nullable ProcessHandle process) {
    return new ServerProcess(
        address,
        address.getHostString() + ":" + address.getPort(),
        process == null ? null : new ProcessFacts(process),
        null,
        null);
  }

  /**
   * Starts one on the loopback interface, which ends with this process at the latest.
   *
   * @param options what kind
   * @param program the main class and the arguments that make it listen until its standard input
   *     ends, without those that follow from {@code options}
   * @throws IOException if it can't be started, or does not listen
   */
  public static ServerProcess start(ServerOptions options, List<String> program)
      throws IOException, InterruptedException {
    Process child =
        new ProcessBuilder(command(options, program)).redirectError(Redirect.INHERIT).start();
    BufferedReader output =
        new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8));
    boolean listens = false;
    try {
      int port = port(child, output);
      listens = true;
      return new ServerProcess(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
          options.toString(),
          new ProcessFacts(child.toHandle()),
          child,
          output);
    } finally {
      if (!listens) {
        child.destroyForcibly();
      }
    }
  }

  private static int port(Process child, BufferedReader output)
      throws IOException, InterruptedException {
    CompletableFuture<@Nullable String> first = new CompletableFuture<>();
    Thread reader =
        new Thread(
            () -> {
              try {
                first.complete(output.readLine());
              } catch (IOException failure) {
                first.completeExceptionally(failure);
              }
            },
            "first line of the server");
    reader.setDaemon(true);
    reader.start();
    @Nullable String line;
    try {
      line = first.get(START_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException failure) {
      throw new IOException("the server does not say where it listens", failure);
    }
    if (line == null || !line.startsWith(LISTENING)) {
      boolean ended = child.waitFor(END_SECONDS, TimeUnit.SECONDS);
      throw new IOException(
          "the server did not start: "
              + (ended ? "it ended with exit code " + child.exitValue() : "it said " + line));
    }
    return Integer.parseInt(line.substring(LISTENING.length()).trim());
  }

  /** What starts it. It is told its kind in any case: it may see other processors than this one. */
  static List<String> command(ServerOptions options, List<String> program) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:+ExitOnOutOfMemoryError");
    @Nullable String more = System.getenv("POLLUX_JAVA_OPTS");
    if (more != null && !more.isBlank()) {
      command.addAll(List.of(more.trim().split("\\s+")));
    }
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.addAll(program);
    command.add("--" + options.kind());
    if (options.workers() > 0) {
      command.add("--workers=" + options.workers());
    }
    return command;
  }

  InetSocketAddress address() {
    return address;
  }

  /** What the process uses; empty if it is not known which it is. */
  Optional<ProcessFacts> facts() {
    return Optional.ofNullable(facts);
  }

  /** Whether it was started for this, and tells at its end what it has done. */
  boolean isStartedHere() {
    return child != null;
  }

  /** How a server that was started here has ended by itself; empty if it has not. */
  Optional<String> unexpectedEnd() {
    Process child = this.child;
    if (child == null || child.isAlive()) {
      return Optional.empty();
    }
    int exitCode = child.exitValue();
    return Optional.of(
        exitCode == OUT_OF_MEMORY
            ? "its memory is used up"
            : "it ended with exit code " + exitCode);
  }

  /**
   * Has a server that was started here come to its end, and waits for it.
   *
   * @param terminal takes a complaint if it has to be killed
   * @return the last line that it printed; empty if it was not started here, or had to be killed
   */
  Optional<String> end(Terminal terminal) throws InterruptedException {
    Process child = this.child;
    BufferedReader output = this.output;
    if (child == null || output == null) {
      return Optional.empty();
    }
    try {
      child.getOutputStream().close();
      if (!child.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
        terminal.complain("pollux echo-load: the server does not end, and is killed");
        return Optional.empty();
      }
      return output.lines().reduce((line, next) -> next);
    } catch (IOException gone) {
      return Optional.empty();
    }
  }

  /** Kills the server if it was started here and has not ended. */
  @Override
  public void close() {
    Process child = this.child;
    if (child != null) {
      child.destroyForcibly();
    }
  }

  /** In words, for a table. */
  @Override
  public String toString() {
    return description;
  }
}
