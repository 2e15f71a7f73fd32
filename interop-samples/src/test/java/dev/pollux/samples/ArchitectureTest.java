package dev.pollux.samples;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.errorprone.annotations.Keep;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import dev.pollux.core.Context;
import dev.pollux.core.TaskLocal;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The arrows between the modules point one way, and the library has no ambient state. */
final class ArchitectureTest {
  private static final String[] CORE = {
    "dev.pollux.core..",
    "dev.pollux.spi..",
    "dev.pollux.sync..",
    "dev.pollux.testing..",
    "dev.pollux.time.."
  };
  private static final String[] EXECUTOR = {"dev.pollux.executor.."};
  private static final String[] STREAMS = {"dev.pollux.streams.."};

  /** The JDK, and annotations that are absent at run time. */
  private static final String[] PLATFORM = {
    "java..", "org.jspecify.annotations..", "com.google.errorprone.annotations.."
  };

  private static final JavaClasses LIBRARY =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          // Its races stand in the packages of the library.
          .withImportOption(location -> !location.contains("/benchmarks/"))
          .importPackages("dev.pollux")
          .that(resideInAnyPackage(concat(CORE, EXECUTOR, STREAMS)));

  @Test
  void coreDependsOnNobody() {
    onlyDependOn(CORE, CORE, PLATFORM).check(LIBRARY);
  }

  @Test
  void executorDependsOnTheCore() {
    onlyDependOn(EXECUTOR, EXECUTOR, CORE, PLATFORM).check(LIBRARY);
  }

  @Test
  void streamsDependOnTheCoreAndReactiveStreams() {
    String[] reactiveStreams = {"org.reactivestreams.."};
    onlyDependOn(STREAMS, STREAMS, CORE, PLATFORM, reactiveStreams).check(LIBRARY);
  }

  @Test
  void libraryNeverAsksForTheCurrentContext() {
    neverCallsCurrent().check(LIBRARY);
  }

  @Test
  void callOfTheCurrentContextIsReported() {
    JavaClasses caller = new ClassFileImporter().importClasses(AmbientCaller.class);
    assertThat(neverCallsCurrent().evaluate(caller).hasViolation()).isTrue();
  }

  @Test
  void everyModuleIsLookedAt() {
    assertThat(LIBRARY.contain(Context.class)).isTrue();
    for (String[] module : new String[][] {CORE, EXECUTOR, STREAMS}) {
      assertThat(LIBRARY.that(resideInAnyPackage(module))).as(module[0]).isNotEmpty();
    }
  }

  private static ArchRule onlyDependOn(String[] module, String[]... allowed) {
    return classes()
        .that()
        .resideInAnyPackage(module)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(concat(allowed));
  }

  private static ArchRule neverCallsCurrent() {
    // TaskLocal.get() is the other method that exists for users' lambdas; it hands the question on.
    return noClasses()
        .that()
        .doNotBelongToAnyOf(TaskLocal.class)
        .should()
        .callMethod(Context.class, "current")
        .orShould()
        .callMethod(TaskLocal.class, "get");
  }

  private static String[] concat(String[]... parts) {
    return Stream.of(parts).flatMap(Stream::of).toArray(String[]::new);
  }

  /** What the library must not do. */
  private static final class AmbientCaller {
    @Keep
    Optional<Context> ambient() {
      return Context.current();
    }
  }
}
