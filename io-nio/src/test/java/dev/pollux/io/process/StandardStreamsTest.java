package dev.pollux.io.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The standard streams of virtual machines that are started for it. */
class StandardStreamsTest {

  @TempDir Path directory;

  private @Nullable Process process;

  @AfterEach
  void kill() {
    if (process != null) {
      process.destroyForcibly();
    }
  }

  private static List<String> command(String what) {
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.addAll(List.of("-Xshare:auto", "-XX:TieredStopAtLevel=1", "-cp"));
    words.add(System.getProperty("java.class.path"));
    words.add(StandardStreamsMain.class.getName());
    words.add(what);
    return words;
  }

  /** Lets a shell run it, such as {@code "exec \"$@\" <&-"}. */
  private static List<String> shell(String script, String what) {
    assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "there is no /bin/sh here");
    List<String> words = new ArrayList<>(List.of("/bin/sh", "-c", script, "sh"));
    words.addAll(command(what));
    return words;
  }

  private Process start(List<String> words, Redirect input) throws IOException {
    Process started =
        new ProcessBuilder(words).redirectInput(input).redirectError(Redirect.INHERIT).start();
    process = started;
    return started;
  }

  private static String text(InputStream stream) throws IOException {
    return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
  }

  private static void endsWell(Process process) throws InterruptedException {
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("it has ended").isTrue();
    assertThat(process.exitValue()).isZero();
  }

  @Test
  void aReadThatWaitsDoesNotHoldUpTheEnd() throws Exception {
    Process process = start(command("wait"), Redirect.PIPE);
    assertThat(text(process.getInputStream())).isEqualTo("ready\ngave up\n");
    endsWell(process);
  }

  @Test
  void aWriteThatBlocksDoesNotHoldUpTheEnd() throws Exception {
    Process process = new ProcessBuilder(command("flood")).redirectInput(Redirect.PIPE).start();
    this.process = process;
    try (BufferedReader errors = process.errorReader()) {
      assertThat(errors.readLine()).isEqualTo("ready");
    }
    endsWell(process);
  }

  @Test
  void linesOfAPipeAreEchoedAsTheyCome() throws Exception {
    Process process = start(command("echo"), Redirect.PIPE);
    BufferedReader out = process.inputReader();
    for (int i = 0; i < 10; i++) {
      process.outputWriter().write(i + "\n");
      process.outputWriter().flush();
      assertThat(out.readLine()).isEqualTo("<" + i + ">");
    }
    process.outputWriter().close();
    assertThat(out.readLine()).isEqualTo("end");
    endsWell(process);
  }

  @Test
  void aFileIsReadAndWritten() throws Exception {
    Path in = directory.resolve("in");
    Path out = directory.resolve("out");
    Files.writeString(in, "a\nb");
    Process process =
        new ProcessBuilder(command("echo"))
            .redirectInput(in.toFile())
            .redirectOutput(out.toFile())
            .redirectError(Redirect.INHERIT)
            .start();
    this.process = process;
    endsWell(process);
    assertThat(out).hasContent("<a>\n<b>\nend\n");
  }

  @Test
  void nothingIsAnEndAndAClosedInputHoldsNobodyUp() throws Exception {
    Process nothing = start(command("echo"), Redirect.from(new File("/dev/null")));
    assertThat(text(nothing.getInputStream())).isEqualTo("end\n");
    endsWell(nothing);
    Process closed =
        new ProcessBuilder(shell("exec \"$@\" <&-", "echo")).redirectErrorStream(true).start();
    process = closed;
    // The virtual machine opens files of its own, and one of them gets the number: what is read is
    // anything, or fails.
    assertThat(text(closed.getInputStream())).isNotEmpty();
    assertThat(closed.waitFor(60, TimeUnit.SECONDS)).as("it has ended").isTrue();
  }

  @Test
  void aTerminalIsReadLineByLine() throws Exception {
    Path script = Path.of("/usr/bin/script");
    assumeTrue(Files.isExecutable(script), "there is no script(1) here, to make a terminal");
    String line = command("echo").stream().map(w -> "'" + w + "'").collect(Collectors.joining(" "));
    Process process = start(List.of(script.toString(), "-qec", line, "/dev/null"), Redirect.PIPE);
    BufferedReader out = process.inputReader();
    process.outputWriter().write("abc\n");
    process.outputWriter().flush();
    String read = out.readLine();
    while (read != null && !read.equals("<abc>")) { // the terminal shows what was typed as well
      read = out.readLine();
    }
    assertThat(read).isEqualTo("<abc>");
    process.outputWriter().write("\4");
    process.outputWriter().flush();
    assertThat(text(process.getInputStream())).isNotNull();
    endsWell(process);
  }

  @Test
  void whatIsPrintedAndWhatIsFlushedComesInOrder() throws Exception {
    Process process = start(command("order"), Redirect.PIPE);
    assertThat(text(process.getInputStream()))
        .isEqualTo(IntStream.range(0, 200).mapToObj(i -> i + " ").collect(Collectors.joining()));
    endsWell(process);
  }

  @Test
  void whatNobodyWantsIsLeftToAChild() throws Exception {
    Process process = start(shell("exec \"$@\"", "leave"), Redirect.PIPE);
    BufferedReader out = process.inputReader();
    process.outputWriter().write("one\n");
    process.outputWriter().flush();
    assertThat(out.readLine()).isEqualTo("first one");
    process.outputWriter().write("two\n");
    process.outputWriter().flush();
    assertThat(out.readLine()).isEqualTo("second two");
    endsWell(process);
  }

  @Test
  void anOutputThatNobodyReadsIsAFailureForEver() throws Exception {
    Process process = new ProcessBuilder(command("torn")).start();
    this.process = process;
    process.getInputStream().close();
    assertThat(text(process.getErrorStream()))
        .isEqualTo(
            "writing the standard output failed: it is closed, or nobody reads it, againfalse\n");
    endsWell(process);
  }
}
