package dev.pollux.samples.demo;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

/** The Java sources of this project. */
public final class ProjectSources {

  private ProjectSources() {}

  /**
   * Finds them, in the order of their names.
   *
   * @param home the root of the project
   * @throws IOException if it can't be searched
   */
  public static List<String> under(Path home) throws IOException {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> modules = Files.newDirectoryStream(home, Files::isDirectory)) {
      for (Path module : modules) {
        Path sources = module.resolve("src");
        if (Files.isDirectory(sources)) {
          addJavaFiles(sources, names);
        }
      }
    }
    Collections.sort(names);
    return names;
  }

  private static void addJavaFiles(Path sources, List<String> names) throws IOException {
    try (Stream<Path> files = Files.walk(sources)) {
      files
          .filter(file -> file.toString().endsWith(".java") && Files.isRegularFile(file))
          .forEach(file -> names.add(file.toString()));
    }
  }
}
