package dev.pollux.samples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.samples.terminal.ProgressLine;
import dev.pollux.samples.terminal.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ComparisonTest {

  private static final Instant LATER = Instant.parse("9999-01-01T00:00:00Z");

  @TempDir private Path directory;

  @Test
  void equalCountsAgree() throws Exception {
    assertThat(compare("one two\n", new Tally(1, 2, 8), LATER).agrees()).isTrue();
  }

  @Test
  void everyCountIsCompared() throws Exception {
    for (Tally wrong : List.of(new Tally(2, 2, 8), new Tally(1, 1, 8), new Tally(1, 2, 9))) {
      Comparison comparison = compare("one two\n", wrong, LATER);
      assertThat(comparison.agrees()).isFalse();
      assertThat(comparison.differences()).hasSize(1);
      assertThat(comparison.differences().get(0))
          .contains("text: " + wrong.lines() + " lines, " + wrong.words() + " words")
          .contains("; 1, 2, 8 by a plain loop")
          .doesNotContain("changed");
    }
  }

  @Test
  void aFileThatChangedMeanwhileIsSaidToHave() throws Exception {
    Comparison comparison = compare("one two\n", new Tally(1, 1, 4), Instant.EPOCH);
    assertThat(comparison.differences().get(0)).contains("changed while it was read");
  }

  @Test
  void aFileThatIsGoneDiffers() {
    Summary.Counted gone =
        new Summary.Counted(directory.resolve("gone").toString(), new Tally(1, 1, 1));
    Comparison comparison = Comparison.of(List.of(gone), LATER, progress(), () -> false);
    assertThat(comparison.differences().get(0)).contains("can't be counted again: no such file");
  }

  private Comparison compare(String text, Tally tally, Instant begun) throws IOException {
    Path file = Files.writeString(directory.resolve("text"), text);
    return Comparison.of(
        List.of(new Summary.Counted(file.toString(), tally)), begun, progress(), () -> false);
  }

  private static ProgressLine progress() {
    return new ProgressLine(new Terminal(System.out, System.err, false));
  }
}
