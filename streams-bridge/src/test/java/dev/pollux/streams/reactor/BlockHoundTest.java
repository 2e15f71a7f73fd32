package dev.pollux.streams.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Executable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** BlockHound rewrites classes for good, and wants an option, so it gets a JVM of its own. */
final class BlockHoundTest {

  @Test
  void blockingCallOnWorkerIsFoundAndOwnWaitsAreNot(@TempDir Path directory) throws Exception {
    Path output = directory.resolve("output.txt");
    Process program =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-ea",
                "-XX:+AllowRedefinitionToAddDeleteMethods",
                "-XX:+EnableDynamicAgentLoading",
                "-cp",
                System.getProperty(
                    "surefire.real.class.path", System.getProperty("java.class.path")),
                BlockHoundProgram.class.getName())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertThat(program.waitFor(120, TimeUnit.SECONDS)).isTrue();
    } finally {
      program.destroyForcibly();
    }
    List<String> lines = Files.readAllLines(output, StandardCharsets.UTF_8);
    assertThat(lines)
        .as(() -> String.join("\n", lines))
        .contains(
            "job: failed, found 1",
            "single: failed, found 1",
            "task: failed, found 1",
            "pool: returned, found 0",
            "in place: returned, found 0",
            "after it: failed, found 1",
            "own waits: returned, found 0",
            "end");
  }

  @Test
  void everyAllowedMethodExists() throws Exception {
    for (String[] methods : PolluxBlockHoundIntegration.SHORT_WAITS) {
      Class<?> type = Class.forName(methods[0], false, BlockHoundTest.class.getClassLoader());
      assertThat(Stream.of(type.getDeclaredMethods()).map(Executable::getName))
          .as(methods[0])
          .contains(Stream.of(methods).skip(1).toArray(String[]::new));
    }
  }

  @Test
  void serviceIsNamedForTheClassPath() throws Exception {
    String name = "META-INF/services/reactor.blockhound.integration.BlockHoundIntegration";
    Stream<String> providers =
        BlockHoundTest.class
            .getClassLoader()
            .resources(name)
            .flatMap(
                url -> {
                  try (var in = url.openStream()) {
                    return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines();
                  } catch (java.io.IOException e) {
                    throw new java.io.UncheckedIOException(e);
                  }
                });
    assertThat(providers).contains(PolluxBlockHoundIntegration.class.getName());
  }
}
