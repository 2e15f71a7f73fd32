package dev.pollux.samples.cli;

import dev.pollux.samples.terminal.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** Runs commands in this process, and keeps what they print. */
final class CapturedTerminal {

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final Terminal terminal;

  CapturedTerminal(boolean isInteractive) {
    this.terminal =
        new Terminal(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            isInteractive);
  }

  static Ended run(String... args) {
    return new CapturedTerminal(false).runHere(args);
  }

  Ended runHere(String... args) {
    int exitCode = Main.run(terminal, args);
    return new Ended(
        exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }
}
