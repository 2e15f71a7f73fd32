package dev.pollux.core;

import static java.util.stream.Collectors.toCollection;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Finds the classes of this module, for the suites that every one of a kind must be in. */
final class LibraryClasses {

  /**
   * Parts that never leave the class they belong to, and are checked with it: a slot of {@code
   * buffered}, which keeps failures for its owner; an attempt of {@code firstSuccess}, which makes
   * values of them; what a scope runs, and the handle that it wraps; what the test kit is made of.
   */
  private static final Set<String> PARTS =
      Set.of(
          "operator.BufferedSlot",
          "stream.FilterFuture",
          "stream.ParallelWork",
          "core.RingFeeder",
          "core.FirstSuccess$Attempt",
          "structure.ScopeChild",
          "structure.ScopeHandle",
          "testing.HarnessTask",
          "testing.IteratorSubject$Cut",
          "testing.ProbeFuture",
          "testing.ProbeIterator");

  private LibraryClasses() {}

  /**
   * The concrete named classes that implement {@code type}, without the {@code dev.pollux.} before
   * their names.
   */
  static Set<String> implementing(Class<?> type) {
    Path classes = folderOf(type);
    try (Stream<Path> files = Files.walk(classes)) {
      return files
          .map(file -> classes.relativize(file).toString().replace('\\', '/'))
          .filter(file -> file.startsWith("dev/pollux/") && file.endsWith(".class"))
          .map(file -> file.substring(0, file.length() - ".class".length()).replace('/', '.'))
          .filter(name -> !name.endsWith("-info"))
          .filter(name -> isConcrete(load(name), type))
          .map(name -> name.substring("dev.pollux.".length()))
          .filter(name -> !PARTS.contains(name))
          .collect(toCollection(TreeSet::new));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** The name of {@code object}'s class as it is listed: of a copy, that of the original. */
  static String nameOf(Object object) {
    String name = object.getClass().getName();
    int own = name.indexOf('/');
    return (own < 0 ? name : name.substring(0, own)).substring("dev.pollux.".length());
  }

  private static Path folderOf(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException impossible) {
      throw new AssertionError(impossible);
    }
  }

  private static boolean isConcrete(Class<?> type, Class<?> supertype) {
    return supertype.isAssignableFrom(type)
        && !Modifier.isAbstract(type.getModifiers())
        && !type.isAnonymousClass();
  }

  private static Class<?> load(String name) {
    try {
      return Class.forName(name, false, LibraryClasses.class.getClassLoader());
    } catch (ClassNotFoundException impossible) {
      throw new AssertionError(impossible);
    }
  }
}
