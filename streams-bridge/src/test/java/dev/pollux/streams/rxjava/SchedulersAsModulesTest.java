package dev.pollux.streams.rxjava;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.core.Future;
import dev.pollux.executor.PolluxRuntime;
import io.reactivex.rxjava3.core.Scheduler;
import io.reactivex.rxjava3.disposables.Disposable;
import java.lang.module.Configuration;
import java.lang.module.ModuleFinder;
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

/** As modules, where RxJava hides the interface that {@link MultiWorkerScheduler} implements. */
@Timeout(60)
class SchedulersAsModulesTest {

  @Test
  void schedulersWorkWithoutTheInternalInterface() throws Exception {
    ClassLoader loader = asModules();
    Class<?> runtimeType = loader.loadClass(PolluxRuntime.class.getName());
    Class<?> schedulerType = loader.loadClass(PolluxRxScheduler.class.getName());
    assertThat(schedulerType.getModule().getName()).isEqualTo("dev.pollux.streams");
    try (AutoCloseable runtime =
        (AutoCloseable) runtimeType.getMethod("multiThread").invoke(null)) {
      for (String kind : List.of("computation", "io", "newThread", "single")) {
        Object scheduler = schedulerType.getMethod(kind, runtimeType).invoke(null, runtime);
        assertThat(scheduler.getClass()).isSameAs(schedulerType);
        CountDownLatch ran = new CountDownLatch(1);
        Object job =
            schedulerType
                .getMethod("scheduleDirect", Runnable.class)
                .invoke(scheduler, (Runnable) ran::countDown);
        assertThat(job).isInstanceOf(loader.loadClass(Disposable.class.getName()));
        assertThat(ran.await(30, TimeUnit.SECONDS)).isTrue();
      }
      Class<?> installer = loader.loadClass(PolluxRxSchedulers.class.getName());
      AutoCloseable installed =
          (AutoCloseable) installer.getMethod("install", runtimeType).invoke(null, runtime);
      Class<?> schedulers = loader.loadClass("io.reactivex.rxjava3.schedulers.Schedulers");
      assertThat(schedulers.getMethod("io").invoke(null))
          .isSameAs(installer.getMethod("io").invoke(installed));
      installed.close();
      assertThat(schedulers.getMethod("io").invoke(null)).isNotInstanceOf(schedulerType);
    }
  }

  private static ClassLoader asModules() throws Exception {
    Path[] paths =
        Stream.of(
                Future.class,
                PolluxRuntime.class,
                PolluxRxScheduler.class,
                Scheduler.class,
                Publisher.class)
            .map(SchedulersAsModulesTest::pathOf)
            .toArray(Path[]::new);
    ModuleFinder finder = ModuleFinder.of(paths);
    Set<String> roots = Set.of("dev.pollux.streams", "dev.pollux.executor", "io.reactivex.rxjava3");
    Assumptions.assumeTrue(
        roots.stream().allMatch(name -> finder.find(name).isPresent()), "compiled as modules");
    Configuration configuration =
        ModuleLayer.boot().configuration().resolve(finder, ModuleFinder.of(), roots);
    return ModuleLayer.defineModulesWithOneLoader(
            configuration, List.of(ModuleLayer.boot()), ClassLoader.getPlatformClassLoader())
        .layer()
        .findLoader("dev.pollux.streams");
  }

  private static Path pathOf(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (Exception failure) {
      throw new AssertionError(failure);
    }
  }
}
