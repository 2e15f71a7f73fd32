package dev.pollux.samples.docs;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The Java of every page compiles. {@link CodeBlock} says what a block may be. */
@Timeout(300)
class CodeBlocksTest {

  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  private static final List<String> IMPORTED =
      List.of(
          "dev.pollux.core",
          "dev.pollux.spi",
          "dev.pollux.stream",
          "dev.pollux.structure",
          "dev.pollux.sync",
          "dev.pollux.testing",
          "dev.pollux.time",
          "dev.pollux.executor",
          "dev.pollux.executor.micrometer",
          "dev.pollux.io",
          "dev.pollux.io.codec",
          "dev.pollux.io.file",
          "dev.pollux.io.limit",
          "dev.pollux.io.net",
          "dev.pollux.io.process",
          "dev.pollux.io.testing",
          "dev.pollux.io.tls",
          "dev.pollux.streams",
          "dev.pollux.streams.reactor",
          "dev.pollux.streams.rxjava",
          "java.io",
          "java.net",
          "java.nio",
          "java.nio.charset",
          "java.nio.file",
          "java.time",
          "java.util",
          "java.util.function",
          "java.util.stream");

  static Stream<Path> pages() throws IOException {
    try (Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
      return Stream.concat(
          Stream.of(ROOT.resolve("README.md"), ROOT.resolve("CONTRIBUTING.md")),
          docs.filter(file -> file.toString().endsWith(".md")))
          .sorted()
          .toList()
          .stream();
    }
  }

  @ParameterizedTest
  @MethodSource("pages")
  void compile(Path page) throws IOException {
    assertThat(complaints(CodeBlock.of(page))).isEmpty();
  }

  /** A source in memory. */
  private static final class Source extends SimpleJavaFileObject {

    private final String text;

    /** Where the page has the first line of the code, less where the source has it. */
    private final int shift;

    private final Path page;

    Source(
        CodeBlock block, String inPackage, String name, List<String> before, List<String> after) {
      super(URI.create("string:///" + inPackage + "/" + name + ".java"), Kind.SOURCE);
      List<String> lines = new ArrayList<>(before);
      lines.addAll(block.code());
      lines.addAll(after);
      this.text = String.join("\n", lines);
      this.shift = block.line() - before.size() - 1;
      this.page = block.page();
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }

    String place(long line) {
      return ROOT.relativize(page) + ":" + (line + shift);
    }
  }

  private static List<String> complaints(List<CodeBlock> blocks) throws IOException {
    Path classes = Files.createTempDirectory("code-blocks");
    try {
      return complaints(blocks, classes);
    } finally {
      try (Stream<Path> files = Files.walk(classes)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  /**
   * What the compiler says against the blocks of a page. Their classes are left in {@code classes},
   * that of block {@code i} as {@code Block<i>}, with a method {@code block()} if it is statements.
   */
  static List<String> complaints(List<CodeBlock> blocks, Path classes) {
    List<Source> sources = sources(blocks);
    if (sources.isEmpty()) {
      return List.of();
    }
    JavaCompiler javac = requireNonNull(ToolProvider.getSystemJavaCompiler(), "no compiler");
    DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
    List<String> options =
        List.of(
            "-proc:none",
            "-nowarn",
            "--release",
            "17",
            "-d",
            classes.toString(),
            "-cp",
            System.getProperty("java.class.path"));
    javac.getTask(null, null, found, options, null, sources).call();
    return found.getDiagnostics().stream()
        .filter(one -> one.getKind() == Diagnostic.Kind.ERROR)
        .map(CodeBlocksTest::complaint)
        .toList();
  }

  private static String complaint(Diagnostic<? extends JavaFileObject> found) {
    String message = found.getMessage(Locale.ENGLISH);
    return found.getSource() instanceof Source source
        ? source.place(found.getLineNumber()) + ": " + message
        : message;
  }

  private static List<Source> sources(List<CodeBlock> blocks) {
    List<Source> sources = new ArrayList<>();
    String inPackage = "";
    List<String> members = new ArrayList<>();
    for (int i = 0; i < blocks.size(); i++) {
      CodeBlock block = blocks.get(i);
      if (!block.continues() || i == 0) {
        inPackage = "block" + i;
        members.clear();
      }
      List<String> before = new ArrayList<>();
      before.add("package " + inPackage + ";");
      IMPORTED.forEach(name -> before.add("import " + name + ".*;"));
      for (String name : members) {
        before.add("import static " + inPackage + "." + name + ".*;");
      }
      for (String item : block.given()) {
        if (item.startsWith("import ")) {
          before.add(item + ";");
        }
      }
      String name = block.fileName("Block" + i);
      sources.add(
          block.isFile()
              ? new Source(block, inPackage, name, before, List.of())
              : inClass(block, inPackage, name, before));
      if (block.isMembers()) {
        members.add(name);
      }
    }
    return sources;
  }

  /** The code in a class, in a method of it if it is statements; its imports before that. */
  private static Source inClass(
      CodeBlock block, String inPackage, String name, List<String> before) {
    List<String> code = new ArrayList<>();
    for (String line : block.code()) {
      boolean isImport = line.startsWith("import ");
      if (isImport) {
        before.add(line);
      }
      code.add(isImport ? "" : line);
    }
    before.add("@SuppressWarnings(\"all\")");
    before.add("class " + name + " {");
    before.add("static <T> T given() { throw new UnsupportedOperationException(); }");
    for (String item : block.given()) {
      if (!item.startsWith("import ")) {
        before.add("static " + declared(item));
      }
    }
    List<String> after = new ArrayList<>();
    if (!block.isMembers()) {
      before.add("static void block() throws Exception {");
      after.add("}");
    }
    after.add("}");
    return new Source(
        new CodeBlock(block.page(), block.line(), block.comments(), code),
        inPackage,
        name,
        before,
        after);
  }

  private static String declared(String item) {
    if (item.endsWith("}")) {
      return item; // a type, or a method with a body
    }
    if (!item.endsWith(")") && !item.contains(") throws ")) {
      return item + (item.contains("=") ? ";" : " = given();");
    }
    return item + (item.startsWith("void ") ? " { given(); }" : " { return given(); }");
  }

  // ---- of this test itself

  @Test
  void whatDoesNotCompileIsFound(@TempDir Path folder) throws IOException {
    Path page = folder.resolve("page.md");
    Files.writeString(
        page,
        """
        Text.

        <!-- given: PolluxRuntime runtime; Future<String> fetch(String url); record User(int id) {} -->
        ```java
        String text = runtime.blockOn(fetch("x").map(String::strip));
        User user = new User(text.length());
        ```

        <!-- members -->
        ```java
        static int twice(int n) {
          return 2 * n;
        }
        ```

        <!-- continues -->
        ```java
        int four = twice(2);
        ```

        ```java
        int four = twice(2);
        ```

        ```java
        public final class Own implements Runnable {
          @Override
          public void run() {
            int number = "none";
          }
        }
        ```

        ```text
        no Java
        ```
        """);
    List<String> complaints = complaints(CodeBlock.of(page));
    assertThat(complaints).hasSize(2);
    assertThat(complaints.get(0)).contains("page.md:22: ").contains("cannot find symbol");
    assertThat(complaints.get(1)).contains("page.md:29: ").contains("incompatible types");
  }

  @Test
  void allPagesAreRead() throws IOException {
    Map<String, Integer> blocks = new LinkedHashMap<>();
    for (Path page : pages().toList()) {
      blocks.put(ROOT.relativize(page).toString(), CodeBlock.of(page).size());
    }
    assertThat(blocks).containsKeys("README.md", "docs/io.md");
    assertThat(blocks.get("README.md")).isPositive();
    assertThat(blocks.get("docs/io.md")).isPositive();
  }
}
