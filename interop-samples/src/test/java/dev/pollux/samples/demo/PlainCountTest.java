package dev.pollux.samples.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlainCountTest {

  @TempDir private Path directory;

  @Test
  void countsLinesWordsAndBytes() throws Exception {
    assertThat(count("")).isEqualTo(new PlainCount(0, 0, 0));
    assertThat(count("\n")).isEqualTo(new PlainCount(1, 0, 1));
    assertThat(count("one")).isEqualTo(new PlainCount(1, 1, 3));
    assertThat(count(" one  two\nthree\r\n\n f\u00fcr ")).isEqualTo(new PlainCount(4, 4, 24));
  }

  @Test
  void malformedUtf8IsRefused() throws Exception {
    Path file = Files.write(directory.resolve("bad"), new byte[] {(byte) 0xC3, '('});
    assertThatThrownBy(() -> PlainCount.of(file, () -> false))
        .isInstanceOf(CharacterCodingException.class);
  }

  @Test
  void stopsWhenItIsToldTo() throws Exception {
    Path file = Files.writeString(directory.resolve("text"), "text");
    assertThatThrownBy(() -> PlainCount.of(file, () -> true))
        .isInstanceOf(CancellationException.class);
  }

  private PlainCount count(String text) throws IOException {
    return PlainCount.of(Files.writeString(directory.resolve("text"), text), () -> false);
  }
}
