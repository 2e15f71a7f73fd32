package dev.pollux.executor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.core.Context;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.TaskInfo;
import dev.pollux.spi.RuntimeListener;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A JVM without the module jdk.jfr lacks the events and nothing else. */
@Timeout(120)
class WithoutFlightRecorderTest {

  @TempDir private Path directory;

  @Test
  void everythingElseWorks() throws Exception {
    assertThat(run("--limit-modules", "java.base")).isEqualTo("absent, 3, stuck");
    assertThat(run()).as("the check itself").isEqualTo("present, 3, stuck");
  }

  private String run(String... options) throws Exception {
    Path out = directory.resolve("out");
    List<String> command =
        Stream.of(
                Stream.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()),
                Stream.of(options),
                Stream.of("-cp", System.getProperty("java.class.path"), Program.class.getName()))
            .flatMap(part -> part)
            .toList();
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile()).start();
    try {
      assertThat(process.waitFor(100, TimeUnit.SECONDS)).isTrue();
      String output = Files.readString(out);
      assertThat(process.exitValue()).as(output).isZero();
      return output.lines().filter(line -> line.endsWith(", stuck")).findFirst().orElse(output);
    } finally {
      process.destroyForcibly();
    }
  }

  /** What runs there. */
  static final class Program {

    private Program() {}

    public static void main(String[] args) throws Exception {
      boolean present = ModuleLayer.boot().findModule("jdk.jfr").isPresent();
      CountDownLatch reported = new CountDownLatch(1);
      RuntimeListener listener =
          new RuntimeListener() {
            @Override
            public void pollStuck(TaskInfo task, Duration soFar, List<StackTraceElement> frames) {
              reported.countDown();
            }
          };
      int sum = 0;
      try (PolluxRuntime current = PolluxRuntime.builder().currentThread();
          PolluxRuntime several =
              PolluxRuntime.builder()
                  .workers(2)
                  .listener(listener)
                  .watchdog(Duration.ofMillis(10))
                  .multiThread()) {
        sum += current.blockOn(current.spawnBlocking(() -> 1));
        sum += several.blockOn(several.spawn(new Blocking(reported)));
      }
      System.out.println((present ? "present, " : "absent, ") + sum + ", stuck");
    }
  }

  private record Blocking(CountDownLatch reported) implements Future<Integer> {
    @Override
    public Poll<Integer> poll(Context cx) throws InterruptedException {
      return Poll.ready(reported.await(60, TimeUnit.SECONDS) ? 2 : 0);
    }
  }
}
