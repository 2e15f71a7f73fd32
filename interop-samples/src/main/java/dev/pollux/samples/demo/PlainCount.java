package dev.pollux.samples.demo;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;

/**
 * The same counts by plain loops over a plain stream, which share no code with the pipeline.
 *
 * @param lines as in {@link Tally}
 * @param words as in {@link Tally}
 * @param bytes as in {@link Tally}
 */
record PlainCount(long lines, long words, long bytes) {

  /**
   * Counts.
   *
   * @param stop asked now and then
   * @throws CancellationException if {@code stop} says so
   * @throws IOException if the file can't be read, or is no UTF-8
   */
  static PlainCount of(Path path, BooleanSupplier stop) throws IOException {
    return new PlainCount(lines(path, stop), words(path, stop), bytes(path, stop));
  }

  private static long lines(Path path, BooleanSupplier stop) throws IOException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(path))) {
      long newlines = 0;
      int last = '\n';
      byte[] part = new byte[1 << 15];
      for (int n = in.read(part); n > 0; n = in.read(part)) {
        check(stop);
        for (int i = 0; i < n; i++) {
          newlines += part[i] == '\n' ? 1 : 0;
        }
        last = part[n - 1];
      }
      return last == '\n' ? newlines : newlines + 1;
    }
  }

  private static long words(Path path, BooleanSupplier stop) throws IOException {
    try (InputStream in = Files.newInputStream(path);
        Reader reader =
            new InputStreamReader(
                in,
                StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT))) {
      long words = 0;
      char before = ' ';
      char[] part = new char[1 << 15];
      for (int n = reader.read(part); n > 0; n = reader.read(part)) {
        check(stop);
        for (int i = 0; i < n; i++) {
          if (Character.isWhitespace(before) && !Character.isWhitespace(part[i])) {
            words++;
          }
          before = part[i];
        }
      }
      return words;
    }
  }

  private static long bytes(Path path, BooleanSupplier stop) throws IOException {
    try (InputStream in = Files.newInputStream(path)) {
      long bytes = 0;
      byte[] part = new byte[1 << 15];
      for (int n = in.read(part); n > 0; n = in.read(part)) {
        check(stop);
        bytes += n;
      }
      return bytes;
    }
  }

  private static void check(BooleanSupplier stop) {
    if (stop.getAsBoolean()) {
      throw new CancellationException();
    }
  }
}
