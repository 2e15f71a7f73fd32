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
        .contains("\n  exercise ")
        .contains("\n  echo ")
        .contains("\n  echo-load ")
        .contains("Exit codes:");
    assertThat(help.err()).isEmpty();
  }

  @Test
  void everyCommandHasHelp() {
    for (String command :
        new String[] {"demo", "bench", "sample", "exercise", "echo", "echo-load"}) {
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
    "bench --json --tsv, 'pollux bench: --json and --tsv exclude each other'",
    "bench --peer none --peer netty, 'pollux bench: --peer none and netty exclude each other'",
    "echo --port 70000, 'pollux echo: --port must be 0 to 65535, was 70000'",
    "echo --workers 0, 'pollux echo: --workers must be 1 to 32767, was 0'",
    "echo --workers 32768, 'pollux echo: --workers must be 1 to 32767, was 32768'",
    "echo --threads --workers 2, 'pollux echo: --workers is for a multi-thread runtime, not for"
        + " --threads'",
    "echo --threads --current-thread, 'pollux echo: --current-thread, --threads are mutually"
        + " exclusive (specify only one); see pollux echo --help'",
    "echo --max-connections 0, 'pollux echo: --max-connections must be at least 1, was 0'",
    "echo --idle-timeout -1, 'pollux echo: --idle-timeout must be 0 to 1000000000 seconds, was -1.0'",
    "echo --min-bytes-window 0, 'pollux echo: --min-bytes-window must be 0.001 to 1000000000 seconds, was 0.0'",
    "echo --threads --lifetime 1, 'pollux echo: limits are for a runtime, not for --threads'",
    "echo-load --hostile 0, 'pollux echo-load: --hostile must be 1 to 2147483647, was 0'",
    "echo-load --hostile 1 --ramp, 'pollux echo-load: --hostile is not for --ramp'",
    "echo-load --seed 1, 'pollux echo-load: --most-ratio and --seed are for --hostile'",
    "echo-load --hostile 1 --threads, 'pollux echo-load: --hostile is for a server with limits, not for --threads'",
    "echo-load --connections 0, 'pollux echo-load: --connections must be 1 to 2147483647, was 0'",
    "echo-load --size 0, 'pollux echo-load: --size must be 1 to 67108864, was 0'",
    "echo-load --seconds 0, 'pollux echo-load: --seconds must be more than 0 and at most 1000000,"
        + " was 0.0'",
    "echo-load --warm-up -1, 'pollux echo-load: --warm-up must be 0 to 1000000, was -1'",
    "echo-load --client-threads 0, 'pollux echo-load: --client-threads must be 1 to 1024, was 0'",
    "echo-load --most 3, pollux echo-load: --most is for --ramp",
    "echo-load --pid 3, pollux echo-load: --pid is for --port",
    "echo-load --port 0, 'pollux echo-load: --port must be 1 to 65535, was 0'",
    "echo-load --port 1 --threads, 'pollux echo-load: the server of --port runs already, and can''t"
        + " be told what kind it is'",
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
  void aPeerThatIsNoneGetsOneLine() {
    Ended refused = CapturedTerminal.run("bench", "--peer", "netty,tokio");
    assertThat(refused.exitCode()).isEqualTo(3);
    assertThat(refused.errLines())
        .containsExactly("pollux bench: there is no peer tokio; see pollux bench --help");
    assertThat(refused.out()).isEmpty();
  }

  @Test
  void aPeerWithNoneOfTheWorkloadsGetsOneLine() {
    Ended refused =
        CapturedTerminal.run("bench", "--peer", "reactor,netty", "--workload", "yield,stream_sync");
    assertThat(refused.exitCode()).isEqualTo(3);
    assertThat(refused.errLines())
        .containsExactly("pollux bench: there is none of these workloads of netty");
    assertThat(refused.out()).isEmpty();
  }

  @Test
  void aWorkloadThatAPeerHasNotEndsAChildWithThree() {
    Ended refused =
        CapturedTerminal.run(
            "bench", "--in-process", "--tsv", "--peer", "netty", "--workload", "yield");
    assertThat(refused.exitCode()).isEqualTo(3);
    assertThat(refused.errLines()).containsExactly("pollux bench: there is no yield of netty");
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
