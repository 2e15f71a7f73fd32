package dev.pollux.streams.reactor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Future;
import dev.pollux.streams.Streams;
import dev.pollux.testing.FutureConformance;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Every future of the rooms for Reactor and RxJava keeps every law; a new one is named. Those of
 * the room for schedulers have their suites there, in {@code TurnsConformTest}.
 */
class LibraryFuturesConformTest {

  @TestFactory
  Stream<DynamicTest> runtimeWatchConforms() {
    return FutureConformance.<Void>of("runtime watch", kit -> new RuntimeWatch(() -> {}))
        .expectNever()
        .checks()
        .stream()
        .map(check -> dynamicTest(check.law().toString(), check::run));
  }

  @Test
  void everyFutureAndIteratorIsListed() throws Exception {
    Path classes =
        Path.of(Streams.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    Set<String> found = new TreeSet<>();
    for (String room :
        List.of(
            "dev.pollux.streams.reactor.",
            "dev.pollux.streams.rxjava.",
            "dev.pollux.streams.schedule.")) {
      try (Stream<Path> files = Files.list(classes.resolve(room.replace('.', '/')))) {
        files
            .map(file -> file.getFileName().toString())
            .filter(name -> name.endsWith(".class") && !name.equals("package-info.class"))
            .map(name -> room + name.replace(".class", ""))
            .filter(LibraryFuturesConformTest::isFutureOrIterator)
            .forEach(found::add);
      }
    }
    assertThat(found)
        .containsExactly(
            RuntimeWatch.class.getName(),
            "dev.pollux.streams.schedule.Alarm",
            "dev.pollux.streams.schedule.WorkerDrain");
  }

  private static boolean isFutureOrIterator(String name) {
    try {
      Class<?> type = Class.forName(name, false, Streams.class.getClassLoader());
      return Future.class.isAssignableFrom(type) || AsyncIterator.class.isAssignableFrom(type);
    } catch (ClassNotFoundException impossible) {
      throw new AssertionError(impossible);
    }
  }
}
