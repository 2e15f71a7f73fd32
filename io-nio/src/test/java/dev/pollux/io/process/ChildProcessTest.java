package dev.pollux.io.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.Poll;
import dev.pollux.core.TaskFailedException;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.io.AsyncByteStreamConformance;
import dev.pollux.io.AsyncRead;
import dev.pollux.io.BufReader;
import dev.pollux.io.Duplex;
import dev.pollux.io.Io;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class ChildProcessTest {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final PolluxRuntime currentThread = PolluxRuntime.currentThread();
  private final PolluxRuntime runtime =
      PolluxRuntime.builder().workers(2).maxBlockingThreads(4).multiThread();

  private final List<ChildProcess> children = new ArrayList<>();

  @BeforeAll
  static void needsAShell() {
    assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "there is no /bin/sh here");
  }

  @AfterEach
  void close() {
    children.forEach(ChildProcess::close);
    currentThread.close();
    runtime.close();
  }

  private <T extends @Nullable Object> T run(Future<T> future) throws Exception {
    return runtime.blockOn(future.timeout(LIMIT));
  }

  private ChildProcess start(ChildCommand command) throws Exception {
    ChildProcess child = run(command.start());
    children.add(child);
    return child;
  }

  private ChildProcess shell(String script) throws Exception {
    return start(ChildCommand.of("/bin/sh", "-c", script));
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
  }

  private String line(BufReader reader) throws Exception {
    return run(reader.readLine(1_000)).orElseThrow();
  }

  /** Spawns a read that waits. */
  private JoinHandle<Integer> waitingRead(AsyncRead from) throws Exception {
    Future<Integer> read = from.read(ByteBuffer.allocate(9));
    JoinHandle<Boolean> polled =
        runtime.spawn(Futures.pollFn(cx -> Poll.ready(read.poll(cx).isPending())));
    assertThat(run(polled)).isTrue();
    return runtime.spawn(read);
  }

  // ---- talking

  @Test
  void aChildIsSpokenWith() throws Exception {
    ChildProcess child = start(ChildCommand.of("cat"));
    BufReader out = child.stdout().bufferedReader(100);
    for (int i = 0; i < 100; i++) {
      run(child.stdin().writeAll(bytes(i + "\n")));
      assertThat(line(out)).isEqualTo(Integer.toString(i));
    }
    assertThat(child.isAlive()).isTrue();
    assertThat(child.exitCode()).isEmpty();
    run(child.stdin().shutdown());
    assertThat(run(out.readLine(9))).isEmpty();
    assertThat(run(child.exit())).isZero();
    assertThat(child.exitCode()).hasValue(0);
  }

  @Test
  void anyNumberMayWaitForItsExit() throws Exception {
    ChildProcess child = shell("read x; exit 4");
    List<JoinHandle<Integer>> waiters = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      waiters.add(runtime.spawn(child.exit()));
    }
    assertThat(child.exit().pollNow().isPending()).isTrue();
    run(child.stdin().writeAll(bytes("\n")));
    for (JoinHandle<Integer> waiter : waiters) {
      assertThat(run(waiter)).isEqualTo(4);
    }
    assertThat(run(child.exit())).isEqualTo(4);
  }

  @TestFactory
  Stream<DynamicTest> twoPipesConform() {
    AsyncByteStreamConformance.Ends ends =
        () -> {
          ChildProcess there = start(ChildCommand.of("cat"));
          ChildProcess back = start(ChildCommand.of("cat"));
          return new Duplex(
              Io.join(back.stdout(), there.stdin()), Io.join(there.stdout(), back.stdin()));
        };
    return Stream.concat(
        AsyncByteStreamConformance.of("two children on one thread", currentThread, ends).tests(),
        AsyncByteStreamConformance.of("two children on two workers", runtime, ends).tests());
  }

  // ---- much

  @Test
  void aHundredMegabytesComeThroughThoughTheReaderIsSlow() throws Exception {
    int all = 100_000_000;
    ChildProcess child = start(ChildCommand.of("head", "-c", Integer.toString(all), "/dev/zero"));
    ByteBuffer dst = ByteBuffer.allocate(9_999);
    long count = 0;
    for (int i = 0; i < 100; i++) { // each of them a hand-over to here
      count += run(child.stdout().read(dst.clear()));
      assertThat(((ThreadedRead) child.stdout()).heldBytes()).isLessThanOrEqualTo(64 << 10);
    }
    assertThat(child.isAlive()).isTrue();
    count += run(Io.copy(child.stdout(), Io.sink()));
    assertThat(count).isEqualTo(all);
    assertThat(run(child.exit())).isZero();
  }

  @Test
  void aChildThatNeverReadsStopsItsWriter() throws Exception {
    ChildProcess child = start(ChildCommand.of("sleep", "1000"));
    ByteBuffer src = ByteBuffer.allocate(10 << 20);
    JoinHandle<Void> write = runtime.spawn(child.stdin().writeAll(src));
    Awaiting.await("a full pipe", () -> src.position() >= 64 << 10);
    child.kill();
    assertThatThrownBy(() -> run(write))
        .isInstanceOf(TaskFailedException.class)
        .hasCauseInstanceOf(IOException.class);
    assertThat(src.position()).isLessThan(1 << 20);
    assertThat(run(child.exit())).isEqualTo(128 + 9);
    assertThatThrownBy(() -> run(child.stdin().shutdown())).isInstanceOf(IOException.class);
  }

  @Test
  void manyChildrenDoNotNeedTheBlockingPool() throws Exception {
    int many = 256;
    List<JoinHandle<ChildProcess>> starts = new ArrayList<>();
    for (int i = 0; i < many; i++) {
      starts.add(runtime.spawn(ChildCommand.of("cat").start()));
    }
    for (JoinHandle<ChildProcess> start : starts) {
      children.add(run(start));
    }
    List<JoinHandle<Integer>> reads = new ArrayList<>();
    for (ChildProcess child : children) {
      reads.add(runtime.spawn(child.stdout().read(ByteBuffer.allocate(9))));
    }
    JoinHandle<String> blocking = runtime.spawnBlocking(() -> "goes on");
    assertThat(run(blocking)).isEqualTo("goes on");
    for (ChildProcess child : children) {
      run(child.stdin().writeAll(bytes("abc")));
    }
    for (JoinHandle<Integer> read : reads) {
      assertThat(run(read)).isEqualTo(3);
    }
    children.forEach(ChildProcess::close);
    for (ChildProcess child : children) {
      assertThat(run(child.exit())).isEqualTo(128 + 9);
      Awaiting.gone(child.pid());
    }
  }

  // ---- ends

  @Test
  void aChildMayCloseItsOutputAndLiveOn() throws Exception {
    ChildProcess child = shell("exec >&- 2>&-; read x; exit 3");
    assertThat(run(child.stdout().readToEnd(9))).isEmpty();
    assertThat(run(child.stderr().readToEnd(9))).isEmpty();
    assertThat(child.isAlive()).isTrue();
    run(child.stdin().writeAll(bytes("\n")));
    assertThat(run(child.exit())).isEqualTo(3);
  }

  @Test
  void whatAGrandchildWritesComesAfterTheEndOfTheChild() throws Exception {
    ChildProcess child =
        shell("exec 3<&0; echo ready; { read x <&3; echo late; } & read y; exit 5");
    BufReader out = child.stdout().bufferedReader(100);
    assertThat(line(out)).isEqualTo("ready");
    // Whoever of the two reads a line, the child needs one more.
    run(child.stdin().writeAll(bytes("a\n")));
    JoinHandle<Optional<String>> late = runtime.spawn(out.readLine(100));
    run(child.stdin().writeAll(bytes("b\n")));
    assertThat(run(child.exit())).isEqualTo(5);
    assertThat(run(late)).hasValue("late");
    assertThat(run(out.readLine(9))).isEmpty();
  }

  @Test
  void soItDoesWhereNobodyWaitsForItAtThatTime() throws Exception {
    Path fifo = Files.createTempDirectory("pollux").resolve("fifo");
    try {
      assertThat(run(ChildCommand.of("mkfifo", fifo.toString()).status())).isZero();
      ChildProcess child =
          shell("echo ready; { read x < " + fifo + "; echo late; } & read y; exit 5");
      BufReader out = child.stdout().bufferedReader(100);
      assertThat(line(out)).isEqualTo("ready");
      run(child.stdin().writeAll(bytes("\n")));
      assertThat(run(child.exit())).isEqualTo(5);
      assertThat(run(ChildCommand.of("/bin/sh", "-c", "echo > " + fifo).status())).isZero();
      assertThat(line(out)).isEqualTo("late");
      assertThat(run(out.readLine(9))).isEmpty();
    } finally {
      Files.delete(fifo);
      Files.delete(fifo.getParent());
    }
  }

  @Test
  void whatTheChildHasWrittenIsThereThoughNobodyHadBegunToRead() throws Exception {
    ChildProcess child = shell("printf early; printf failed >&2; exit 5");
    assertThat(run(child.exit())).isEqualTo(5);
    assertThat(run(child.stdout().readToEnd(9))).asString().isEqualTo("early");
    assertThat(run(child.stderr().readToEnd(9))).asString().isEqualTo("failed");
  }

  @Test
  void aKillEndsAReadThatWaits() throws Exception {
    ChildProcess child = start(ChildCommand.of("sleep", "1000"));
    JoinHandle<Integer> read = waitingRead(child.stdout());
    child.kill();
    assertThat(run(read)).isEqualTo(AsyncRead.EOF);
    assertThat(run(child.exit())).isEqualTo(128 + 9);
    child.kill();
    child.terminate();
    child.close();
  }

  @Test
  void whoIsAskedToExitMaySayLastWords() throws Exception {
    ChildProcess child =
        shell("trap 'echo last words; exit 6' TERM; echo ready; while :; do read x; done");
    BufReader out = child.stdout().bufferedReader(100);
    assertThat(line(out)).isEqualTo("ready");
    child.terminate();
    // A shell looks at its traps when what it waits for is over.
    run(child.stdin().writeAll(bytes("\n")));
    assertThat(line(out)).isEqualTo("last words");
    assertThat(run(child.exit())).isEqualTo(6);
  }

  @Test
  void aCloseKillsAndFailsWhoWaits() throws Exception {
    ChildProcess child = start(ChildCommand.of("sleep", "1000"));
    JoinHandle<Integer> read = waitingRead(child.stdout());
    child.close();
    assertThatThrownBy(() -> run(read)).hasCauseInstanceOf(ClosedChannelException.class);
    assertThatThrownBy(() -> run(child.stdin().writeAll(bytes("a"))))
        .isInstanceOf(ClosedChannelException.class);
    assertThatThrownBy(() -> run(child.stderr().read(ByteBuffer.allocate(1))))
        .isInstanceOf(ClosedChannelException.class);
    assertThat(run(child.exit())).isEqualTo(128 + 9);
    Awaiting.gone(child.pid());
    child.close();
  }

  @Test
  void aCloseFromAnotherThreadMeetsReadsAndWrites() throws Exception {
    for (int i = 0; i < 20; i++) {
      ChildProcess child = start(ChildCommand.of("cat"));
      JoinHandle<Long> reads = runtime.spawn(Io.copy(child.stdout(), Io.sink()));
      JoinHandle<Void> writes = runtime.spawn(child.stdin().writeAll(ByteBuffer.allocate(1 << 30)));
      Awaiting.await("a start", child::isAlive);
      Thread closer = new Thread(child::close);
      closer.start();
      // Either may hear of the kill before it hears of the close.
      Boolean ended = run(reads.handle((count, failure) -> failure == null || isClosed(failure)));
      assertThat(ended).isTrue();
      assertThatThrownBy(() -> run(writes)).hasCauseInstanceOf(IOException.class);
      closer.join();
      Awaiting.gone(child.pid());
    }
  }

  private static boolean isClosed(Exception failure) {
    return failure.getCause() instanceof ClosedChannelException;
  }

  @Test
  void oneThatIsNotKilledOnCloseLivesOn() throws Exception {
    ChildProcess child = start(ChildCommand.of("sleep", "1000").killOnClose(false));
    child.close();
    assertThat(child.isAlive()).isTrue();
    child.terminate();
    assertThat(run(child.exit())).isEqualTo(128 + 15);
  }

  @Test
  void theThreadsOfItsPipesEndWithIt() throws Exception {
    ChildProcess child = start(ChildCommand.of("cat"));
    JoinHandle<Integer> read = waitingRead(child.stdout());
    run(child.stdin().writeAll(bytes("abc")));
    assertThat(run(read)).isEqualTo(3);
    assertThat(threadsOf(child)).isEqualTo(2);
    child.close();
    Awaiting.await("the end of the threads", () -> threadsOf(child) == 0);
  }

  private static long threadsOf(ChildProcess child) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().endsWith(child.toString()))
        .count();
  }

  @Test
  void oneThatHasExitedIsNoZombie() throws Exception {
    ChildProcess child = shell("exit 0");
    assertThat(run(child.exit())).isZero();
    assertThat(ProcessHandle.of(child.pid())).isEmpty();
  }

  @Test
  void aTreeIsKilledAsAWhole() throws Exception {
    ChildProcess child =
        shell("sleep 1000 & echo $!; /bin/sh -c 'sleep 1000 & echo $!; wait'; exit 9");
    BufReader out = child.stdout().bufferedReader(100);
    long first = Long.parseLong(line(out));
    long second = Long.parseLong(line(out));
    assertThat(run(child.killTree())).isEqualTo(4);
    assertThat(run(child.exit())).isEqualTo(128 + 9);
    // Whoever takes orphans over may leave them in the table for a while.
    assertThat(run(out.readLine(9))).isEmpty();
    assertThat(List.of(first, second)).allMatch(pid -> pid > 0);
  }

  @Test
  void whatIsNoPipeHasNoStream() throws Exception {
    ChildProcess child =
        start(
            ChildCommand.of("sleep", "1000")
                .stdin(ChildStream.DISCARD)
                .stdout(ChildStream.DISCARD)
                .mergeErrors());
    assertThatIllegalStateException().isThrownBy(child::stdin).withMessageContaining("stdin");
    assertThatIllegalStateException().isThrownBy(child::stdout);
    assertThatIllegalStateException().isThrownBy(child::stderr);
  }
}
