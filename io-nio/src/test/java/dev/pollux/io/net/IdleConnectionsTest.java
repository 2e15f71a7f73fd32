package dev.pollux.io.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.pollux.core.Future;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.io.Io;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Ten thousand connections that mostly say nothing, to an echo server in a process of its own: its
 * heap has no room for a buffer of 8 KiB for each.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(120)
final class IdleConnectionsTest {

  private static final int CONNECTIONS = 10_000;

  /** What a process needs beside its connections. */
  private static final int DESCRIPTORS_TO_SPARE = 500;

  private static final int LIMIT_SECONDS = 60;

  @ParameterizedTest
  @EnumSource(Runtimes.class)
  void allAreHeldAndAnswered(Runtimes kind) throws Exception {
    assumeTrue(mostDescriptors() >= CONNECTIONS + DESCRIPTORS_TO_SPARE, "too few descriptors");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:MaxDirectMemorySize=16m",
                "-cp",
                System.getProperty("java.class.path"),
                Server.class.getName(),
                kind.name())
            .redirectErrorStream(true)
            .start();
    List<SocketChannel> held = new ArrayList<>();
    try {
      BufferedReader out =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
      int port = Integer.parseInt(answer(out, "LISTENING "));
      InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
      for (int i = 0; i < CONNECTIONS; i++) {
        SocketChannel channel = SocketChannel.open(address);
        held.add(channel);
        channel.setOption(StandardSocketOptions.SO_LINGER, 0); // a reset keeps no local port
        exchange(channel, i);
      }
      for (int i = CONNECTIONS - 1; i >= 0; i--) { // each was idle meanwhile, the first the longest
        exchange(held.get(i), ~i);
      }
      for (SocketChannel channel : held) {
        channel.close();
      }
      process.getOutputStream().close();
      assertThat(answer(out, "SERVED ")).isEqualTo(CONNECTIONS + 1 + ", descriptors as before");
      assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isZero();
    } finally {
      process.destroyForcibly();
      for (SocketChannel channel : held) {
        channel.close();
      }
    }
  }

  private static void exchange(SocketChannel channel, int number) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(4).putInt(0, number);
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
    bytes.clear().putInt(0, number + 1);
    while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
      // until all are there
    }
    assertThat(bytes.hasRemaining()).isFalse();
    assertThat(bytes.getInt(0)).isEqualTo(number);
  }

  /** The rest of the next line, which begins so. */
  private static String answer(BufferedReader out, String beginning) throws IOException {
    String line = out.readLine();
    assertThat(line).startsWith(beginning);
    return line.substring(beginning.length());
  }

  private static long mostDescriptors() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/limits")).stream()
        .filter(line -> line.startsWith("Max open files"))
        .map(line -> line.trim().split(" +", -1)[3])
        .mapToLong(most -> most.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(most))
        .findFirst()
        .orElse(0);
  }

  /** Sends back what comes, until its input ends; then waits for the ends of all connections. */
  static final class Server {

    private static final AtomicInteger ENDED = new AtomicInteger();

    private Server() {}

    public static void main(String[] args) throws Exception {
      try (PolluxRuntime runtime =
          Runtimes.valueOf(args[0])
              .open(
                  PolluxRuntime.builder()
                      .uncaughtFailureHandler(
                          (failure, origin) ->
                              System.out.println("REPORTED " + failure + ", " + origin)))) {
        TcpListener listener = TcpListener.builder().backlog(1_024).bind(Crank.anyPort());
        Elsewhere<Void> console = Elsewhere.run(() -> converse(listener));
        runtime.blockOn(listener.incoming().forEach(one -> runtime.spawn(serve(one)).detach()));
        console.result();
      }
    }

    private static Void converse(TcpListener listener) throws Exception {
      try (listener) {
        int port = listener.localAddress().getPort();
        try (SocketChannel first =
            SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))) {
          exchange(first, 1); // whatever is opened once
        }
        assertThat(await(() -> ENDED.get() == 1)).isTrue();
        int before = descriptors();
        System.out.println("LISTENING " + port);
        while (System.in.read() >= 0) {
          // until the input is closed
        }
        boolean isClean =
            await(() -> ENDED.get() == listener.accepted() && descriptors() <= before);
        System.out.println(
            "SERVED " + ENDED + ", descriptors " + (isClean ? "as before" : "are left"));
      }
      return null;
    }

    private static Future<Void> serve(TcpStream stream) {
      return Io.copy(stream, stream)
          .handle((count, failure) -> null) // they are reset
          .map(
              done -> {
                try {
                  stream.close();
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
                ENDED.incrementAndGet();
                return null;
              });
    }

    private static boolean await(BooleanSupplier condition) {
      long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
      while (!condition.getAsBoolean()) {
        if (System.nanoTime() - limit > 0) {
          return false;
        }
        Thread.onSpinWait();
      }
      return true;
    }

    private static int descriptors() {
      String[] open = new File("/proc/self/fd").list();
      return open == null ? 0 : open.length;
    }
  }
}
