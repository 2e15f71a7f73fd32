package dev.pollux.io.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.io.file.PathBatch.OpenPaths;
import dev.pollux.spi.Blocking;
import dev.pollux.testing.AsyncIteratorConformance;
import dev.pollux.testing.PollHarness;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

class AsyncFilesTest {

  @TempDir Path directory;

  private final PollHarness harness = PollHarness.create();
  private final HandBlocking blocking = new HandBlocking(harness.services().spawner());

  /** How often something was opened, less how often it was closed. */
  private int open;

  @BeforeEach
  void offerBlocking() {
    harness.offer(Blocking.class, blocking);
  }

  @AfterEach
  void nothingIsLeft() {
    harness.runTasks();
    assertThat(open).isZero();
    assertThat(harness.uncaught()).isEmpty();
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

  private void make(String... names) throws IOException {
    for (String name : names) {
      Path path = directory.resolve(name);
      Files.createDirectories(path.getParent());
      Files.createFile(path);
    }
  }

  private List<String> names(AsyncIterator<Path> paths) throws Exception {
    List<String> names = new ArrayList<>();
    for (Path path : await(paths.toList())) {
      names.add(directory.relativize(path).toString());
    }
    return names;
  }

  @Test
  void aDirectoryIsListed() throws Exception {
    make("a", "b", ".c", "d/e");
    for (int atOnce : new int[] {1, 2, 3, 4, 5, 100}) {
      assertThat(names(AsyncFiles.list(directory, atOnce)))
          .containsExactlyInAnyOrder("a", "b", ".c", "d");
    }
    assertThat(names(AsyncFiles.list(directory, "{a,d}", 10))).containsExactlyInAnyOrder("a", "d");
    assertThat(names(AsyncFiles.list(directory.resolve("d"), 10))).containsExactly("d/e");
    Files.delete(directory.resolve("d/e"));
    assertThat(names(AsyncFiles.list(directory.resolve("d"), 10))).isEmpty();
  }

  @Test
  void entriesAreReadAsTheyAreAskedFor() throws Exception {
    make("a", "b", "c", "d", "e");
    AsyncIterator<Path> entries = AsyncFiles.list(directory, 2);
    assertThat(blocking.jobs).isZero();
    for (int i = 1; i <= 5; i++) {
      assertThat(await(entries.next())).isPresent();
      assertThat(blocking.jobs).isEqualTo((i + 1) / 2);
    }
    entries.cancel();
  }

  @Test
  void aTreeIsWalked() throws Exception {
    make("a", "b/c", "b/d/e");
    assertThat(names(AsyncFiles.walk(directory, 10, 3)))
        .containsExactlyInAnyOrder("", "a", "b", "b/c", "b/d", "b/d/e");
    assertThat(names(AsyncFiles.walk(directory, 1, 3))).containsExactlyInAnyOrder("", "a", "b");
    assertThat(names(AsyncFiles.walk(directory, 0, 3))).containsExactly("");
  }

  @Test
  void failuresOfDirectoriesAreThoseOfTheCall() throws Exception {
    make("file");
    assertThatThrownBy(() -> names(AsyncFiles.list(directory.resolve("none"), 5)))
        .isInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(() -> names(AsyncFiles.list(directory.resolve("file"), 5)))
        .isInstanceOf(NotDirectoryException.class);
    assertThatThrownBy(() -> names(AsyncFiles.walk(directory.resolve("none"), 1, 5)))
        .isInstanceOf(NoSuchFileException.class);
  }

  // ---- who closes

  /** Numbers in place of paths, with a failure after them if there is one. */
  private AsyncIterator<Path> numbers(int count, RuntimeException failure, int atOnce) {
    return new PathEntries(
        directory,
        () -> {
          open++;
          Iterator<Integer> numbers = IntStream.range(0, count).iterator();
          return new OpenPaths(
              new Iterator<>() {
                @Override
                public boolean hasNext() {
                  if (!numbers.hasNext() && failure != null) {
                    throw failure;
                  }
                  return numbers.hasNext();
                }

                @Override
                public Path next() {
                  return Path.of(numbers.next().toString());
                }
              },
              () -> open--);
        },
        atOnce);
  }

  @Test
  void theDirectoryIsClosedAtTheEnd() throws Exception {
    assertThat(await(numbers(5, null, 2).count())).isEqualTo(5);
    assertThat(open).isZero();
    assertThat(await(numbers(4, null, 2).count())).isEqualTo(4);
    assertThat(open).isZero();
  }

  @Test
  void theDirectoryIsClosedByAFailure() {
    IOException broken = new IOException("broken");
    assertThatThrownBy(() -> await(numbers(5, new UncheckedIOException(broken), 2).count()))
        .isSameAs(broken);
    assertThat(open).isZero();
    assertThatThrownBy(() -> await(numbers(5, new DirectoryIteratorException(broken), 2).count()))
        .isSameAs(broken);
    assertThat(open).isZero();
    IllegalStateException other = new IllegalStateException("other");
    assertThatThrownBy(() -> await(numbers(5, other, 2).count())).isSameAs(other);
    assertThat(open).isZero();
  }

  @Test
  void theDirectoryIsClosedByACancelWhereverItIs() throws Exception {
    for (int polls = 0; polls < 12; polls++) {
      for (boolean run : new boolean[] {false, true}) {
        AsyncIterator<Path> entries = numbers(5, null, 2);
        int done = 0;
        while (done < polls) {
          if (harness.pollNext(entries).isEnd()) {
            break;
          }
          done++;
          if (done < polls || run) {
            harness.runTasks();
          }
        }
        entries.cancel();
        harness.runTasks();
        assertThat(open).as("after %s polls, the last job has run: %s", polls, run).isZero();
      }
    }
  }

  @Test
  void theDirectoryIsClosedIfThePoolTakesNoMore() throws Exception {
    AsyncIterator<Path> entries = numbers(5, null, 2);
    assertThat(await(entries.next())).isPresent();
    assertThat(await(entries.next())).isPresent();
    blocking.full = true;
    assertThatThrownBy(() -> harness.pollNext(entries))
        .isInstanceOf(RejectedExecutionException.class);
    assertThat(open).isZero();
  }

  @Test
  void aCallThatRunsWhileItIsCancelledClosesWhatItHasOpened() throws Exception {
    assumeTrue(Files.isDirectory(Path.of("/proc/self/fd")), "descriptors can be listed");
    make("a", "b", "c", "d", "e", "f");
    try (PolluxRuntime runtime = PolluxRuntime.multiThread()) {
      for (int round = 0; round < 200; round++) {
        AsyncIterator<Path> entries = AsyncFiles.list(directory, 1);
        int polls = round % 4;
        runtime.blockOn(
            cx -> {
              for (int i = 0; i < polls; i++) {
                if (entries.pollNext(cx).isPending()) {
                  break;
                }
              }
              entries.cancel();
              return Poll.done();
            });
      }
    }
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
      assertThat(
              descriptors
                  .filter(
                      descriptor -> {
                        try {
                          return Files.readSymbolicLink(descriptor).equals(directory);
                        } catch (IOException gone) {
                          return false;
                        }
                      })
                  .count())
          .isZero();
    }
  }

  @Test
  void badInputIsRefused() {
    assertThatThrownBy(() -> AsyncFiles.list(directory, 0).cancel())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("entriesAtOnce must be at least 1, was 0");
    assertThatThrownBy(() -> AsyncFiles.walk(directory, -1, 1).cancel())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("maxDepth must be at least 0, was -1");
  }

  // ---- single calls

  @Test
  void filesAreWrittenAndRead() throws Exception {
    Path file = directory.resolve("file");
    await(AsyncFiles.writeString(file, "grün"));
    assertThat(await(AsyncFiles.readString(file))).isEqualTo("grün");
    assertThat(await(AsyncFiles.readString(file, StandardCharsets.ISO_8859_1))).hasSize(5);
    await(AsyncFiles.write(file, new byte[] {1, 2}, StandardOpenOption.APPEND));
    assertThat(await(AsyncFiles.readAllBytes(file))).hasSize(7).endsWith(1, 2);
    assertThat(await(AsyncFiles.exists(file))).isTrue();
    BasicFileAttributes attributes = await(AsyncFiles.attributes(file));
    assertThat(attributes.size()).isEqualTo(7);
    assertThat(await(AsyncFiles.attributes(file, PosixFileAttributes.class)).permissions())
        .isNotEmpty();
  }

  @Test
  void filesAreMadeMovedAndDeleted() throws Exception {
    Path inner = directory.resolve("a/b/c");
    assertThat(await(AsyncFiles.createDirectories(inner))).isDirectory();
    assertThat(await(AsyncFiles.createDirectory(inner.resolve("d")))).isDirectory();
    Path file = await(AsyncFiles.createFile(inner.resolve("e")));
    Path copy = inner.resolve("f");
    await(AsyncFiles.copy(file, copy));
    assertThat(copy).exists();
    await(AsyncFiles.move(copy, inner.resolve("g")));
    assertThat(copy).doesNotExist();
    assertThatThrownBy(() -> await(AsyncFiles.delete(inner)))
        .isInstanceOf(DirectoryNotEmptyException.class);
    await(AsyncFiles.delete(file));
    assertThat(await(AsyncFiles.deleteIfExists(file))).isFalse();
    assertThat(await(AsyncFiles.createTempFile(inner, "x", ".y"))).exists();
    assertThat(await(AsyncFiles.createTempDirectory(inner, "x"))).isDirectory();
    Path link = await(AsyncFiles.createSymbolicLink(inner.resolve("l"), inner.resolve("g")));
    assertThat(await(AsyncFiles.readSymbolicLink(link))).isEqualTo(inner.resolve("g"));
    assertThat(await(AsyncFiles.realPath(link))).isEqualTo(inner.resolve("g").toRealPath());
  }

  // ---- conformance

  @TestFactory
  Stream<DynamicTest> entriesConform() {
    return AsyncIteratorConformance.of(
            "entries",
            kit -> {
              kit.offer(Blocking.class, new HandBlocking(kit.spawner()));
              return numbers(5, null, 2);
            })
        .expectElements(Path.of("0"), Path.of("1"), Path.of("2"), Path.of("3"), Path.of("4"))
        .checks()
        .stream()
        .map(check -> dynamicTest(check.law().toString(), check::run));
  }
}
