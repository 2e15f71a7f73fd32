package dev.pollux.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.pollux.testing.AsyncIteratorConformance;
import dev.pollux.testing.ConformanceKit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;

/** Iterators that {@link EveryIteratorConformsTest} holds to every law. */
public abstract class IteratorSubjects {

  private final Set<String> listed = new TreeSet<>();
  private final List<DynamicContainer> suites = new ArrayList<>();

  /** A subject that must be of the class {@code className}. */
  protected final <T> AsyncIteratorConformance<T> subject(
      String className, String name, Function<ConformanceKit, AsyncIterator<T>> make) {
    listed.add(className);
    AsyncIteratorConformance<T> conformance =
        AsyncIteratorConformance.of(
            name,
            kit -> {
              AsyncIterator<T> made = make.apply(kit);
              assertThat(LibraryClasses.nameOf(made)).isEqualTo(className);
              return made;
            });
    suites.add(
        dynamicContainer(
            name,
            Stream.of(conformance)
                .flatMap(suite -> suite.checks().stream())
                .map(check -> dynamicTest(check.law().toString(), check::run))));
    return conformance;
  }

  /** Lists a class that is checked inside another one. */
  protected final void list(String className) {
    listed.add(className);
  }

  final void addAll(IteratorSubjects room) {
    listed.addAll(room.listed);
    suites.addAll(room.suites);
  }

  final Set<String> listed() {
    return Collections.unmodifiableSet(listed);
  }

  final Stream<DynamicContainer> suites() {
    return suites.stream();
  }

  protected static List<Value> values(int count) {
    List<Value> values = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      values.add(Value.of(i));
    }
    return values;
  }

  protected static AsyncIterator<Value> source(ConformanceKit kit) {
    return kit.iterator("source", Value.of(1), Value.of(2), Value.of(3));
  }
}
