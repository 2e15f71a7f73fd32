package dev.pollux.samples.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the blocks of the tutorial and the guides print is what the page says: the next fenced
 * block, if {@code <!-- prints -->} stands right before it.
 */
@Timeout(300)
class TutorialTest {

  private static final Path TUTORIAL = Path.of("../docs/tutorial.md");
  private static final String PRINTS = "<!-- prints -->";

  /** The tutorial, and every other page that says what its blocks print. */
  static Stream<Path> pages() throws IOException {
    return CodeBlocksTest.pages().filter(page -> lines(page).contains(PRINTS));
  }

  @ParameterizedTest
  @MethodSource("pages")
  void printsWhatItSays(Path page, @TempDir Path classes) throws Exception {
    List<CodeBlock> blocks = CodeBlock.of(page);
    assertThat(CodeBlocksTest.complaints(blocks, classes)).isEmpty();
    List<String> lines = lines(page);
    int runs = 0;
    for (int i = 0; i < blocks.size(); i++) {
      List<String> said = said(lines, blocks.get(i));
      if (said != null) {
        runs++;
        assertThat(printed(classes, i)).as(blocks.get(i).toString()).isEqualTo(said);
      }
    }
    assertThat(runs).isEqualTo(Collections.frequency(lines, PRINTS));
  }

  @Test
  void eachOfTheEightStepsPrintsSomething() {
    List<String> steps = new ArrayList<>();
    List<String> printing = new ArrayList<>();
    for (String line : lines(TUTORIAL)) {
      if (line.matches("## \\d\\. .*")) {
        steps.add(line);
      } else if (line.equals(PRINTS)) {
        printing.add(steps.get(steps.size() - 1));
      }
    }
    assertThat(steps).hasSize(8);
    assertThat(printing).containsExactlyElementsOf(steps);
  }

  private static List<String> lines(Path page) {
    try {
      return Files.readAllLines(page);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** What the page says that the block prints; null if it says nothing. */
  private static List<String> said(List<String> lines, CodeBlock block) {
    int fence = block.line() + block.code().size(); // behind its end
    while (fence < lines.size() && !lines.get(fence).startsWith("```")) {
      fence++;
    }
    if (fence == lines.size() || !lines.get(fence - 1).equals(PRINTS)) {
      return null;
    }
    List<String> rest = lines.subList(fence + 1, lines.size());
    return rest.subList(0, rest.indexOf("```"));
  }

  private static List<String> printed(Path classes, int block) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = System.out;
    try (URLClassLoader loader =
        new URLClassLoader(
            new URL[] {classes.toUri().toURL()}, TutorialTest.class.getClassLoader())) {
      Method method =
          loader.loadClass(className(classes, "Block" + block)).getDeclaredMethod("block");
      method.setAccessible(true);
      System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
      method.invoke(null);
    } catch (InvocationTargetException thrown) {
      throw thrown.getCause() instanceof Exception failure ? failure : thrown;
    } finally {
      System.setOut(out);
    }
    return bytes.toString(StandardCharsets.UTF_8).lines().toList();
  }

  private static String className(Path classes, String simpleName) throws IOException {
    try (Stream<Path> files = Files.walk(classes)) {
      Path file =
          files.filter(one -> one.endsWith(simpleName + ".class")).findFirst().orElseThrow();
      return classes.relativize(file.getParent()) + "." + simpleName;
    }
  }
}
