package dev.pollux.samples.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Description;
import dev.pollux.core.Futures;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.executor.CurrentThreadRuntime;
import dev.pollux.executor.PolluxRuntime;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class FileLinesTest {

  @TempDir private Path directory;

  private final List<String> uncaught = new ArrayList<>();
  private final CurrentThreadRuntime runtime =
      PolluxRuntime.builder()
          .uncaughtFailureHandler((failure, origin) -> uncaught.add(origin + ": " + failure))
          .currentThread();

  @AfterEach
  void nothingIsReported() {
    runtime.close();
    assertThat(uncaught).isEmpty();
  }

  private String file(String text) throws IOException {
    return file(text.getBytes(StandardCharsets.UTF_8));
  }

  private String file(byte[] bytes) throws IOException {
    return Files.write(Files.createTempFile(directory, "file", ""), bytes).toString();
  }

  private List<Line> all(AsyncIterator<Line> lines) throws Exception {
    return runtime.blockOn(lines.collect(Collectors.toList()));
  }

  private static List<String> texts(List<Line> lines) {
    return lines.stream().map(Line::text).toList();
  }

  @Test
  void linesEndWithNewlines() throws Exception {
    List<Line> lines = all(new FileLines(file("one\n\ntwo words\n")));
    assertThat(texts(lines)).containsExactly("one", "", "two words");
    assertThat(lines).extracting(Line::bytes).containsExactly(4, 1, 10);
    assertThat(lines).allMatch(Line::isLast).noneMatch(Line::resumesWord);
  }

  @Test
  void theLastLineMayDoWithoutANewline() throws Exception {
    List<Line> lines = all(new FileLines(file("one\ntwo")));
    assertThat(texts(lines)).containsExactly("one", "two");
    assertThat(lines.get(1)).isEqualTo(new Line("two", 3, true, false));
  }

  @Test
  void anEmptyFileHasNoLines() throws Exception {
    assertThat(all(new FileLines(file("")))).isEmpty();
  }

  @Test
  void aCarriageReturnBelongsToTheLineUntilItIsTakenOff() throws Exception {
    AsyncIterator<Line> lines = new FileLines(file("a\r\nb\rc\r\nd\r"));
    assertThat(texts(all(lines.map(Line::withoutCarriageReturn))))
        .containsExactly("a", "b\rc", "d");
  }

  @Test
  void linesAreTheSameForEveryChunkSize() throws Exception {
    String name = file("äöü €\n😀 😀😀\nlong line with many words in it\n\nend");
    List<Line> expected = all(new FileLines(name));
    assertThat(expected).hasSize(5);
    for (int chunk = 1; chunk < 20; chunk++) {
      assertThat(all(new FileLines(name, chunk, 1000)))
          .as("chunks of %d", chunk)
          .isEqualTo(expected);
    }
  }

  @Test
  void aLongLineComesInPiecesThatDoNotCutCharacters() throws Exception {
    String text = "x€😀äy ".repeat(20);
    List<Line> pieces = all(new FileLines(file(text + "\nz\n"), 5, 8));
    assertThat(pieces.size()).isGreaterThan(10);
    assertThat(String.join("", texts(pieces))).isEqualTo(text + "z");
    assertThat(pieces.stream().filter(Line::isLast)).hasSize(2);
    assertThat(pieces.get(1).resumesWord()).isTrue();
    Tally tally = pieces.stream().map(Tally::of).reduce(Tally.ZERO, Tally::plus);
    assertThat(tally.words()).isEqualTo(21);
  }

  @Test
  void aNulIsNoTextAndComesAfterTheLinesBeforeIt() throws Exception {
    AsyncIterator<Line> lines = new FileLines(file("one\ntwo\0\n"));
    assertThat(runtime.blockOn(lines.next()).map(Line::text)).contains("one");
    assertThatThrownBy(() -> runtime.blockOn(lines.next()))
        .isInstanceOf(NotTextException.class)
        .hasMessage("not a text file: a NUL at byte 7");
  }

  @Test
  void malformedUtf8IsNoText() throws Exception {
    byte[] bytes = "good\nb?d\n".getBytes(StandardCharsets.US_ASCII);
    bytes[6] = (byte) 0xFF;
    AsyncIterator<Line> lines = new FileLines(file(bytes));
    assertThat(runtime.blockOn(lines.next())).isPresent();
    assertThatThrownBy(() -> runtime.blockOn(lines.next()))
        .isInstanceOf(NotTextException.class)
        .hasMessage("not a text file: no UTF-8 at byte 6");
  }

  @Test
  void aCharacterCutOffByTheEndOfTheFileIsNoText() throws Exception {
    byte[] euro = "a€".getBytes(StandardCharsets.UTF_8);
    String name = file(java.util.Arrays.copyOf(euro, 3));
    assertThatThrownBy(() -> all(new FileLines(name))).isInstanceOf(NotTextException.class);
  }

  @Test
  void whatIsNoFileSaysSo() {
    assertThatThrownBy(() -> all(new FileLines(directory.resolve("none").toString())))
        .isInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(() -> all(new FileLines(directory.toString())))
        .isInstanceOf(FileSystemException.class)
        .hasMessageContaining("is a directory");
    assertThatThrownBy(() -> all(new FileLines("a\0b")))
        .isInstanceOf(FileSystemException.class)
        .hasMessageContaining("not a possible file name");
    assertThatThrownBy(() -> all(new FileLines("")))
        .isInstanceOf(FileSystemException.class)
        .hasMessageContaining("an empty name");
  }

  @Test
  void theFileIsClosedAtTheEnd() throws Exception {
    String name = file("one\ntwo\n");
    AsyncIterator<Line> lines = new FileLines(name);
    assertThat(all(lines)).hasSize(2);
    assertThat(OpenFiles.contains(name)).isFalse();
    assertThatThrownBy(() -> runtime.blockOn(lines.next()))
        .isInstanceOf(PollAfterEndException.class);
  }

  @Test
  void theFileIsClosedAfterAFailure() throws Exception {
    String name = file("one\n\0\n" + "more\n".repeat(100));
    AsyncIterator<Line> lines = new FileLines(name, 10, 100);
    assertThatThrownBy(() -> all(lines)).isInstanceOf(NotTextException.class);
    assertThat(OpenFiles.contains(name)).isFalse();
  }

  @Test
  void theFileIsClosedByCancelBetweenReads() throws Exception {
    String name = file("one\n".repeat(100));
    AsyncIterator<Line> lines = new FileLines(name, 10, 100);
    Optional<Line> first = runtime.blockOn(lines.next());
    assertThat(first).isPresent();
    assertThat(OpenFiles.contains(name)).isTrue();
    lines.cancel();
    lines.cancel();
    assertThat(OpenFiles.contains(name)).isFalse();
  }

  @Test
  void theFileIsClosedByCancelDuringARead() throws Exception {
    String name = file("one\n".repeat(100));
    for (int i = 0; i < 100; i++) {
      AsyncIterator<Line> lines = new FileLines(name);
      // Most often the read has not ended by then.
      runtime.blockOn(Futures.pollFn(cx -> Poll.ready(lines.pollNext(cx).isPending())));
      lines.cancel();
    }
    runtime.close(); // waits for the reads
    assertThat(OpenFiles.contains(name)).isFalse();
  }

  @Test
  void itSaysWhichFileItReadsAndHowFarItIs() throws Exception {
    String name = file("one\ntwo\n");
    AsyncIterator<Line> lines = new FileLines(name);
    assertThat(runtime.blockOn(lines.next())).isPresent();
    assertThat(Description.ofIterator(lines).toString())
        .isEqualTo("file lines {file=" + name + ", offset=4}");
    lines.cancel();
  }
}
