package dev.pollux.io.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Signals of the system, sent to processes that were started for it. */
@Timeout(120)
class SignalsOfTheSystemTest {

  private static final String WITHOUT_SIGNALS = "java.base,java.logging,java.management";

  private static final int OF_INT = 128 + 2;
  private static final int OF_TERM = 128 + 15;
  private static final int OF_HUP = 128 + 1;

  private final List<Process> children = new ArrayList<>();
  private Process child;
  private BufferedReader lines;

  @BeforeEach
  void canSend() throws IOException {
    assumeFalse(File.separatorChar == '\\', "there is no kill");
    Path status = Path.of("/proc/self/status");
    assumeTrue(Files.exists(status), "whether signals are ignored here is not known");
    try (Stream<String> known = Files.lines(status)) {
      long ignored =
          known
              .filter(line -> line.startsWith("SigIgn:"))
              .mapToLong(line -> Long.parseUnsignedLong(line.substring(7).trim(), 16))
              .findFirst()
              .orElse(0);
      assumeTrue((ignored & 0b100_0000_0000_0011) == 0, "signals are ignored here");
    }
  }

  @AfterEach
  void end() {
    children.forEach(Process::destroyForcibly);
  }

  private void start(String program, String... options) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(options));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(SignalProgram.class.getName(), program));
    child = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    children.add(child);
    lines =
        new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8));
    assertThat(lines.readLine()).isEqualTo("ready");
  }

  private void send(String signal) throws Exception {
    assertThat(
            new ProcessBuilder("kill", "-" + signal, Long.toString(child.pid())).start().waitFor())
        .isZero();
  }

  @Test
  void theSecondCtrlCEndsTheProcessAsEver() throws Exception {
    start("wait");
    send("INT");
    assertThat(lines.readLine()).isEqualTo("ctrl-c");
    send("INT");
    assertThat(lines.readLine()).isNull();
    assertThat(child.waitFor()).isEqualTo(OF_INT);
  }

  @Test
  void theFutureThatWasCancelledListensNoLonger() throws Exception {
    start("wait");
    send("TERM");
    assertThat(lines.readLine()).isEqualTo("termination");
    send("INT"); // somebody had waited for it, in a race that was lost
    assertThat(lines.readLine()).isNull();
    assertThat(child.waitFor()).isEqualTo(OF_INT);
  }

  @Test
  void otherSignalsAreHeardUntilSomebodyHasHeardEnough() throws Exception {
    start("count");
    for (int i = 1; i <= 3; i++) {
      send("HUP");
      assertThat(lines.readLine()).isEqualTo("hup 1");
    }
    assertThat(lines.readLine()).isEqualTo("left");
    send("HUP");
    assertThat(lines.readLine()).isNull();
    assertThat(child.waitFor()).isEqualTo(OF_HUP);
  }

  @Test
  void aServerEndsInOrder() throws Exception {
    start("heed");
    send("TERM");
    assertThat(lines.readLine()).isEqualTo("asked for");
    assertThat(lines.readLine()).isEqualTo("TERMINATION []");
    assertThat(child.waitFor()).isEqualTo(7);
  }

  @Test
  void whatIsWrittenToTheStandardOutputAtTheEndArrives() throws Exception {
    start("last-words");
    send("TERM");
    assertThat(lines.readLine()).hasSize(SignalProgram.LONG);
    assertThat(lines.readLine()).isEqualTo("TERMINATION []");
    assertThat(lines.readLine()).isNull();
    assertThat(child.waitFor()).isEqualTo(7);
  }

  @Test
  void aServerIsHurriedByTheSecondSignal() throws Exception {
    start("serve");
    send("INT");
    assertThat(lines.readLine()).isEqualTo("asked for");
    send("TERM");
    assertThat(lines.readLine()).startsWith("CTRL_C [").endsWith("other]");
    assertThat(child.waitFor()).isEqualTo(7);
  }

  @Test
  void theThirdSignalEndsAServerThatIsStuck() throws Exception {
    start("block");
    send("INT");
    assertThat(lines.readLine()).isEqualTo("asked for");
    send("INT");
    while (!child.waitFor(100, TimeUnit.MILLISECONDS)) { // two that come at once are one
      new ProcessBuilder("kill", "-INT", Long.toString(child.pid())).start().waitFor();
    }
    assertThat(lines.readLine()).isNull();
    assertThat(child.waitFor()).isEqualTo(OF_INT);
  }

  @ParameterizedTest
  @CsvSource({"INT, 130", "TERM, 143"})
  void withoutTheModuleTheEndOfTheMachineIsHeldUpUntilAllHaveEnded(String signal, int exitCode)
      throws Exception {
    start("heed", "--limit-modules", WITHOUT_SIGNALS);
    send(signal);
    assertThat(lines.readLine()).isEqualTo("asked for");
    assertThat(lines.readLine()).isEqualTo("END_OF_MACHINE []");
    assertThat(lines.readLine()).isNull();
    assertThat(child.waitFor()).isEqualTo(exitCode);
  }

  @Test
  void withoutTheModuleNobodyWaitsForWhoMerelyListens() throws Exception {
    start("wait", "--limit-modules", WITHOUT_SIGNALS);
    send("TERM");
    assertThat(child.waitFor()).isEqualTo(OF_TERM);
  }

  @Test
  void aMachineThatLeavesSignalsAloneEndsOfThem() throws Exception {
    start("serve", "-Xrs");
    send("TERM");
    assertThat(lines.readLine()).isNull();
    assertThat(child.waitFor()).isEqualTo(OF_TERM);
  }
}
