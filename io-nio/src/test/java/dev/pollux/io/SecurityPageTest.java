package dev.pollux.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The page of security names a test for each promise, and only tests that there are. */
class SecurityPageTest {

  private static final Pattern TEST = Pattern.compile("`(\\w+Test)(?:\\.(\\w+))?`");
  private static final Pattern METHOD =
      Pattern.compile("@(?:Test|TestFactory|ParameterizedTest|RepeatedTest|Property)\\b");

  private static List<String> page;

  /** The sources of the tests of all modules, by the names of their classes: some share one. */
  private static final Map<String, List<Path>> SOURCES = new HashMap<>();

  @BeforeAll
  static void read() throws IOException {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("docs/security.md"))) {
      folder = folder.getParent();
    }
    page = Files.readAllLines(folder.resolve("docs/security.md"));
    for (String module : List.of("poll-core", "executor", "io-nio", "interop-samples")) {
      try (Stream<Path> files = Files.walk(folder.resolve(module).resolve("src/test/java"))) {
        files
            .filter(file -> file.toString().endsWith("Test.java"))
            .forEach(
                file -> SOURCES.computeIfAbsent(name(file), name -> new ArrayList<>()).add(file));
      }
    }
  }

  private static String name(Path file) {
    return file.getFileName().toString().replace(".java", "");
  }

  private static List<MatchResult> testsIn(String line) {
    return TEST.matcher(line).results().toList();
  }

  @Test
  void everyTestThatIsNamedExists() throws IOException {
    List<String> unknown = new ArrayList<>();
    int looked = 0;
    for (String line : page) {
      for (MatchResult test : testsIn(line)) {
        looked++;
        if (!exists(test.group(1), test.group(2))) {
          unknown.add(test.group());
        }
      }
    }
    assertThat(unknown).isEmpty();
    assertThat(looked).isGreaterThan(60);
  }

  @Test
  void everyPromiseNamesATest() {
    List<String> promises =
        page.stream()
            .filter(line -> line.startsWith("| ") && !line.startsWith("| promised |"))
            .toList();
    assertThat(promises).hasSizeGreaterThan(30);
    assertThat(promises).allSatisfy(line -> assertThat(testsIn(line)).as(line).isNotEmpty());
  }

  @Test
  void whatDoesNotExistIsFound() throws IOException {
    assertThat(exists("SecurityPageTest", "whatDoesNotExistIsFound")).isTrue();
    assertThat(exists("SecurityPageTest", null)).isTrue();
    assertThat(exists("SecurityPageTest", "testsIn")).isFalse();
    assertThat(exists("SecurityPagesTest", null)).isFalse();
  }

  /** Whether there is such a class, with a test of that name if one is asked for. */
  private static boolean exists(String test, String method) throws IOException {
    for (Path source : SOURCES.getOrDefault(test, List.of())) {
      if (method == null || hasTest(Files.readString(source), method)) {
        return true;
      }
    }
    return false;
  }

  private static boolean hasTest(String source, String method) {
    Matcher declared =
        Pattern.compile("\n  (?:\\w+ )*[\\w<>]+ " + Pattern.quote(method) + "\\(").matcher(source);
    if (!declared.find()) {
      return false;
    }
    // Its annotations are between it and the end of what is before it.
    int before = source.lastIndexOf("\n  }\n", declared.start());
    return METHOD.matcher(source.substring(Math.max(before, 0), declared.start())).find();
  }
}
