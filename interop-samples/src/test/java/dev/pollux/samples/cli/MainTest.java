package dev.pollux.samples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.samples.terminal.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MainTest {

  @Test
  void helpListsEachCommandWithALine() {
    Ended help = CapturedTerminal.run("--help");
    assertThat(help.exitCode()).isEqualTo(0);
    assertThat(help.out())
        .contains("\n  demo ")
        .contains("\n  bench ")
        .contains("\n  sample ")
        .contains("Exit codes:");
    assertThat(help.err()).isEmpty();
  }

  @Test
  void everyCommandHasHelp() {
    for (String command : new String[] {"demo", "bench", "sample"}) {
      Ended help = CapturedTerminal.run(command, "--help");
      assertThat(help.exitCode()).as(command).isEqualTo(0);
      assertThat(help.out()).as(command).startsWith("Usage: pollux " + command);
      assertThat(help.outLines()).as(command).allMatch(line -> line.length() <= 100);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "dmo, pollux: unknown command dmo; see pollux --help",
    "--foo, pollux: unknown option --foo; see pollux --help",
    "demo --foo, pollux demo: unknown option --foo; see pollux demo --help",
    "bench stray, pollux bench: unexpected stray; see pollux bench --help",
    "bench --forks 0, 'pollux bench: --forks must be at least 1, was 0'",
    "'', pollux: no command was given; see pollux --help"
  })
  void aWrongCommandLineGetsOneClearLine(String arguments, String expected) {
    Ended refused =
        CapturedTerminal.run(arguments.isEmpty() ? new String[0] : arguments.split(" ", -1));
    assertThat(refused.exitCode()).isEqualTo(2);
    assertThat(refused.errLines()).containsExactly(expected);
    assertThat(refused.out()).isEmpty();
  }

  @Test
  void aNumberThatIsNoneGetsOneLine() {
    Ended refused = CapturedTerminal.run("bench", "--forks", "x");
    assertThat(refused.exitCode()).isEqualTo(2);
    assertThat(refused.errLines()).hasSize(1);
    assertThat(refused.err()).startsWith("pollux bench: ").contains("--forks").contains("x");
  }

  @Test
  void aRuntimeThatIsNoneGetsOneLine() {
    Ended refused = CapturedTerminal.run("bench", "--runtime", "three-threads");
    assertThat(refused.exitCode()).isEqualTo(2);
    assertThat(refused.errLines()).hasSize(1);
    assertThat(refused.err())
        .startsWith("pollux bench: ")
        .contains("--runtime")
        .contains("multi-thread", "current-thread", "three-threads");
  }

  @Test
  void aWorkloadThatTheRuntimeCanNotRunGetsOneLine() {
    Ended refused =
        CapturedTerminal.run("bench", "--runtime", "current-thread", "--workload", "stuck_worker");
    assertThat(refused.exitCode()).isEqualTo(3);
    assertThat(refused.errLines())
        .containsExactly("pollux bench: there is no stuck_worker on the current-thread runtime");
  }

  @Test
  void anAtSignIsPartOfAName() {
    Ended ended = CapturedTerminal.run("demo", "@none");
    assertThat(ended.errLines()).containsExactly("pollux demo: @none: no such file");
  }

  @Test
  void outputThatCanNotBeWrittenIsAFailure() {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Terminal full =
        new Terminal(
            new PrintStream(new FullDevice(), false, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            false);
    assertThat(Main.run(full, "--help")).isEqualTo(1);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .isEqualToIgnoringNewLines("pollux: the output could not be written");
  }

  private static final class FullDevice extends OutputStream {
    @Override
    public void write(int b) throws IOException {
      throw new IOException("no space left");
    }
  }
}
