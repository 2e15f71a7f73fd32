package dev.pollux.benchmarks.stress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Runs every jcstress test in the quick mode, after a look at whether jcstress sees anything. */
@Timeout(value = 20, unit = TimeUnit.MINUTES)
final class StressRunnerTest {
  @Test
  void knownRaceIsReported() throws Exception {
    Run run = stress("known-race", "quick", "KnownRaceStress");
    assertThat(run.exitCode()).as(run.output()).isEqualTo(1);
    assertThat(run.output()).contains("FAILED").contains("Observed forbidden state: 1, 1");
  }

  @Test
  void selectionOfNothingFails() throws Exception {
    Run run = stress("nothing", "quick", "NoSuchStress");
    assertThat(run.exitCode()).as(run.output()).isEqualTo(1);
    assertThat(run.output()).contains("no test matches");
  }

  @Test
  void everyOtherTestPasses() throws Exception {
    Run run = stress("all", "quick");
    System.out.println(run.lastLine());
    assertThat(run.exitCode()).as(run.output()).isEqualTo(0);
  }

  private record Run(int exitCode, String output) {
    String lastLine() {
      return output.strip().lines().reduce((first, second) -> second).orElse("");
    }
  }

  /** In a JVM of its own, since jcstress writes to the working directory. */
  private static Run stress(String name, String... args) throws IOException, InterruptedException {
    Path directory = Path.of("target", "stress", name).toAbsolutePath();
    Files.createDirectories(directory);
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                StressRunner.class.getName()));
    command.addAll(List.of(args));
    Path log = directory.resolve("output.txt");
    Process process =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      int exitCode = process.waitFor();
      return new Run(exitCode, Files.readString(log));
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }
}
