package dev.pollux.samples.pitfall;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.samples.docs.MarkdownPage;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code docs/pitfalls.md} shows code that is run here, and what is reported of it. */
@Timeout(300)
class PitfallsTest {

  private static final Path SOURCES =
      Path.of("interop-samples/src/test/java/dev/pollux/samples/pitfall");

  private static String page;
  private static String output;

  @BeforeAll
  static void run() throws IOException, InterruptedException {
    page = Files.readString(MarkdownPage.root().resolve("docs/pitfalls.md"));
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-ea",
                "-Dpollux.debug=true",
                "-cp",
                System.getProperty("java.class.path"),
                Pitfalls.class.getName())
            .redirectError(Redirect.INHERIT)
            .start();
    output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
  }

  @Test
  void whatThePageShowsIsReported() {
    String masked = masked(output);
    int looked = 0;
    int shown = 0; // in the order in which it happens
    for (String block : blocks("text")) {
      for (String part : block.split(Pattern.quote("..."), -1)) {
        looked++;
        assertThat(masked.substring(shown)).contains(masked(part));
        shown = masked.indexOf(masked(part), shown);
      }
    }
    assertThat(looked).isGreaterThan(12);
  }

  @Test
  void whatThePageShowsIsRun() throws IOException {
    String sources = withoutSpace(source("Wrong.java") + source("Right.java"));
    List<String> blocks = blocks("java");
    assertThat(blocks).hasSizeGreaterThan(15);
    assertThat(blocks).allSatisfy(block -> assertThat(sources).contains(withoutSpace(block)));
  }

  @Test
  void everyProgramIsOnThePage() throws IOException {
    String blocks = onOneLine(String.join("\n", blocks("java")));
    for (String source : List.of(source("Wrong.java"), source("Right.java"))) {
      assertThat(Pattern.compile("  static .* (\\w+\\()").matcher(source).results())
          .hasSizeGreaterThan(8)
          .allSatisfy(method -> assertThat(blocks).contains(" " + method.group(1)));
    }
  }

  private static String source(String name) throws IOException {
    return Files.readString(MarkdownPage.root().resolve(SOURCES).resolve(name));
  }

  private static List<String> blocks(String language) {
    return Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL)
        .matcher(page)
        .results()
        .map(match -> match.group(1))
        .toList();
  }

  /** Without what is different in each run, and wrapped nowhere. */
  private static String masked(String text) {
    return onOneLine(text)
        .replaceAll("Thread\\[[^\\]]*\\]", "Thread[]")
        .replace("app//", "") // how older machines name the loader
        .replaceAll("@[0-9a-f]+", "@")
        .replaceAll("PT[0-9.]+S", "PT")
        .replaceAll("[0-9]+", "N");
  }

  /** However it is wrapped. */
  private static String withoutSpace(String code) {
    return code.replaceAll("\\s+", "");
  }

  private static String onOneLine(String text) {
    return text.replaceAll("\\s+", " ").strip();
  }
}
