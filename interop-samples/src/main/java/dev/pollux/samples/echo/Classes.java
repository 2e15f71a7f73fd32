package dev.pollux.samples.echo;

import dev.pollux.core.Context;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.io.AsyncRead;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Loads classes before they are needed. A class in a directory can't be loaded without a
 * descriptor, and a process that has run out of them meets classes that it never needed before. (A
 * jar is open once a class of it is loaded.)
 */
final class Classes {

  private static final String SUFFIX = ".class";

  private Classes() {}

  /** Loads those of the library and of these commands, on a thread of its own. */
  static void loadAhead() {
    Thread thread = new Thread(Classes::loadAll, "load classes");
    thread.setDaemon(true);
    thread.start();
  }

  private static void loadAll() {
    for (Class<?> one :
        List.of(Context.class, PolluxRuntime.class, AsyncRead.class, Classes.class)) {
      @Nullable CodeSource source = one.getProtectionDomain().getCodeSource();
      if (source == null) {
        continue;
      }
      try {
        Path root = Path.of(source.getLocation().toURI());
        if (Files.isDirectory(root)) {
          load(root);
        }
      } catch (IOException | URISyntaxException unreadable) {
        // Then it is as it would be without this.
      }
    }
  }

  private static void load(Path root) throws IOException {
    ClassLoader loader = Classes.class.getClassLoader();
    try (Stream<Path> files = Files.walk(root)) {
      files
          .map(file -> root.relativize(file).toString())
          .filter(name -> name.endsWith(SUFFIX) && !name.contains("-"))
          .map(name -> name.substring(0, name.length() - SUFFIX.length()))
          .forEach(name -> load(name.replace(root.getFileSystem().getSeparator(), "."), loader));
    }
  }

  private static void load(String name, ClassLoader loader) {
    try {
      Class<?> unused = Class.forName(name, false, loader);
    } catch (ClassNotFoundException | LinkageError absent) {
      // It needs an optional library that is not here.
    }
  }
}
