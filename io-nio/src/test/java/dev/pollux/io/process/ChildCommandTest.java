package dev.pollux.io.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.pollux.core.Future;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.io.LimitExceededException;
import dev.pollux.spi.Blocking;
import dev.pollux.testing.FutureConformance;
import dev.pollux.testing.LawCheck;
import dev.pollux.testing.PollHarness;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

class ChildCommandTest {

  @TempDir Path directory;

  private final PolluxRuntime runtime = PolluxRuntime.currentThread();

  @BeforeAll
  static void needsAShell() {
    assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "there is no /bin/sh here");
  }

  @AfterEach
  void close() {
    runtime.close();
  }

  private static ChildCommand shell(String script) {
    return ChildCommand.of("/bin/sh", "-c", script);
  }

  private String text(ChildCommand command) throws Exception {
    return runtime.blockOn(command.output(100_000)).stdoutText();
  }

  @Test
  void outputHasTheExitCodeAndBothOutputs() throws Exception {
    ChildOutput output = runtime.blockOn(shell("printf out; printf err >&2; exit 3").output(100));
    assertThat(output.exitCode()).isEqualTo(3);
    assertThat(output.succeeded()).isFalse();
    assertThat(output.stdoutText()).isEqualTo("out");
    assertThat(output.stderrText()).isEqualTo("err");
  }

  @Test
  void argumentsAreNoShell() throws Exception {
    String argument = "$HOME; echo `id` \"'\\ *";
    assertThat(text(ChildCommand.of("printf", "%s|", argument).arguments("", "b")))
        .isEqualTo(argument + "||b|");
  }

  @Test
  void theEnvironmentIsThatOfThisProcessButForWhatIsSaid() throws Exception {
    String path = System.getenv("PATH");
    assertThat(text(shell("printf %s \"$PATH $A\"").environment("A", "a b")))
        .isEqualTo(path + " a b");
    assertThat(text(shell("printf %s \"${PATH-none}\"").withoutEnvironment("PATH")))
        .isNotEqualTo(path);
    assertThat(text(ChildCommand.of("/usr/bin/env").clearEnvironment().environment("A", "1")))
        .isEqualTo("A=1\n");
  }

  @Test
  void itRunsWhereItIsToldTo() throws Exception {
    assertThat(text(shell("pwd -P").directory(directory))).isEqualTo(directory.toRealPath() + "\n");
  }

  @Test
  void withoutAnInputItIsAtItsEnd() throws Exception {
    assertThat(text(ChildCommand.of("cat"))).isEmpty();
  }

  @Test
  void filesAreReadAndWritten() throws Exception {
    Path in = directory.resolve("in");
    Path out = directory.resolve("out");
    Files.writeString(in, "abc");
    ChildCommand copy =
        ChildCommand.of("cat").stdin(ChildStream.file(in)).stdout(ChildStream.file(out));
    assertThat(runtime.blockOn(copy.status())).isZero();
    assertThat(runtime.blockOn(copy.status())).isZero();
    assertThat(out).hasContent("abc");
    assertThat(runtime.blockOn(copy.stdout(ChildStream.appendTo(out)).output(1)).stdout())
        .isEmpty();
    assertThat(out).hasContent("abcabc");
    assertThat(text(copy.stdout(ChildStream.DISCARD))).isEmpty();
  }

  @Test
  void errorsCanBeMerged() throws Exception {
    ChildOutput output =
        runtime.blockOn(shell("printf a; printf b >&2; printf c").mergeErrors().output(100));
    assertThat(output.stdoutText()).isEqualTo("abc");
    assertThat(output.stderr()).isEmpty();
  }

  @Test
  void tooMuchOutputIsAFailureAndKills() throws Exception {
    Path pid = directory.resolve("pid");
    ChildCommand endless = shell("echo $$ > pid; exec yes").directory(directory);
    assertThatThrownBy(() -> runtime.blockOn(endless.killOnClose(false).output(1_000_000)))
        .isInstanceOfSatisfying(
            LimitExceededException.class,
            failure -> assertThat(failure.limitBytes()).isEqualTo(1_000_000))
        .hasMessageMatching("stdout of /bin/sh-\\d+ has more than 1000000 bytes");
    Awaiting.gone(Long.parseLong(Files.readString(pid).strip()));
  }

  @Test
  void tooManyErrorsAreToo() {
    assertThatThrownBy(() -> runtime.blockOn(shell("exec yes >&2").output(10)))
        .isInstanceOf(LimitExceededException.class)
        .hasMessageStartingWith("stderr of");
  }

  @Test
  void whatCanNotBeStartedFails() {
    assertThatThrownBy(() -> runtime.blockOn(ChildCommand.of("/no/such/program").start()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("/no/such/program");
    Path nowhere = directory.resolve("nowhere");
    assertThatThrownBy(() -> runtime.blockOn(shell("true").directory(nowhere).status()))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(
            () -> runtime.blockOn(shell("true").stdin(ChildStream.file(nowhere)).output(1)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("nowhere");
  }

  @Test
  void statusIsTheExitCode() throws Exception {
    assertThat(runtime.blockOn(shell("exit 7").status())).isEqualTo(7);
    assertThat(runtime.blockOn(shell("kill -9 $$").status())).isEqualTo(128 + 9);
  }

  @Test
  void badInputIsRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> ChildCommand.of(""));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ChildCommand.of("a", "b\0c"))
        .withMessage("an argument must not have a character 0, was \"b\\0c\"");
    ChildCommand command = ChildCommand.of("a");
    assertThatIllegalArgumentException().isThrownBy(() -> command.environment("A=B", "c"));
    assertThatIllegalArgumentException().isThrownBy(() -> command.environment("A", "\0"));
    assertThatIllegalArgumentException().isThrownBy(() -> command.withoutEnvironment(""));
    assertThatIllegalArgumentException().isThrownBy(() -> command.output(-1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> command.stdin(ChildStream.appendTo(directory)));
    command.stdin(ChildStream.PIPE);
    assertThatIllegalStateException().isThrownBy(() -> command.output(1));
    assertThatIllegalStateException().isThrownBy(command::status);
    command.stdin(ChildStream.DISCARD).stderr(ChildStream.PIPE);
    assertThatIllegalStateException().isThrownBy(command::status);
  }

  @Test
  void whatIsRefusedLeavesTheCommandAsItWas() {
    ChildCommand command = ChildCommand.of("a", "b");
    assertThatIllegalArgumentException().isThrownBy(() -> command.arguments("c", "\0"));
    assertThat(command).hasToString("ChildCommand[a, b]");
  }

  @Test
  void aDirectoryOfAnotherFileSystemIsRefused() throws Exception {
    ChildCommand command = ChildCommand.of("a");
    try (FileSystem zip =
        FileSystems.newFileSystem(directory.resolve("a.zip"), Map.of("create", "true"))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> command.directory(zip.getPath("/")))
          .withMessage("directory must be one of the system, was /");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> ChildStream.file(zip.getPath("/a")))
          .withMessage("path must be a file of the system, was /a");
    }
  }

  @Test
  void aCancelAfterAnyPollLeavesNoProcess() throws Exception {
    for (int polls = 0; polls < 6; polls++) {
      Path pid = directory.resolve("pid" + polls);
      PollHarness harness = PollHarness.create();
      harness.offer(Blocking.class, new HandBlocking(harness.services().spawner()));
      Future<ChildOutput> output =
          shell("echo $$ > " + pid + ".part; mv " + pid + ".part " + pid + "; exec cat /dev/zero")
              .output(1 << 30);
      boolean started = false;
      for (int i = 0; i < polls; i++) {
        assertThat(harness.poll(output).isPending()).isTrue();
        started |= harness.runTasks() > 0;
        Awaiting.await("a wake", harness::woken);
      }
      if (started) {
        Awaiting.await("the process", () -> Files.exists(pid));
      }
      output.cancel();
      harness.runTasks();
      assertThat(harness.uncaught()).isEmpty();
      if (started) {
        Awaiting.gone(Long.parseLong(Files.readString(pid).strip()));
      } else {
        assertThat(pid).doesNotExist();
      }
    }
  }

  @Test
  void aStartThatIsCancelledTooLateIsClosed() throws Exception {
    PollHarness harness = PollHarness.create();
    harness.offer(Blocking.class, new HandBlocking(harness.services().spawner()));
    Future<ChildProcess> never = ChildCommand.of("sleep", "1000").start();
    assertThat(harness.poll(never).isPending()).isTrue();
    never.cancel();
    harness.runTasks();
    assertThat(harness.discarded()).isEmpty();
    Future<ChildProcess> late = ChildCommand.of("sleep", "1000").start();
    assertThat(harness.poll(late).isPending()).isTrue();
    harness.runTasks();
    late.cancel();
    assertThat(harness.discarded()).singleElement().isInstanceOf(ChildProcess.class);
    Awaiting.gone(((ChildProcess) harness.discarded().get(0)).pid());
  }

  @TestFactory
  Stream<DynamicTest> startsAndRunsConform() {
    List<LawCheck> checks = new ArrayList<>();
    checks.addAll(
        FutureConformance.of(
                "start",
                kit -> {
                  kit.offer(Blocking.class, new HandBlocking(kit.spawner()));
                  // One that ends by itself: of those that were started, the kit looks at few.
                  return ChildCommand.of("true").start();
                })
            .expectValue("be a process", child -> closed(child) > 0)
            .checks());
    ChildSetup setup =
        new ChildSetup(ChildStream.DISCARD, ChildStream.DISCARD, ChildStream.DISCARD, false, true);
    checks.addAll(
        FutureConformance.of(
                "run",
                kit ->
                    new RunChild<>(
                        "run",
                        kit.future("start", new ChildProcess(new EndedProcess(), "a", setup)),
                        kit.function(child -> kit.future("answer", 7))))
            .expectValue(7)
            .checks());
    checks.addAll(
        FutureConformance.of(
                "run that fails",
                kit ->
                    new RunChild<>(
                        "run",
                        kit.future("start", new ChildProcess(new EndedProcess(), "a", setup)),
                        kit.<ChildProcess, Future<Integer>>function(
                            child -> kit.failingFuture("answer", new IOException("torn")))))
            .expectFailure(IOException.class)
            .checks());
    return checks.stream().map(check -> DynamicTest.dynamicTest(check.name(), check::run));
  }

  private static long closed(ChildProcess child) {
    child.close();
    return child.pid();
  }
}
