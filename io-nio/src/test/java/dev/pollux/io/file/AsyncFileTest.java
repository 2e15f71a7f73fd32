package dev.pollux.io.file;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.pollux.core.Description;
import dev.pollux.core.Discard;
import dev.pollux.core.Future;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.Poll;
import dev.pollux.core.TaskFailedException;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.io.AsyncRead;
import dev.pollux.io.AsyncWrite;
import dev.pollux.io.EarlyEndException;
import dev.pollux.io.Io;
import dev.pollux.spi.Blocking;
import dev.pollux.testing.ConformanceKit;
import dev.pollux.testing.FutureConformance;
import dev.pollux.testing.Law;
import dev.pollux.testing.LawCheck;
import dev.pollux.testing.PollHarness;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.NonReadableChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

class AsyncFileTest {

  @TempDir Path directory;

  private final PollHarness harness = PollHarness.create();
  private final HandBlocking blocking = new HandBlocking(harness.services().spawner());
  private final List<AsyncFile> opened = new ArrayList<>();
  private Path path;

  @BeforeEach
  void offerBlocking() throws IOException {
    harness.offer(Blocking.class, blocking);
    path = directory.resolve("file");
    Files.writeString(path, "0123456789");
  }

  @AfterEach
  void closeAll() throws IOException {
    for (AsyncFile file : opened) {
      file.close();
    }
    harness.runTasks();
    assertThat(harness.uncaught()).isEmpty();
  }

  private AsyncFile open(OpenOption... options) throws Exception {
    AsyncFile file = await(AsyncFile.open(path, options));
    opened.add(file);
    return file;
  }

  private <T> T await(Future<T> future) throws Exception {
    while (true) {
      Poll<T> answer = harness.poll(future);
      if (answer.isReady()) {
        return answer.value();
      }
      harness.runTasks();
      assertThat(harness.woken()).as("waits for nothing").isTrue();
    }
  }

  private static ByteBuffer bytes(String text) {
    return StandardCharsets.US_ASCII.encode(text);
  }

  private static String text(ByteBuffer bytes) {
    return StandardCharsets.US_ASCII.decode(bytes.duplicate()).toString();
  }

  @Test
  void nothingIsDoneOnThePollingThread() throws Exception {
    Future<AsyncFile> open = AsyncFile.open(path);
    assertThat(blocking.jobs).isZero();
    assertThat(harness.poll(open).isPending()).isTrue();
    assertThat(blocking.jobs).isEqualTo(1);
    assertThat(Description.of(open).children()).hasSize(1);
    harness.runTasks();
    AsyncFile file = harness.poll(open).value();
    opened.add(file);
    assertThat(file).hasToString("AsyncFile[" + path + "]");
    assertThat(file.path()).isEqualTo(path);
    assertThatThrownBy(() -> harness.poll(open)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void anyPlaceCanBeReadAndWritten() throws Exception {
    AsyncFile file = open(READ, WRITE);
    ByteBuffer four = ByteBuffer.allocate(4);
    assertThat(await(file.read(four, 3))).isEqualTo(4);
    assertThat(text(four.flip())).isEqualTo("3456");
    assertThat(await(file.read(four.clear(), 8))).isEqualTo(2);
    assertThat(await(file.read(four.clear(), 10))).isEqualTo(AsyncRead.EOF);
    ByteBuffer src = bytes("abc");
    assertThat(await(file.writeAll(src, 8))).isNull();
    assertThat(src.hasRemaining()).isFalse();
    assertThat(Files.readString(path)).isEqualTo("01234567abc");
    assertThat(await(file.size())).isEqualTo(11);
    assertThat(await(file.force(true))).isNull();
    assertThat(await(file.truncate(5))).isNull();
    assertThat(Files.readString(path)).isEqualTo("01234");
  }

  @Test
  void readExactFillsTheBufferOrSaysWhatIsMissing() throws Exception {
    AsyncFile file = open(READ);
    ByteBuffer six = ByteBuffer.allocate(6);
    assertThat(await(file.readExact(six, 2))).isEqualTo(6);
    assertThat(text(six.flip())).isEqualTo("234567");
    assertThatThrownBy(() -> await(file.readExact(six.clear(), 7)))
        .isInstanceOfSatisfying(
            EarlyEndException.class, early -> assertThat(early.missingBytes()).isEqualTo(3));
    assertThat(six.position()).isEqualTo(3);
    assertThat(await(file.readExact(ByteBuffer.allocate(0), 0))).isZero();
  }

  @Test
  void moreThanOneCallIsMadeForALot() throws Exception {
    byte[] lot = new byte[3 * FileChunk.SIZE + 17];
    new Random(1).nextBytes(lot);
    AsyncFile file = open(READ, WRITE);
    int before = blocking.jobs;
    await(file.writeAll(ByteBuffer.wrap(lot), 0));
    assertThat(blocking.jobs - before).isEqualTo(4);
    assertThat(Files.readAllBytes(path)).isEqualTo(lot);
    ByteBuffer back = ByteBuffer.allocateDirect(lot.length);
    assertThat(await(file.readExact(back, 0))).isEqualTo(lot.length);
    assertThat(back.flip()).isEqualTo(ByteBuffer.wrap(lot));
    assertThat(await(file.read(back.clear(), 0))).isEqualTo(FileChunk.SIZE);
  }

  @Test
  void aReaderGoesFromOneByteToTheNext() throws Exception {
    AsyncFile file = open(READ);
    AsyncRead reader = file.reader(2);
    ByteBuffer three = ByteBuffer.allocate(3);
    assertThat(await(reader.read(three))).isEqualTo(3);
    assertThat(text(three.flip())).isEqualTo("234");
    assertThat(new String(await(reader.readToEnd(100)), StandardCharsets.US_ASCII))
        .isEqualTo("56789");
    assertThat(await(reader.read(three.clear()))).isEqualTo(AsyncRead.EOF);
    reader.close();
    assertThat(file.isOpen()).isFalse();
    assertThatThrownBy(() -> await(reader.read(three.clear())))
        .isInstanceOf(ClosedChannelException.class);
  }

  @Test
  void aReadThatIsGivenUpLosesNothing() throws Exception {
    AsyncRead reader = open(READ).reader(0);
    Future<Integer> lost = reader.read(ByteBuffer.allocate(4));
    assertThat(harness.poll(lost).isPending()).isTrue();
    lost.cancel();
    ByteBuffer two = ByteBuffer.allocate(2);
    assertThat(await(reader.read(two))).isEqualTo(2); // of the four that were asked for
    assertThat(text(two.flip())).isEqualTo("01");
    assertThat(new String(await(reader.readToEnd(100)), StandardCharsets.US_ASCII))
        .isEqualTo("23456789");
  }

  @Test
  void aReadThatIsGivenUpLeavesTheBufferOfItsCallerAlone() throws Exception {
    AsyncFile file = open(READ);
    ByteBuffer dst = ByteBuffer.allocate(4);
    Future<Integer> lost = file.read(dst, 0);
    assertThat(harness.poll(lost).isPending()).isTrue();
    lost.cancel();
    harness.runTasks();
    assertThat(dst.position()).isZero();
    assertThat(dst.array()).containsOnly(0);
  }

  @Test
  void aWriterTakesBytesAndAFlushWaitsForThem() throws Exception {
    AsyncWrite writer = open(WRITE).writer(5);
    ByteBuffer src = bytes("abc");
    assertThat(await(writer.write(src))).isEqualTo(3);
    src.clear().put((byte) '?'); // it is the caller's again
    assertThat(Files.readString(path)).isEqualTo("0123456789");
    assertThat(await(writer.flush())).isNull();
    assertThat(Files.readString(path)).isEqualTo("01234abc89");
    await(writer.writeAll(bytes("de"), bytes("f"), bytes("ghi")));
    await(writer.shutdown());
    assertThat(Files.readString(path)).isEqualTo("01234abcdefghi");
    assertThatThrownBy(() -> await(writer.write(bytes("x"))))
        .isInstanceOf(ClosedChannelException.class);
    await(writer.shutdown());
  }

  @Test
  void aWriterThatIsFullWaits() throws Exception {
    byte[] lot = new byte[2 * FileChunk.SIZE + 5];
    new Random(2).nextBytes(lot);
    AsyncWrite writer = open(WRITE).writer(0);
    Future<Void> all = writer.writeAll(ByteBuffer.wrap(lot));
    assertThat(harness.poll(all).isPending()).isTrue(); // one chunk is on its way
    await(all);
    await(writer.flush());
    assertThat(Files.readAllBytes(path)).isEqualTo(lot);
  }

  @Test
  void aWriterFailsFromTheNextCallOn() throws Exception {
    AsyncWrite writer = open(READ).writer(0);
    assertThat(await(writer.write(bytes("x")))).isEqualTo(1);
    assertThatThrownBy(() -> await(writer.flush())).isInstanceOf(NonWritableChannelException.class);
    AsyncFile file = open(WRITE);
    AsyncWrite other = file.writer(0);
    assertThat(await(other.write(bytes("x")))).isEqualTo(1);
    file.close();
    assertThatThrownBy(() -> await(other.flush())).isInstanceOf(ClosedChannelException.class);
    assertThatThrownBy(() -> await(other.write(bytes("x"))))
        .isInstanceOf(ClosedChannelException.class);
  }

  @Test
  void whatIsNoIoFailureIsRememberedByAWriterToo() throws Exception {
    AsyncWrite writer = open(READ).writer(0);
    assertThat(await(writer.write(bytes("lost")))).isEqualTo(4);
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> await(writer.flush()))
          .isInstanceOf(NonWritableChannelException.class);
    }
    assertThatThrownBy(() -> await(writer.writeAll(bytes("more"))))
        .isInstanceOf(NonWritableChannelException.class);
    assertThatThrownBy(() -> await(writer.shutdown()))
        .isInstanceOf(NonWritableChannelException.class);
  }

  @Test
  void aFileThatIsOpenedToAppendIsWrittenAtItsEndOnly() throws Exception {
    AsyncFile file = open(APPEND);
    await(file.append(bytes("ab")));
    AsyncWrite appender = file.appender();
    await(appender.writeAll(bytes("cd")));
    await(appender.shutdown());
    assertThat(Files.readString(path)).isEqualTo("0123456789abcd");
    assertThatThrownBy(() -> file.writeAll(bytes("x"), 0).cancel())
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> file.writer(0)).isInstanceOf(IllegalStateException.class);
    AsyncFile plain = open(WRITE);
    assertThatThrownBy(plain::appender).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> plain.append(bytes("x")).cancel())
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aLockIsTakenAndReleased() throws Exception {
    AsyncFile file = open(READ, WRITE);
    Optional<FileLock> lock = await(file.tryLock(0, Long.MAX_VALUE, false));
    assertThat(lock).isPresent();
    assertThatThrownBy(() -> await(file.tryLock(3, 1, false)))
        .isInstanceOf(OverlappingFileLockException.class);
    lock.orElseThrow().close();
    assertThat(await(file.tryLock(0, 5, false))).isPresent();
  }

  @Test
  void aLockOfAllThatComesMayBeginAnywhere() throws Exception {
    AsyncFile file = open(READ, WRITE);
    try (FileLock lock = await(file.tryLock(5, Long.MAX_VALUE, false)).orElseThrow()) {
      assertThat(lock.overlaps(Long.MAX_VALUE - 1, 1)).isTrue();
      assertThat(lock.overlaps(0, 5)).isFalse();
    }
  }

  @Test
  void anOptionMayBeSaidTwice() throws Exception {
    assertThat(await(open(READ, WRITE, READ).size())).isEqualTo(10);
  }

  @Test
  void failuresAreThoseOfTheCall() throws Exception {
    Path none = directory.resolve("none");
    assertThatThrownBy(() -> await(AsyncFile.open(none)))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessageContaining(none.toString());
    assertThatThrownBy(() -> await(AsyncFile.open(path, CREATE_NEW, WRITE)))
        .isInstanceOf(FileAlreadyExistsException.class);
    AsyncFile file = open(WRITE);
    assertThatThrownBy(() -> await(file.read(ByteBuffer.allocate(1), 0)))
        .isInstanceOf(NonReadableChannelException.class);
    assertThatThrownBy(() -> await(file.reader(0).read(ByteBuffer.allocate(1))))
        .isInstanceOf(NonReadableChannelException.class);
  }

  @Test
  void attributesAreGivenToWhatIsCreated() throws Exception {
    Path secret = directory.resolve("secret");
    FileAttribute<?> permissions =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    opened.add(await(AsyncFile.open(secret, Set.of(CREATE, WRITE), permissions)));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(secret)))
        .isEqualTo("rw-------");
  }

  @Test
  void aPoolThatIsFullRefuses() throws Exception {
    AsyncFile file = open(READ, WRITE);
    AsyncWrite writer = file.writer(0);
    AsyncRead reader = file.reader(0);
    blocking.full = true;
    assertThatThrownBy(() -> await(AsyncFile.open(path)))
        .isInstanceOf(RejectedExecutionException.class);
    assertThatThrownBy(() -> await(file.size())).isInstanceOf(RejectedExecutionException.class);
    assertThatThrownBy(() -> await(file.writeAll(bytes("x"), 0)))
        .isInstanceOf(RejectedExecutionException.class);
    assertThatThrownBy(() -> await(reader.read(ByteBuffer.allocate(10))))
        .isInstanceOf(RejectedExecutionException.class);
    ByteBuffer src = bytes("x");
    assertThatThrownBy(() -> await(writer.write(src)))
        .isInstanceOf(RejectedExecutionException.class);
    assertThat(src.remaining()).isEqualTo(1);
    blocking.full = false;
    assertThat(await(writer.write(src))).isEqualTo(1);
    await(writer.flush());
    assertThat(await(reader.read(ByteBuffer.allocate(10)))).isEqualTo(10);
  }

  @Test
  void anOpenThatIsGivenUpClosesWhatItHasOpened() throws Exception {
    Future<AsyncFile> open = AsyncFile.open(path);
    assertThat(harness.poll(open).isPending()).isTrue();
    harness.runTasks(); // it is open now
    open.cancel();
    assertThat(harness.discarded()).hasSize(1);
    assertThat(((AsyncFile) harness.discarded().get(0)).isOpen()).isFalse();
  }

  @Test
  void closeFailsWhatHasNotBegun() throws Exception {
    AsyncFile file = open(READ, WRITE);
    Future<Integer> read = file.read(ByteBuffer.allocate(4), 0);
    Future<Integer> sequential = file.reader(0).read(ByteBuffer.allocate(4));
    Future<Void> write = file.writeAll(bytes("xyz"), 0);
    Future<Long> size = file.size();
    assertThat(harness.poll(read).isPending()).isTrue();
    assertThat(harness.poll(sequential).isPending()).isTrue();
    assertThat(harness.poll(write).isPending()).isTrue();
    assertThat(harness.poll(size).isPending()).isTrue();
    file.close();
    file.close();
    assertThat(file).hasToString("AsyncFile[" + path + ", closed]");
    harness.runTasks();
    for (Future<?> failed : List.of(read, sequential, write, size)) {
      assertThatThrownBy(() -> harness.poll(failed)).isInstanceOf(ClosedChannelException.class);
    }
    assertThat(Files.readString(path)).isEqualTo("0123456789");
  }

  @Test
  void theChannelIsClosedOnThePoolIfACallUsesIt() throws Exception {
    AsyncFile file = open(READ);
    FileChannel used =
        file.use(
            channel -> {
              file.close();
              assertThat(channel.isOpen()).isTrue();
              harness.runTasks();
              assertThat(channel.isOpen()).isFalse();
              return channel;
            });
    assertThat(used.isOpen()).isFalse();
  }

  @Test
  void theLastCallClosesTheChannelIfThePoolTakesNoMore() throws Exception {
    AsyncFile file = open(READ);
    blocking.full = true;
    FileChannel used =
        file.use(
            outer ->
                file.use(
                    channel -> {
                      file.close();
                      assertThat(channel.isOpen()).isTrue();
                      return channel;
                    }));
    assertThat(used.isOpen()).isFalse();
    assertThatThrownBy(() -> file.use(FileChannel::size))
        .isInstanceOf(ClosedChannelException.class);
  }

  @Test
  void badInputIsRefused() throws Exception {
    AsyncFile file = open(READ);
    assertThatThrownBy(() -> file.read(ByteBuffer.allocate(0), 0).cancel())
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> file.read(ByteBuffer.allocate(1), -1).cancel())
        .hasMessage("position must be at least 0, was -1");
    assertThatThrownBy(() -> file.read(ByteBuffer.allocate(1).asReadOnlyBuffer(), 0).cancel())
        .isInstanceOf(ReadOnlyBufferException.class);
    assertThatThrownBy(() -> file.reader(-1)).hasMessageContaining("position");
    assertThatThrownBy(() -> file.truncate(-1).cancel()).hasMessageContaining("size");
    assertThatThrownBy(() -> file.tryLock(0, -1, false).cancel()).hasMessageContaining("size");
    assertThatThrownBy(() -> await(file.reader(0).read(ByteBuffer.allocate(0))))
        .isInstanceOf(IllegalArgumentException.class);
  }

  // ---- in a runtime

  @Test
  void aFileIsCopiedInARuntime() throws Exception {
    byte[] lot = new byte[1_000_003];
    new Random(3).nextBytes(lot);
    Files.write(path, lot);
    Path copy = directory.resolve("copy");
    try (PolluxRuntime runtime = PolluxRuntime.multiThread();
        AsyncFile from = runtime.blockOn(AsyncFile.open(path, READ));
        AsyncFile to = runtime.blockOn(AsyncFile.open(copy, CREATE, WRITE))) {
      AsyncWrite writer = to.writer(0);
      Future<Long> copied =
          Io.copy(from.reader(0), writer).flatMap(count -> writer.flush().map(done -> count));
      assertThat(runtime.blockOn(copied)).isEqualTo(lot.length);
    }
    assertThat(copy).hasBinaryContent(lot);
  }

  @Test
  void closeStopsACallThatBlocks() throws Exception {
    Path pipe = directory.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    try (PolluxRuntime runtime = PolluxRuntime.multiThread();
        RandomAccessFile reader = new RandomAccessFile(pipe.toFile(), "rw")) { // blocks for nobody
      AsyncFile file = runtime.blockOn(AsyncFile.open(pipe, APPEND));
      JoinHandle<Void> append = runtime.spawn(file.append(ByteBuffer.allocate(1 << 20)));
      assertThat(reader.read()).isZero(); // so it has begun, and has no room for all
      file.close();
      assertThatThrownBy(() -> runtime.blockOn(append))
          .hasCauseInstanceOf(ClosedChannelException.class);
    }
  }

  @Test
  void aPipeHasNoPlaces() throws Exception {
    Path pipe = directory.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    try (PolluxRuntime runtime = PolluxRuntime.multiThread();
        AsyncFile file = runtime.blockOn(AsyncFile.open(pipe, READ, WRITE))) {
      assertThatThrownBy(() -> runtime.blockOn(file.read(ByteBuffer.allocate(1), 0)))
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void closeBesideCallsThatRunIsSafe() throws Exception {
    byte[] lot = new byte[200_000];
    Files.write(path, lot);
    try (PolluxRuntime runtime = PolluxRuntime.multiThread()) {
      for (int round = 0; round < 50; round++) {
        AsyncFile file = runtime.blockOn(AsyncFile.open(path, READ));
        CountDownLatch begun = new CountDownLatch(1);
        List<JoinHandle<Integer>> reads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
          Future<Integer> read = file.readExact(ByteBuffer.allocate(lot.length), 0);
          reads.add(
              runtime.spawn(
                  cx -> {
                    begun.countDown();
                    return read.poll(cx);
                  }));
        }
        assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
        file.close();
        for (JoinHandle<Integer> read : reads) {
          try {
            assertThat(runtime.blockOn(read)).isEqualTo(lot.length);
          } catch (TaskFailedException failed) {
            assertThat(failed.getCause()).isInstanceOf(ClosedChannelException.class);
          }
        }
      }
    }
  }

  // ---- conformance

  private AsyncFile openNow(ConformanceKit kit, OpenOption... options) {
    try {
      HandBlocking pool = new HandBlocking(kit.spawner());
      kit.offer(Blocking.class, pool);
      AsyncFile file =
          AsyncFile.openNow(
              path, Set.of(options), new FileAttribute<?>[0], pool, Discard.closing());
      opened.add(file);
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<DynamicTest> named(List<LawCheck> checks) {
    return checks.stream().map(check -> dynamicTest(check.law().toString(), check::run));
  }

  private <T> Stream<DynamicTest> conforms(
      String name, Function<ConformanceKit, Future<T>> make, T expected) {
    return named(FutureConformance.of(name, make).expectValue(expected).checks());
  }

  @TestFactory
  Stream<DynamicTest> openConforms() {
    return named(
        FutureConformance.of(
                "open",
                kit -> {
                  kit.offer(Blocking.class, new HandBlocking(kit.spawner()));
                  return AsyncFile.open(path);
                })
            .expectValue("be open", AsyncFile::isOpen)
            .checks());
  }

  @TestFactory
  Stream<DynamicTest> readConforms() {
    return conforms("read", kit -> openNow(kit, READ).read(ByteBuffer.allocate(4), 3), 4);
  }

  @TestFactory
  Stream<DynamicTest> readExactConforms() {
    return conforms("readExact", kit -> openNow(kit, READ).readExact(ByteBuffer.allocate(4), 3), 4);
  }

  @TestFactory
  Stream<DynamicTest> writeAllConforms() {
    return conforms("writeAll", kit -> openNow(kit, WRITE).writeAll(bytes("34"), 3), null);
  }

  @TestFactory
  Stream<DynamicTest> sizeConforms() {
    return conforms("size", kit -> openNow(kit, READ).size(), 10L);
  }

  @TestFactory
  Stream<DynamicTest> forceConforms() {
    return conforms("force", kit -> openNow(kit, WRITE).force(false), null);
  }

  @TestFactory
  Stream<DynamicTest> sequentialReadConforms() {
    return sequentialConforms(
        "read of a reader", kit -> openNow(kit, READ).reader(7).read(ByteBuffer.allocate(4)), 3);
  }

  @TestFactory
  Stream<DynamicTest> sequentialWriteConforms() {
    return sequentialConforms(
        "write and flush of a writer",
        kit -> {
          AsyncWrite writer = openNow(kit, WRITE).writer(3);
          return writer.writeAll(bytes("34")).flatMap(done -> writer.flush());
        },
        null);
  }

  private <T> Stream<DynamicTest> sequentialConforms(
      String name, Function<ConformanceKit, Future<T>> make, T expected) {
    return named(
        FutureConformance.of(name, make)
            .expectValue(expected)
            .without(
                Law.NOTHING_RETAINED,
                "one that is given up leaves its waker, and what is under way, in the stream")
            .checks());
  }
}
