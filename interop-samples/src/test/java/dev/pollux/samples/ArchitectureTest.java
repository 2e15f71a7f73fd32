package dev.pollux.samples;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.errorprone.annotations.Keep;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.base.HasDescription;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import dev.pollux.core.Context;
import dev.pollux.core.TaskLocal;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The arrows between the modules point one way, and the library has no ambient state. */
final class ArchitectureTest {
  private static final String[] CORE = {
    "dev.pollux.core..",
    "dev.pollux.operator..",
    "dev.pollux.spi..",
    "dev.pollux.stream..",
    "dev.pollux.structure..",
    "dev.pollux.sync..",
    "dev.pollux.testing..",
    "dev.pollux.time.."
  };
  private static final String[] EXECUTOR = {"dev.pollux.executor.."};
  private static final String[] IO = {"dev.pollux.io.."};
  private static final String[] STREAMS = {"dev.pollux.streams.."};
  private static final String[] RXJAVA = {"dev.pollux.streams.rxjava.."};

  /** Of java.base too. */
  private static final String[] TLS = {"javax.net.ssl..", "javax.security.auth.x500.."};

  /** The JDK, and annotations that are absent at run time. */
  private static final String[] PLATFORM = {
    "java..", "org.jspecify.annotations..", "com.google.errorprone.annotations.."
  };

  private static final String[] FOR_MICROMETER = {"dev.pollux.executor.micrometer.."};
  private static final String[] MICROMETER = {"io.micrometer.."};
  private static final String[] FOR_REACTOR = {"dev.pollux.streams.reactor.."};

  /** Reactor and BlockHound, which one package of the streams is for. */
  private static final String[] REACTOR = {
    "reactor.core..", "reactor.util..", "reactor.blockhound.."
  };

  /** Not on the path of these tests, so nothing is known of its types but their names. */
  private static final DescribedPredicate<JavaClass> NOT_HERE =
      resideInAnyPackage("reactor.blockhound..", "io.micrometer..");

  /** What every user of the modules can name: their "requires transitive". */
  private static final String[] VISIBLE_OUTSIDE =
      concat(
          new String[] {
            "java..",
            "javax.net.ssl",
            "org.reactivestreams",
            "io.reactivex.rxjava3.core",
            "io.reactivex.rxjava3.disposables"
          },
          REACTOR,
          MICROMETER);

  private static final JavaClasses LIBRARY =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          // Its races stand in the packages of the library.
          .withImportOption(location -> !location.contains("/benchmarks/"))
          .importPackages("dev.pollux")
          .that(resideInAnyPackage(concat(CORE, EXECUTOR, IO, STREAMS)));

  @Test
  void coreDependsOnNobody() {
    onlyDependOn(CORE, CORE, PLATFORM).check(LIBRARY);
  }

  @Test
  void executorDependsOnTheCore() {
    String[] optional = {"jdk.jfr..", "javax.management.."};
    onlyDependOn(EXECUTOR, EXECUTOR, CORE, PLATFORM, optional)
        .check(LIBRARY.that(not(resideInAnyPackage(FOR_MICROMETER))));
  }

  @Test
  void onePackageOfTheExecutorDependsOnMicrometer() {
    String[] runtime = {"dev.pollux.executor"};
    onlyDependOn(FOR_MICROMETER, FOR_MICROMETER, runtime, CORE, PLATFORM, MICROMETER)
        .check(LIBRARY);
  }

  @Test
  void ioDependsOnTheCore() {
    onlyDependOn(IO, IO, CORE, PLATFORM, TLS).check(LIBRARY);
  }

  @Test
  void streamsDependOnTheCoreAndReactiveStreams() {
    String[] reactiveStreams = {"org.reactivestreams.."};
    onlyDependOn(STREAMS, STREAMS, CORE, PLATFORM, reactiveStreams)
        .check(LIBRARY.that(not(resideInAnyPackage(concat(FOR_REACTOR, RXJAVA)))));
  }

  @Test
  void onePackageOfTheStreamsDependsOnReactorAndTheRuntime() {
    String[] reactiveStreams = {"org.reactivestreams.."};
    String[] runtime = {"dev.pollux.executor"};
    onlyDependOn(FOR_REACTOR, STREAMS, CORE, runtime, PLATFORM, reactiveStreams, REACTOR)
        .check(LIBRARY);
  }

  @Test
  void schedulersOfRxJavaDependOnTheExecutorAndRxJava() {
    String[] rxJava = {"io.reactivex.rxjava3..", "org.reactivestreams.."};
    onlyDependOn(RXJAVA, STREAMS, EXECUTOR, CORE, PLATFORM, rxJava).check(LIBRARY);
  }

  @Test
  void nobodyDependsOnTheSchedulersOfRxJava() {
    noClasses()
        .that()
        .resideOutsideOfPackages(RXJAVA)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(RXJAVA)
        .check(LIBRARY);
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
  void publicSignaturesNameOnlyWhatIsExported() throws IOException {
    Set<String> exported = ExportedPackages.ofLibrary();
    assertThat(exported).contains(Context.class.getPackageName());
    String[] visible = concat(exported.toArray(String[]::new), VISIBLE_OUTSIDE);
    signatures(exported, visible).check(LIBRARY);
  }

  @Test
  void hiddenTypeInPublicSignatureIsReported() {
    JavaClasses leak = new ClassFileImporter().importClasses(Leak.class);
    Set<String> exported = Set.of(Leak.class.getPackageName());
    assertThat(signatures(exported, VISIBLE_OUTSIDE).evaluate(leak).hasViolation()).isTrue();
  }

  @Test
  void everyModuleIsLookedAt() {
    assertThat(LIBRARY.contain(Context.class)).isTrue();
    for (String[] module : new String[][] {CORE, EXECUTOR, IO, STREAMS}) {
      assertThat(LIBRARY.that(resideInAnyPackage(module))).as(module[0]).isNotEmpty();
    }
  }

  private static ArchRule signatures(Set<String> exported, String[] visible) {
    return classes()
        .that()
        .resideInAnyPackage(exported.toArray(String[]::new))
        .and()
        .arePublic()
        .should(nameOnlyTypesOf(visible));
  }

  private static ArchCondition<JavaClass> nameOnlyTypesOf(String[] packages) {
    DescribedPredicate<JavaClass> visible = resideInAnyPackage(packages);
    return new ArchCondition<>("name only visible types in their signatures") {
      @Override
      public void check(JavaClass owner, ConditionEvents events) {
        Stream<JavaType> above =
            Stream.concat(owner.getSuperclass().stream(), owner.getInterfaces().stream());
        above.forEach(type -> report(owner, type, events));
        owner.getMembers().stream()
            .filter(ArchitectureTest::isSeenOutside)
            .forEach(member -> types(member).forEach(type -> report(member, type, events)));
      }

      private void report(HasDescription where, JavaType named, ConditionEvents events) {
        for (JavaClass type : named.getAllInvolvedRawTypes()) {
          JavaClass element = type.getBaseComponentType();
          boolean hidden =
              !element.getModifiers().contains(JavaModifier.PUBLIC) && !NOT_HERE.test(element);
          if (!element.isPrimitive() && (hidden || !visible.test(element))) {
            String message = where.getDescription() + " names " + element.getName();
            events.add(SimpleConditionEvent.violated(where, message));
          }
        }
      }
    };
  }

  private static boolean isSeenOutside(JavaMember member) {
    return member.getModifiers().contains(JavaModifier.PUBLIC)
        || member.getModifiers().contains(JavaModifier.PROTECTED);
  }

  private static Stream<JavaType> types(JavaMember member) {
    if (member instanceof JavaCodeUnit method) {
      return Stream.concat(
          Stream.of(method.getReturnType()),
          Stream.concat(method.getParameterTypes().stream(), method.getExceptionTypes().stream()));
    }
    return Stream.of(((JavaField) member).getType());
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

  /** A public signature with a type that nobody else can name. */
  public static final class Leak {
    /** Leaks. */
    public List<AmbientCaller> leak() {
      return List.of();
    }
  }
}
