package dev.pollux.samples.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class DemoCommandTest {

  @TempDir private Path directory;

  private String file(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text).toString();
  }

  private static Ended demo(String... paths) {
    List<String> args = new ArrayList<>(List.of("demo"));
    args.addAll(List.of(paths));
    return CapturedTerminal.run(args.toArray(String[]::new));
  }

  private static void assertCounts(Ended ended, long lines, long words, long bytes) {
    assertThat(ended.row("lines")).contains(Long.toString(lines));
    assertThat(ended.row("words")).contains(Long.toString(words));
    assertThat(ended.row("bytes")).contains(Long.toString(bytes));
  }

  @Test
  void countsFilesThroughAllThreeBridges() throws Exception {
    Ended ended =
        demo(
            file("a", "one two\nthree\n"),
            file("windows", "four five\r\nsix\r\n"),
            file("unended", "seven\n\neight nine"),
            file("empty", ""));
    assertThat(ended.err()).isEmpty();
    assertThat(ended.exitCode()).isEqualTo(0);
    assertThat(ended.row("files")).contains("4");
    assertCounts(ended, 7, 9, 14 + 16 + 17);
    // Seven lines and four ends of files.
    assertThat(ended.row("AsyncIterator -> Reactor Flux")).contains("11 elements");
    assertThat(ended.row("Reactor Flux -> RxJava Flowable")).contains("11 elements");
    assertThat(ended.row("RxJava Flowable -> AsyncIterator")).contains("11 elements");
    assertThat(ended.row("elapsed").orElseThrow()).endsWith(" s");
    assertThat(ended.row("lines/s")).isPresent();
    assertThat(ended.outLines()).endsWith("counts agree");
  }

  @Test
  void whatCanNotBeReadIsNamedAndTheOthersAreCounted() throws Exception {
    Files.createDirectory(directory.resolve("sub"));
    String missing = directory.resolve("missing").toString();
    String folder = directory.resolve("sub").toString();
    String binary = file("binary", "text\nthen\0not\n");
    Path latin = directory.resolve("latin");
    Files.write(latin, new byte[] {'f', (byte) 0xFC, 'r', '\n'});
    Ended ended =
        demo(file("a", "one\n"), missing, folder, binary, latin.toString(), file("b", "two\n"));
    assertThat(ended.exitCode()).isEqualTo(1);
    assertThat(ended.errLines())
        .containsExactly(
            "pollux demo: " + missing + ": no such file",
            "pollux demo: " + folder + ": is a directory",
            "pollux demo: " + binary + ": not a text file: a NUL at byte 9",
            "pollux demo: " + latin + ": not a text file: no UTF-8 at byte 1");
    assertThat(ended.row("files")).contains("2 of 6, 4 failed");
    assertCounts(ended, 2, 2, 8);
    assertThat(ended.outLines()).endsWith("counts agree");
  }

  @Test
  void anUnreadableFileIsNamed() throws Exception {
    assumeFalse("root".equals(System.getProperty("user.name")), "root reads everything");
    Path file = Path.of(file("secret", "secret\n"));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
    Ended ended = demo(file.toString());
    assertThat(ended.exitCode()).isEqualTo(1);
    assertThat(ended.errLines()).containsExactly("pollux demo: " + file + ": permission denied");
  }

  @Test
  void nothingButBadFilesLeavesNothingToCompare() {
    Ended ended = demo(directory.toString());
    assertThat(ended.exitCode()).isEqualTo(1);
    assertThat(ended.row("files")).contains("0 of 1, 1 failed");
    assertThat(ended.outLines()).endsWith("no counts to compare");
  }

  @Test
  void aNameCanNotBreakTheLineOrSteerTheTerminal() {
    Ended ended = demo("no\nsuch\u001b[31mfile");
    assertThat(ended.errLines()).containsExactly("pollux demo: no?such?[31mfile: no such file");
  }

  @Test
  void aHugeLineIsCounted() throws Exception {
    String words = "word \u20ac\ud83d\ude00 ".repeat(400_000);
    Ended ended = demo(file("huge", words + "\nend\n"));
    assertThat(ended.err()).isEmpty();
    assertThat(ended.exitCode()).isEqualTo(0);
    assertCounts(ended, 2, 800_001, 400_000L * 13 + 5);
  }

  @Test
  void manyFilesAreCounted() throws Exception {
    String[] names = new String[10_000];
    for (int i = 0; i < names.length; i++) {
      names[i] = file("f" + i, "line " + i + "\n");
    }
    Ended ended = demo(names);
    assertThat(ended.err()).isEmpty();
    assertThat(ended.exitCode()).isEqualTo(0);
    assertThat(ended.row("files")).contains("10000");
    assertThat(ended.row("words")).contains("20000");
  }

  @Test
  void aFileGivenTwiceCountsTwice() throws Exception {
    String name = file("a", "one\n");
    assertCounts(demo(name, name), 2, 2, 8);
  }

  @Test
  void progressIsShownOnATerminalAndIsGoneAtTheEnd() throws Exception {
    String name = file("big", "some words in a line\n".repeat(200_000));
    String[] args = new String[21];
    java.util.Arrays.fill(args, name);
    args[0] = "demo";
    Ended shown = new CapturedTerminal(true).runHere(args);
    assertThat(shown.exitCode()).isEqualTo(0);
    assertThat(shown.err()).startsWith("\rdemo: ").contains(" of 20 files, ").endsWith(" \r");
    Ended silent = new CapturedTerminal(false).runHere(args);
    assertThat(silent.err()).isEmpty();
    assertThat(silent.row("lines")).isEqualTo(shown.row("lines"));
  }

  @Test
  void withoutTheLauncherFilesMustBeNamed() {
    assumeFalse(System.getProperties().containsKey("pollux.home"));
    Ended ended = demo();
    assertThat(ended.exitCode()).isEqualTo(2);
    assertThat(ended.errLines()).hasSize(1);
    assertThat(ended.err()).startsWith("pollux demo: name some files");
  }
}
