package dev.pollux.io.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.core.Future;
import dev.pollux.executor.PolluxRuntime;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A server whose process has no descriptor left goes on when it has one again. */
@DisabledOnOs(OS.WINDOWS)
final class DescriptorsRunOutTest {

  private static final int LIMIT = 512;

  @ParameterizedTest
  @EnumSource(Runtimes.class)
  void theServerGoesOn(Runtimes kind) throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Process process =
        new ProcessBuilder(
                "sh",
                "-c",
                "ulimit -Sn " + LIMIT + " && exec \"$0\" \"$@\"",
                java,
                "-XX:-MaxFDLimit", // else the JDK raises the limit again
                "-cp",
                System.getProperty("java.class.path"),
                Server.class.getName(),
                kind.name())
            .redirectErrorStream(true)
            .start();
    try {
      BufferedReader out =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
      int port = Integer.parseInt(line(out, "LISTENING ").trim());
      List<Socket> held = new ArrayList<>();
      try {
        for (int i = 0; i < 2 * LIMIT; i++) {
          held.add(new Socket(InetAddress.getLoopbackAddress(), port));
        }
        assertThat(line(out, "REPORTED ")).contains("Too many open files");
      } finally {
        for (Socket socket : held) {
          socket.close();
        }
      }
      for (int i = 0; i < 10; i++) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
          assertThat(socket.getInputStream().read()).isEqualTo('!');
        }
      }
      process.getOutputStream().close();
      String[] counts = line(out, "COUNTS ").trim().split(" ", -1);
      assertThat(Long.parseLong(counts[0]))
          .as("accepted")
          .isEqualTo(Server.WARMING + 2L * LIMIT + 10);
      assertThat(Long.parseLong(counts[1])).as("failures").isPositive();
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isZero();
    } finally {
      process.destroyForcibly();
    }
  }

  /** The rest of the next line that begins so. */
  private static String line(BufferedReader out, String beginning) throws IOException {
    StringBuilder all = new StringBuilder();
    String line;
    while ((line = out.readLine()) != null) {
      if (line.startsWith(beginning)) {
        return line.substring(beginning.length());
      }
      all.append(line).append('\n');
    }
    throw new AssertionError("the server has ended without " + beginning + ":\n" + all);
  }

  /** Greets who comes, and holds the connection until the peer ends. */
  static final class Server {

    static final int WARMING = 3;

    private Server() {}

    public static void main(String[] args) throws Exception {
      try (PolluxRuntime runtime =
          Runtimes.valueOf(args[0])
              .open(
                  PolluxRuntime.builder()
                      .uncaughtFailureHandler(
                          (failure, origin) ->
                              System.out.println("REPORTED " + failure + ", " + origin)))) {
        warm(runtime);
        TcpListener listener = TcpListener.bind(Crank.anyPort());
        Elsewhere<Void> console =
            Elsewhere.run(
                () -> {
                  for (int i = 0; i < WARMING; i++) {
                    try (Socket socket =
                        new Socket(
                            InetAddress.getLoopbackAddress(), listener.localAddress().getPort())) {
                      assertThat(socket.getInputStream().read()).isEqualTo('!');
                    }
                  }
                  System.out.println("LISTENING " + listener.localAddress().getPort());
                  while (System.in.read() >= 0) {
                    // until the input is closed
                  }
                  listener.close();
                  return null;
                });
        runtime.blockOn(listener.incoming().concurrent(10 * LIMIT).forEach(Server::serve));
        console.result();
        System.out.println("COUNTS " + listener.accepted() + " " + listener.acceptFailures());
      }
    }

    private static Future<Void> serve(TcpStream stream) {
      return stream
          .writeAll(ByteBuffer.wrap(new byte[] {'!'}))
          .flatMap(done -> stream.read(ByteBuffer.allocate(1)))
          .handle((count, failure) -> null) // a peer that has gone is served
          .map(
              done -> {
                close(stream);
                return null;
              });
    }

    private static void close(TcpStream stream) {
      try {
        stream.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** Loads what a failure needs: without a descriptor no class can be loaded. */
    private static void warm(PolluxRuntime runtime) throws Exception {
      AcceptBackoffTest test = new AcceptBackoffTest();
      test.listen();
      try {
        runtime.blockOn(test.afterOneFailure());
      } finally {
        test.close();
      }
    }
  }
}
