package dev.pollux.samples.echo;

import dev.pollux.core.Future;
import dev.pollux.io.AsyncByteStream;
import dev.pollux.io.net.TcpStream;
import dev.pollux.io.tls.TlsConnector;
import dev.pollux.samples.terminal.Terminal;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
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

  /** Null if it does not speak TLS. */
  private final @Nullable TlsConnector tls;

  private final String description;
  private final @Nullable ProcessFacts facts;

  /** Null if it was not started here. */
  private final @Nullable Process child;

  private final @Nullable BufferedReader output;

  private ServerProcess(
      InetSocketAddress address,
      @Nullable TlsConnector tls,
      String description,
      @Nullable ProcessFacts facts,
      @Nullable Process child,
      @Nullable BufferedReader output) {
    this.address = address;
    this.tls = tls;
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
   * @param tls makes connections to it safe; null if it does not speak TLS
   */
  public static ServerProcess running(
      InetSocketAddress address, @Nullable ProcessHandle process, @Nullable TlsConnector tls) {
    return new ServerProcess(
        address,
        tls,
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
   * @param tls whether it is to speak TLS, with a certificate that it makes
   * @throws IOException if it can't be started, or does not listen
   */
  public static ServerProcess start(ServerOptions options, List<String> program, boolean tls)
      throws IOException, InterruptedException {
    if (!tls) {
      return start(options, program, null);
    }
    Path certificate = Files.createTempFile("pollux-echo", ".pem");
    try {
      return start(options, program, certificate);
    } finally {
      Files.deleteIfExists(certificate);
    }
  }

  /** {@code certificate} is where it is to put it; null if it is not to speak TLS. */
  private static ServerProcess start(
      ServerOptions options, List<String> program, @Nullable Path certificate)
      throws IOException, InterruptedException {
    List<String> command = command(options, program);
    if (certificate != null) {
      command.add("--tls");
      command.add("--save-certificate=" + certificate);
    }
    Process child = new ProcessBuilder(command).redirectError(Redirect.INHERIT).start();
    BufferedReader output =
        new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8));
    boolean listens = false;
    try {
      int port = port(child, output);
      ServerProcess started =
          new ServerProcess(
              new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
              certificate == null ? null : ServerTrust.of(certificate),
              options + (certificate == null ? "" : ", TLS"),
              new ProcessFacts(child.toHandle()),
              child,
              output);
      listens = true;
      return started;
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

  /** A connection to it, once both sides have agreed on TLS if it speaks that. */
  Future<? extends AsyncByteStream> connect() {
    Future<TcpStream> connected = TcpStream.connect(address);
    TlsConnector safe = tls;
    return safe == null
        ? connected
        : connected.flatMap(stream -> safe.connect(stream, address.getHostString()));
  }

  /** What the process uses; empty if it is not known which it is. */
  Optional<ProcessFacts> facts() {
    return Optional.ofNullable(facts);
  }

  /** Whether it is spoken to by TLS. */
  boolean speaksTls() {
    return tls != null;
  }

  /** Whether it was started for this, and tells at its end what it has done. */
  boolean isStartedHere() {
    return child != null;
  }

  /**
   * Has a server that was started here say what its virtual machine knows of itself: it is sent a
   * line, and answers with {@link JvmFacts#toLine}.
   *
   * @throws IOException if it has ended
   */
  JvmFacts ask() throws IOException {
    Process child = this.child;
    BufferedReader output = this.output;
    if (child == null || output == null) {
      throw new IllegalStateException("a server that was not started here is not asked");
    }
    child.getOutputStream().write('\n');
    child.getOutputStream().flush();
    @Nullable String line = output.readLine();
    if (line == null) {
      throw new IOException("the server has ended");
    }
    return JvmFacts.ofLine(line);
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
