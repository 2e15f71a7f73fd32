package dev.pollux.samples.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.samples.docs.MarkdownPage.Link;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the pages name exists: tests, links and headings; and each page can be found. */
class PagesTest {

  /** A test or stress test, and one of its members; a package may stand before it. */
  private static final Pattern TEST =
      Pattern.compile("(?:[a-z]+\\.)*([A-Z]\\w*(?:Test|Stress))(?:\\.(\\w+))?(?:\\(\\))?");

  /** Names that stand for any: {@code FooTest}. */
  private static final Pattern EXAMPLE = Pattern.compile("(?:Foo|Bar|My|Something)[A-Z]\\w*");

  private static Path root;
  private static List<MarkdownPage> pages;
  private static TestSources tests;

  @BeforeAll
  static void read() throws IOException {
    root = MarkdownPage.root();
    pages = MarkdownPage.all(root);
    tests = new TestSources(root);
  }

  @Test
  void everyTestThatIsNamedExists() throws IOException {
    List<String> unknown = new ArrayList<>();
    int looked = 0;
    for (MarkdownPage page : pages) {
      for (Matcher test : testsIn(page)) {
        looked++;
        if (!tests.has(test.group(1), test.group(2))) {
          unknown.add(page + ": " + test.group());
        }
      }
    }
    assertThat(unknown).isEmpty();
    assertThat(looked).isGreaterThan(300);
  }

  @Test
  void everyLinkLeadsToAFileAndAHeading() {
    Map<Path, MarkdownPage> byFile = new HashMap<>();
    pages.forEach(page -> byFile.put(page.file(), page));
    List<String> dead = new ArrayList<>();
    int looked = 0;
    for (MarkdownPage page : pages) {
      for (Link link : page.links()) {
        looked++;
        MarkdownPage target = byFile.get(link.target());
        boolean isThere =
            target == null
                ? Files.exists(link.target()) && link.anchor().isEmpty()
                : link.anchor().isEmpty() || target.anchors().contains(link.anchor());
        if (!isThere) {
          dead.add(page + ": " + root.relativize(link.target()) + "#" + link.anchor());
        }
      }
    }
    assertThat(dead).isEmpty();
    assertThat(looked).isGreaterThan(15);
  }

  @Test
  void everyPageIsReachedFromTheReadme() {
    Map<Path, MarkdownPage> byFile = new HashMap<>();
    pages.forEach(page -> byFile.put(page.file(), page));
    Set<Path> reached = new LinkedHashSet<>();
    ArrayDeque<Path> next = new ArrayDeque<>(List.of(root.resolve("README.md")));
    while (!next.isEmpty()) {
      MarkdownPage page = byFile.get(next.poll());
      if (page != null && reached.add(page.file())) {
        page.links().forEach(link -> next.add(link.target()));
      }
    }
    assertThat(pages)
        .allSatisfy(page -> assertThat(reached).as(page.toString()).contains(page.file()));
  }

  @Test
  void everyPromiseOfTheSecurityPageNamesATest() {
    MarkdownPage security = page("docs/security.md");
    List<String> promises =
        security.lines().stream()
            .filter(line -> line.startsWith("| ") && !line.startsWith("| promised |"))
            .toList();
    assertThat(promises).hasSizeGreaterThan(30);
    assertThat(promises)
        .allSatisfy(
            line ->
                assertThat(testsIn(new MarkdownPage(security.file(), List.of(line))))
                    .as(line)
                    .isNotEmpty());
  }

  @Test
  void whatDoesNotExistIsFound() throws IOException {
    assertThat(tests.has("PagesTest", "whatDoesNotExistIsFound")).isTrue();
    assertThat(tests.has("PagesTest", null)).isTrue();
    assertThat(tests.has("PagesTest", "testsIn")).isFalse();
    assertThat(tests.has("PageTests", null)).isFalse();
    assertThat(tests.has("TaskTurnStress", "WakeVsRun")).isTrue();
    assertThat(tests.has("TaskTurnStress", "WakeVsSleep")).isFalse();
  }

  @Test
  void whatALinkIsAndAHeading() {
    MarkdownPage page =
        new MarkdownPage(
            root.resolve("docs/a.md"),
            List.of(
                "# Who owns a `Foo`: the end, too",
                "[b](../README.md#x-y) `[no](no.md)` [c](https://example.org/) [d](#here)",
                "```",
                "[no](no.md)",
                "# no heading",
                "```"));
    assertThat(page.links())
        .containsExactly(new Link(root.resolve("README.md"), "x-y"), new Link(page.file(), "here"));
    assertThat(page.anchors()).containsExactly("who-owns-a-foo-the-end-too");
  }

  private static MarkdownPage page(String name) {
    return pages.stream()
        .filter(page -> page.file().equals(root.resolve(name)))
        .findFirst()
        .orElseThrow();
  }

  private static List<Matcher> testsIn(MarkdownPage page) {
    return page.codes()
        .map(TEST::matcher)
        .filter(Matcher::matches)
        .filter(test -> !EXAMPLE.matcher(test.group(1)).matches())
        .collect(Collectors.toList());
  }
}
