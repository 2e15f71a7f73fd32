package dev.pollux.samples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.executor.CurrentThreadRuntime;
import dev.pollux.executor.PolluxRuntime;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** The counts of the lines are those of a plain loop, however a file is cut. */
class CountsProperties {

  private static final String LETTERS = "ab\u00e4\u20ac\ud83d\ude00 \t\n\r\u2003\u3000";

  @Property(tries = 300)
  void countsOfLinesAreThoseOfAPlainLoop(
      @ForAll("texts") String text,
      @ForAll @IntRange(min = 1, max = 40) int chunk,
      @ForAll @IntRange(min = 8, max = 40) int longest)
      throws Exception {
    Path file = Files.createTempFile("counts", ".txt");
    try (CurrentThreadRuntime runtime = PolluxRuntime.currentThread()) {
      Files.writeString(file, text, StandardCharsets.UTF_8);
      Tally tally =
          runtime.blockOn(
              new FileLines(file.toString(), chunk, longest)
                  .map(Line::withoutCarriageReturn)
                  .map(Tally::of)
                  .fold(Tally.ZERO, Tally::plus));
      assertThat(PlainCount.of(file, () -> false))
          .isEqualTo(new PlainCount(tally.lines(), tally.words(), tally.bytes()));
    } finally {
      Files.delete(file);
    }
  }

  @Provide
  Arbitrary<String> texts() {
    int[] letters = LETTERS.codePoints().toArray();
    return Arbitraries.integers()
        .between(0, letters.length - 1)
        .list()
        .ofMaxSize(200)
        .map(
            chosen -> {
              StringBuilder text = new StringBuilder();
              chosen.forEach(letter -> text.appendCodePoint(letters[letter]));
              return text.toString();
            });
  }
}
