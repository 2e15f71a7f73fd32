package dev.pollux.streams;

import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.AsyncIterators;
import dev.pollux.core.Future;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.spi.Spawner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.module.Configuration;
import java.lang.module.ModuleFinder;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.reactivestreams.Publisher;

/**
 * An application without Reactor, RxJava, BlockHound and Micrometer has every class but those of
 * the packages that are for them.
 */
@Timeout(60)
class WithoutOptionalJarsTest {

  private static final List<String> OPTIONAL =
      List.of(
          "dev.pollux.streams.reactor.",
          "dev.pollux.streams.rxjava.",
          "dev.pollux.executor.micrometer.");

  private static final List<String> ABSENT =
      List.of(
          "reactor.core.publisher.Flux",
          "io.reactivex.rxjava3.core.Flowable",
          "reactor.blockhound.BlockHound",
          "io.micrometer.core.instrument.MeterRegistry",
          "io.micrometer.context.ContextSnapshotFactory");

  @Test
  void everyOtherClassLinksOnTheClassPath() throws Exception {
    URL[] urls = shipped().stream().map(WithoutOptionalJarsTest::url).toArray(URL[]::new);
    try (URLClassLoader loader = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader())) {
      assertWorks(loader);
    }
  }

  @Test
  void everyOtherClassLinksAsModules() throws Exception {
    ModuleFinder finder = ModuleFinder.of(shipped().toArray(Path[]::new));
    Set<String> roots = Set.of("dev.pollux.streams", "dev.pollux.executor");
    Assumptions.assumeTrue(
        roots.stream().allMatch(name -> finder.find(name).isPresent()), "compiled as modules");
    Configuration configuration =
        ModuleLayer.boot().configuration().resolve(finder, ModuleFinder.of(), roots);
    ModuleLayer layer =
        ModuleLayer.defineModulesWithOneLoader(
                configuration, List.of(ModuleLayer.boot()), ClassLoader.getPlatformClassLoader())
            .layer();
    assertWorks(layer.findLoader("dev.pollux.streams"));
  }

  private static void assertWorks(ClassLoader loader) throws Exception {
    for (String absent : ABSENT) {
      assertThatThrownBy(() -> loader.loadClass(absent)).isInstanceOf(ClassNotFoundException.class);
    }
    Set<String> names = new TreeSet<>();
    for (Path place : shipped().subList(0, 3)) {
      names.addAll(classes(place));
    }
    assertThat(names)
        .contains(Streams.class.getName(), PolluxRuntime.class.getName(), Future.class.getName());
    for (String name : names) {
      Class<?> loaded = Class.forName(name, true, loader); // links: every type it needs is there
      assertThat(loaded.getClassLoader()).as(name).isSameAs(loader);
      assertThat(loaded.getDeclaredMethods()).as(name).isNotNull(); // and those of its signatures
    }
    assertThat(sumOfARoundTrip(loader)).isEqualTo(499_500);
  }

  /** Crosses the bridge out and in, by reflection: the types of this test are others. */
  private static Object sumOfARoundTrip(ClassLoader loader) throws Exception {
    Class<?> streams = loader.loadClass(Streams.class.getName());
    Class<?> iterators = loader.loadClass(AsyncIterators.class.getName());
    Class<?> iterator = loader.loadClass(AsyncIterator.class.getName());
    Class<?> future = loader.loadClass(Future.class.getName());
    Class<?> runtimeType = loader.loadClass(PolluxRuntime.class.getName());
    Class<?> publisher = loader.loadClass(Publisher.class.getName());
    Method range = iterators.getMethod("range", int.class, int.class);
    try (AutoCloseable runtime =
        (AutoCloseable) runtimeType.getMethod("currentThread").invoke(null)) {
      Supplier<Object> source =
          () -> {
            try {
              return range.invoke(null, 0, 1000);
            } catch (ReflectiveOperationException failure) {
              throw new LinkageError("range", failure);
            }
          };
      Object out =
          streams
              .getMethod("toPublisher", Supplier.class, loader.loadClass(Spawner.class.getName()))
              .invoke(null, source, runtime);
      Object in = streams.getMethod("fromPublisher", publisher, int.class).invoke(null, out, 64);
      Object collected = iterator.getMethod("toList").invoke(in);
      Object list = runtimeType.getMethod("blockOn", future).invoke(runtime, collected);
      return ((List<?>) list).stream().mapToInt(element -> (Integer) element).sum();
    }
  }

  private static Set<String> classes(Path place) throws IOException {
    if (Files.isDirectory(place)) {
      return classesBelow(place);
    }
    try (FileSystem jar = FileSystems.newFileSystem(place)) {
      return classesBelow(jar.getPath("/"));
    }
  }

  private static Set<String> classesBelow(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .map(file -> root.relativize(file).toString().replace('/', '.').replace('\\', '.'))
          .filter(name -> name.startsWith("dev.pollux.") && name.endsWith(".class"))
          .map(name -> name.substring(0, name.length() - ".class".length()))
          .filter(name -> !name.endsWith(".package-info"))
          .filter(name -> OPTIONAL.stream().noneMatch(name::startsWith))
          .collect(toCollection(TreeSet::new));
    }
  }

  /** Core, executor and streams, and what they can't do without. */
  private static List<Path> shipped() {
    return Stream.of(Future.class, PolluxRuntime.class, Streams.class, Publisher.class)
        .map(WithoutOptionalJarsTest::pathOf)
        .toList();
  }

  private static Path pathOf(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (Exception failure) {
      throw new AssertionError(failure);
    }
  }

  private static URL url(Path path) {
    try {
      return path.toUri().toURL();
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }
}
