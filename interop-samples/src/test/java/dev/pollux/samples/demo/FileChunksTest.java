package dev.pollux.samples.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileChunksTest {

  @TempDir private Path directory;

  @Test
  void readsUntilThereIsNoRoomOrNoMore() throws Exception {
    String name = Files.writeString(directory.resolve("file"), "0123456789").toString();
    FileChunks chunks = new FileChunks(name);
    byte[] into = new byte[8];
    assertThat(chunks.read(into, 2)).isEqualTo(6);
    assertThat(new String(into, 2, 6, StandardCharsets.US_ASCII)).isEqualTo("012345");
    assertThat(OpenFiles.contains(name)).isTrue();
    assertThat(chunks.read(into, 0)).isEqualTo(4);
    assertThat(OpenFiles.contains(name)).isFalse();
  }

  @Test
  void aReadThatComesAfterTheCloseReadsNothingAndOpensNothing() throws Exception {
    FileChunks chunks = new FileChunks(directory.resolve("missing").toString());
    chunks.close();
    assertThat(chunks.read(new byte[8], 0)).isZero();
  }

  @Test
  void aFailureClosesIt() throws Exception {
    FileChunks chunks = new FileChunks(directory.resolve("missing").toString());
    assertThatThrownBy(() -> chunks.read(new byte[8], 0)).isInstanceOf(NoSuchFileException.class);
    assertThat(chunks.read(new byte[8], 0)).isZero();
    chunks.close();
    chunks.close();
  }
}
