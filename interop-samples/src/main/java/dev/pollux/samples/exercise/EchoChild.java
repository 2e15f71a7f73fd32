package dev.pollux.samples.exercise;

import dev.pollux.io.process.GracefulShutdown;
import dev.pollux.samples.echo.EchoServer;
import dev.pollux.samples.echo.JvmFacts;
import dev.pollux.samples.echo.ServerKind;
import dev.pollux.samples.echo.ServerOptions;
import dev.pollux.samples.echo.ServerProcess;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;

/**
 * The server of exercise 2, in a process of its own: says where it listens, answers each line of
 * its input with what its virtual machine knows of itself, and stops at the end of its input.
 */
final class EchoChild {

  private EchoChild() {}

  /**
   * Serves.
   *
   * @param args of which kind, as an option: {@code --threads}
   */
  public static void main(String[] args) throws Exception {
    ServerKind kind =
        Arrays.stream(ServerKind.values())
            .filter(known -> args[0].equals("--" + known))
            .findFirst()
            .orElseThrow();
    InetSocketAddress anywhere = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try (GracefulShutdown atEndOfInput = EchoServer.shutdown().withoutSignals().build();
        EchoServer server = new ServerOptions(kind, 0).listen(anywhere, atEndOfInput)) {
      System.out.println(ServerProcess.LISTENING + server.port());
      System.out.flush();
      Thread answers = new Thread(() -> answer(System.out, atEndOfInput), "answers");
      answers.setDaemon(true);
      answers.start();
      server.run();
    }
  }

  private static void answer(PrintStream out, GracefulShutdown atEndOfInput) {
    try {
      while (System.in.read() >= 0) { // a line is its end here
        out.println(JvmFacts.here().toLine());
        out.flush();
      }
    } catch (IOException gone) {
      // that is the end too
    } finally {
      atEndOfInput.stop();
    }
  }
}
