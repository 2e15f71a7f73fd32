package dev.pollux.samples.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every sample comes out as it should. */
@Timeout(120)
class SamplesTest {

  static List<String> names() {
    return Samples.all().stream().map(Sample::name).toList();
  }

  static List<String> namesOfShortOnes() {
    return names().stream().filter(name -> !name.equals("web-start")).toList();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("namesOfShortOnes")
  void comesOutAsExpected(String name) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    boolean isGood =
        Samples.named(name).orElseThrow().run(new PrintStream(out, true, StandardCharsets.UTF_8));
    String text = out.toString(StandardCharsets.UTF_8);
    assertThat(isGood).as(text).isTrue();
    assertThat(text).isASCII().doesNotContain("NO");
    assertThat(text.lines()).isNotEmpty().allMatch(line -> line.length() <= 100);
  }

  @Test
  void namesAreWordsAndDiffer() {
    assertThat(names()).doesNotHaveDuplicates().allMatch(name -> name.matches("[a-z0-9-]+"));
  }

  @Test
  void whatIsWrongIsSaidAndFailsTheSample() throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Sample wrong =
        new Sample(
            "wrong",
            "two mistakes",
            findings -> {
              findings.check("one", true);
              findings.check("two", false);
              findings.check("three", 3, 4);
              findings.check("five", 5, 5);
            });
    assertThat(wrong.run(new PrintStream(out, true, StandardCharsets.UTF_8))).isFalse();
    assertThat(out.toString(StandardCharsets.UTF_8).lines().map(line -> line.split(" +", 2)[1]))
        .containsExactly("yes", "NO", "3, and NOT 4", "5");
  }
}
