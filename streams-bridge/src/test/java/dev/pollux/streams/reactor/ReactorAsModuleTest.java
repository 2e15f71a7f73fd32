package dev.pollux.streams.reactor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.Future;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.streams.Streams;
import java.lang.module.Configuration;
import java.lang.module.ModuleFinder;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.reactivestreams.Publisher;
import reactor.blockhound.BlockHound;
import reactor.core.publisher.Flux;

/** As modules, with and without those that need not be there. */
@Timeout(60)
class ReactorAsModuleTest {

  @Test
  void moduleProvidesForBlockHoundWhichIsAbsent() throws Exception {
    ModuleLayer layer = layer(Set.of("dev.pollux.streams", "dev.pollux.executor"), List.of());
    assertThat(layer.findModule("reactor.blockhound")).isEmpty();
    ClassLoader loader = layer.findLoader("dev.pollux.streams");
    assertThat(loader.loadClass(Streams.class.getName()).getModule().getName())
        .isEqualTo("dev.pollux.streams");
    assertThatThrownBy(
            () ->
                loader
                    .loadClass(PolluxScheduler.class.getName())
                    .getMethod("parallel", loader.loadClass(PolluxRuntime.class.getName()))
                    .invoke(null, new Object[] {null}))
        .isInstanceOfAny(NoClassDefFoundError.class, InvocationTargetException.class);
  }

  @Test
  void schedulersRunAsModulesWithoutBlockHound() throws Exception {
    ClassLoader loader =
        layer(
                Set.of("dev.pollux.streams", "dev.pollux.executor", "reactor.core"),
                List.of(Flux.class))
            .findLoader("dev.pollux.streams");
    Class<?> runtimeType = loader.loadClass(PolluxRuntime.class.getName());
    Class<?> schedulerType = loader.loadClass(PolluxScheduler.class.getName());
    try (AutoCloseable runtime =
        (AutoCloseable) runtimeType.getMethod("multiThread").invoke(null)) {
      for (String kind : List.of("parallel", "single", "boundedElastic")) {
        Object scheduler = schedulerType.getMethod(kind, runtimeType).invoke(null, runtime);
        CountDownLatch ran = new CountDownLatch(1);
        assertThat(
                schedulerType
                    .getMethod("schedule", Runnable.class)
                    .invoke(scheduler, (Runnable) ran::countDown))
            .isNotNull();
        assertThat(ran.await(30, TimeUnit.SECONDS)).isTrue();
      }
      AutoCloseable installed =
          (AutoCloseable)
              loader
                  .loadClass(PolluxSchedulers.class.getName())
                  .getMethod("install", runtimeType)
                  .invoke(null, runtime);
      assertThat(installed).hasToString("Installation[in force]");
      installed.close();
    }
  }

  @Test
  void moduleProvidesForBlockHoundWhichIsPresent() throws Exception {
    ModuleLayer layer =
        layer(
            Set.of(
                "dev.pollux.streams", "dev.pollux.executor", "reactor.core", "reactor.blockhound"),
            List.of(Flux.class, BlockHound.class));
    Class<?> service =
        layer
            .findLoader("reactor.blockhound")
            .loadClass("reactor.blockhound.integration.BlockHoundIntegration");
    assertThat(layer.findModule("dev.pollux.streams").orElseThrow().getDescriptor().provides())
        .anyMatch(provides -> provides.service().equals(service.getName()));
  }

  private static ModuleLayer layer(Set<String> roots, List<Class<?>> more) {
    Path[] paths =
        Stream.concat(
                Stream.of(Future.class, PolluxRuntime.class, Streams.class, Publisher.class),
                more.stream())
            .map(ReactorAsModuleTest::pathOf)
            .toArray(Path[]::new);
    ModuleFinder finder = ModuleFinder.of(paths);
    Assumptions.assumeTrue(
        roots.stream().allMatch(name -> finder.find(name).isPresent()), "compiled as modules");
    Configuration configuration =
        ModuleLayer.boot().configuration().resolve(finder, ModuleFinder.of(), roots);
    return ModuleLayer.defineModulesWithOneLoader(
            configuration, List.of(ModuleLayer.boot()), ClassLoader.getPlatformClassLoader())
        .layer();
  }

  private static Path pathOf(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (Exception failure) {
      throw new AssertionError(failure);
    }
  }
}
