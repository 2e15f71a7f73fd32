package dev.pollux.samples.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A page of the documentation: its prose, without the fenced blocks, and what it links to. */
public record MarkdownPage(Path file, List<String> lines) {

  private static final Pattern LINK = Pattern.compile("\\]\\(([^()\\s]+)\\)");
  private static final Pattern CODE = Pattern.compile("`[^`\n]*`");

  /** A link to a file, or to a heading of a page: {@code anchor} is empty for all of it. */
  public record Link(Path target, String anchor) {}

  static MarkdownPage read(Path file) {
    try {
      return new MarkdownPage(file, Files.readAllLines(file));
    } catch (IOException failure) {
      throw new IllegalStateException("cannot read " + file, failure);
    }
  }

  /** The folder that has all modules, and the pages. */
  public static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("docs/design.md"))) {
      folder = folder.getParent();
    }
    return folder;
  }

  /** Every page in {@code docs}, and those beside the sources; what a build has made is none. */
  public static List<MarkdownPage> all(Path root) throws IOException {
    Set<Path> files = new LinkedHashSet<>();
    add(files, root, 1);
    add(files, root.resolve("docs"), Integer.MAX_VALUE);
    try (Stream<Path> modules = Files.list(root)) {
      for (Path module : modules.filter(each -> Files.exists(each.resolve("pom.xml"))).toList()) {
        add(files, module, 1);
      }
    }
    return files.stream().map(MarkdownPage::read).toList();
  }

  private static void add(Set<Path> pages, Path folder, int depth) throws IOException {
    try (Stream<Path> files = Files.walk(folder, depth)) {
      files.filter(file -> file.toString().endsWith(".md")).forEach(pages::add);
    }
  }

  public String text() {
    return String.join("\n", lines);
  }

  /** What is not in a fenced block. */
  String prose() {
    return split(false);
  }

  /** What is in the fenced blocks. */
  String blocks() {
    return split(true);
  }

  private String split(boolean inBlocks) {
    List<String> chosen = new ArrayList<>();
    boolean isInBlock = false;
    for (String line : lines) {
      if (line.startsWith("```")) {
        isInBlock = !isInBlock;
      } else if (isInBlock == inBlocks || (inBlocks && line.startsWith("    "))) {
        chosen.add(line);
      }
    }
    return String.join("\n", chosen);
  }

  /** The links to files and headings; those to other hosts are left out. */
  List<Link> links() {
    return LINK.matcher(CODE.matcher(prose()).replaceAll("code"))
        .results()
        .map(match -> match.group(1))
        .filter(target -> !target.matches("[a-z]+:.*"))
        .map(this::link)
        .toList();
  }

  private Link link(String target) {
    int mark = target.indexOf('#');
    String path = mark < 0 ? target : target.substring(0, mark);
    Path linked = path.isEmpty() ? file : file.resolveSibling(path).normalize();
    return new Link(linked, mark < 0 ? "" : target.substring(mark + 1));
  }

  /** The anchors of the headings, made as the hosts of repositories make them. */
  List<String> anchors() {
    Map<String, Integer> seen = new HashMap<>();
    return prose()
        .lines()
        .filter(line -> line.matches("#{1,6} .*"))
        .map(line -> anchor(line.replaceFirst("#+ ", "")))
        .map(
            anchor -> {
              int before = seen.merge(anchor, 1, Integer::sum) - 1;
              return before == 0 ? anchor : anchor + "-" + before;
            })
        .collect(Collectors.toList());
  }

  private static String anchor(String heading) {
    return heading
        .toLowerCase(Locale.ROOT)
        .replaceAll("[^\\p{L}\\p{N} _-]", "")
        .strip()
        .replace(' ', '-');
  }

  /** What stands in backticks, in the prose. */
  Stream<String> codes() {
    return CODE.matcher(prose())
        .results()
        .map(MatchResult::group)
        .map(code -> code.substring(1, code.length() - 1));
  }

  @Override
  public String toString() {
    return root().relativize(file).toString();
  }
}
