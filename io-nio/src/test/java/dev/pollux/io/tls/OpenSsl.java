package dev.pollux.io.tls;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.pollux.io.net.Elsewhere;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code openssl s_client} or {@code s_server} in a process: a peer that is not of the JDK. */
final class OpenSsl implements AutoCloseable {

  private static final long LIMIT_SECONDS = 60;
  private static final boolean INSTALLED = isRunnable();

  private final Process process;
  private final Object lock = new Object();

  /** What it has said, its errors included, a byte as a character. */
  @GuardedBy("lock")
  private final StringBuilder said = new StringBuilder();

  @GuardedBy("lock")
  private boolean ended;

  private OpenSsl(List<String> command) throws IOException {
    process = new ProcessBuilder(command).redirectErrorStream(true).start();
    Elsewhere<Boolean> listens =
        Elsewhere.run(
            () -> {
              listen();
              return true;
            });
    assertThat(listens).isNotNull();
  }

  private static boolean isRunnable() {
    try {
      Process process = new ProcessBuilder("openssl", "version").redirectErrorStream(true).start();
      String version = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return process.waitFor() == 0 && version.startsWith("OpenSSL 3");
    } catch (IOException none) {
      return false;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Whether this machine has an OpenSSL whose options are known here. */
  static boolean isInstalled() {
    return INSTALLED;
  }

  static OpenSsl client(int port, Path authority, String... more) throws IOException {
    List<String> command = new ArrayList<>(List.of("openssl", "s_client"));
    command.addAll(List.of("-connect", "127.0.0.1:" + port));
    command.addAll(List.of("-CAfile", authority.toString(), "-verify_return_error"));
    command.addAll(List.of(more));
    return new OpenSsl(command);
  }

  static OpenSsl server(Path certificates, Path key, String... more) throws IOException {
    List<String> command = new ArrayList<>(List.of("openssl", "s_server"));
    command.addAll(List.of("-accept", "127.0.0.1:0", "-naccept", "1"));
    command.addAll(List.of("-cert", certificates.toString(), "-key", key.toString()));
    // -cert takes the first only
    command.addAll(List.of("-cert_chain", certificates.toString()));
    command.addAll(List.of(more));
    return new OpenSsl(command);
  }

  private void listen() throws IOException {
    InputStream in = process.getInputStream();
    byte[] bytes = new byte[1 << 16];
    int count;
    do {
      count = in.read(bytes);
      synchronized (lock) {
        if (count > 0) {
          said.append(new String(bytes, 0, count, StandardCharsets.ISO_8859_1));
        }
        ended = count < 0;
        lock.notifyAll();
      }
    } while (count >= 0);
  }

  /** The port of a server, once it listens. */
  int port() throws InterruptedException {
    return Integer.parseInt(await("ACCEPT \\S*:(\\d+)").group(1));
  }

  /** Waits until it has said something. */
  @CanIgnoreReturnValue
  Matcher await(String pattern) throws InterruptedException {
    Pattern wanted = Pattern.compile(pattern);
    long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
    synchronized (lock) {
      while (true) {
        Matcher found = wanted.matcher(said.toString());
        if (found.find()) {
          return found;
        }
        long left = TimeUnit.NANOSECONDS.toMillis(limit - System.nanoTime());
        if (ended || left <= 0) {
          throw new AssertionError("openssl did not say " + pattern + ", but: " + said);
        }
        lock.wait(Math.min(left, 1000));
      }
    }
  }

  /** All that it says, up to its end. */
  @CanIgnoreReturnValue
  String result() throws InterruptedException {
    assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).as("ends").isTrue();
    synchronized (lock) {
      while (!ended) {
        lock.wait(1000);
      }
      return said.toString();
    }
  }

  int exitCode() throws InterruptedException {
    assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).as("ends").isTrue();
    return process.exitValue();
  }

  /** Types something. */
  @CanIgnoreReturnValue
  OpenSsl type(String text) throws IOException {
    process.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    process.getOutputStream().flush();
    return this;
  }

  /** Says that nothing more is typed. */
  void typeEnd() throws IOException {
    process.getOutputStream().close();
  }

  /** Ends it without a word. */
  void kill() {
    process.destroyForcibly();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
