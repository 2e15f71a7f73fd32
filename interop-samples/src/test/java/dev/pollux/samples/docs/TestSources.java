package dev.pollux.samples.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The sources of the tests and stress tests of all modules, by the names of their classes. */
final class TestSources {

  private static final Pattern TEST =
      Pattern.compile("@(?:Test|TestFactory|ParameterizedTest|RepeatedTest|Property)\\b");

  /** Some classes share a name. */
  private final Map<String, List<Path>> sources = new HashMap<>();

  TestSources(Path root) throws IOException {
    try (Stream<Path> modules = Files.list(root)) {
      for (Path module : modules.filter(each -> Files.exists(each.resolve("pom.xml"))).toList()) {
        add(module.resolve("src/test/java"));
        add(module.resolve("src/main/java"));
      }
    }
  }

  private void add(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> files = Files.walk(folder)) {
        files
            .filter(file -> file.toString().matches(".*(?:Test|Stress)\\.java"))
            .forEach(file -> sources.computeIfAbsent(name(file), n -> new ArrayList<>()).add(file));
      }
    }
  }

  private static String name(Path file) {
    return file.getFileName().toString().replace(".java", "");
  }

  /** Whether there is such a class, with a test or nested class of that name if one is named. */
  boolean has(String type, @Nullable String member) throws IOException {
    for (Path source : sources.getOrDefault(type, List.of())) {
      if (member == null || declares(Files.readString(source), member)) {
        return true;
      }
    }
    return false;
  }

  private static boolean declares(String source, String member) {
    String name = Pattern.quote(member);
    if (Character.isUpperCase(member.charAt(0))) {
      return Pattern.compile("\\bclass " + name + "\\b").matcher(source).find();
    }
    Matcher declared = Pattern.compile("\n  (?:\\w+ )*[\\w<>, ?]+ " + name + "\\(").matcher(source);
    if (!declared.find()) {
      return false;
    }
    // Its annotations are between it and the end of what is before it.
    int before = source.lastIndexOf("\n  }\n", declared.start());
    return TEST.matcher(source.substring(Math.max(before, 0), declared.start())).find();
  }
}
