package dev.pollux.samples.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.reactivex.rxjava3.core.Flowable;
import java.io.IOException;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

/** The page of operators names every operator of Reactor and RxJava, and only what exists. */
class OperatorsPageTest {

  private static final List<String> PACKAGES =
      List.of(
          "dev.pollux.core",
          "dev.pollux.stream",
          "dev.pollux.sync",
          "dev.pollux.time",
          "dev.pollux.structure",
          "dev.pollux.spi",
          "dev.pollux.testing",
          "dev.pollux.executor",
          "dev.pollux.streams");

  private static final Pattern CODE = Pattern.compile("`([^`]+)`");

  /** A type, or a member of a type: what begins with a capital in the column of ours. */
  private static final Pattern OURS =
      Pattern.compile("([A-Z]\\w*(?:\\.[A-Z][a-z]\\w*)*)(?:\\.(\\w+))?(\\(.*\\))?");

  /** A line of a table. */
  private record Row(String section, String theirs, String ours) {

    List<String> names() {
      return codeIn(theirs);
    }
  }

  private static List<Row> rows;

  @BeforeAll
  static void readPage() throws IOException {
    rows = new ArrayList<>();
    String section = "";
    for (String line : Files.readAllLines(page())) {
      if (line.startsWith("## ")) {
        section = line.substring(3);
      } else if (line.startsWith("|")) {
        String[] cells = line.split("\\|", -1);
        rows.add(
            new Row(section, cells[1], String.join("|", cells).substring(cells[1].length() + 2)));
      }
    }
  }

  private static Path page() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("docs/operators.md"))) {
      folder = folder.getParent();
    }
    return folder.resolve("docs/operators.md");
  }

  @Test
  void everyOperatorOfFluxHasOneRow() {
    assertThat(namesUnder("Reactor: Flux")).containsExactlyInAnyOrderElementsOf(verbs(Flux.class));
  }

  @Test
  void everyOperatorOfFlowableHasOneRow() {
    assertThat(namesUnder("RxJava: Flowable"))
        .containsExactlyInAnyOrderElementsOf(verbs(Flowable.class));
  }

  @Test
  void whatIsCalledOursExists() {
    List<String> unknown = new ArrayList<>();
    int looked = 0;
    for (Row row : rows) {
      for (String code : codeIn(row.ours())) {
        if (Character.isUpperCase(code.charAt(0))
            && !code.startsWith("Collector")
            && !code.startsWith("Optional")) {
          looked++;
          if (!exists(code)) {
            unknown.add(row.theirs().strip() + " | " + code);
          }
        }
      }
    }
    assertThat(unknown).isEmpty();
    assertThat(looked).isGreaterThan(400);
  }

  @Test
  void whatDoesNotExistIsFound() {
    assertThat(exists("AsyncIterator.map(function)")).isTrue();
    assertThat(exists("AsyncIterator")).isTrue();
    assertThat(exists("Mpsc.Sender.sendAll(elements)")).isTrue();
    assertThat(exists("Turn.ENDED")).isTrue();
    assertThat(exists("AsyncIterator.mop(function)")).isFalse();
    assertThat(exists("AsyncIterator.map(function, other)")).isFalse();
    assertThat(exists("Turn.STARTED")).isFalse();
    assertThat(exists("AsyncIteratr.map(function)")).isFalse();
  }

  private static List<String> namesUnder(String section) {
    return rows.stream()
        .filter(row -> row.section().equals(section))
        .flatMap(row -> row.names().stream())
        .toList();
  }

  private static List<String> codeIn(String cell) {
    return CODE.matcher(cell).results().map(match -> match.group(1)).toList();
  }

  private static List<String> verbs(Class<?> type) {
    return Arrays.stream(type.getDeclaredMethods())
        .filter(OperatorsPageTest::isPublic)
        .filter(method -> !method.isSynthetic())
        .map(Method::getName)
        .distinct()
        .toList();
  }

  private static boolean isPublic(Member member) {
    return Modifier.isPublic(member.getModifiers());
  }

  /**
   * Whether there is a public type of that name, with a member of that name and as many parameters.
   */
  private static boolean exists(String code) {
    Matcher ours = OURS.matcher(code);
    if (!ours.matches()) {
      return false;
    }
    String member = ours.group(2);
    String parameters = ours.group(3);
    return type(ours.group(1))
        .filter(type -> member == null || members(type, parameters).anyMatch(member::equals))
        .isPresent();
  }

  private static Stream<String> members(Class<?> type, String parameters) {
    if (parameters == null) {
      return Arrays.stream(type.getFields()).map(Member::getName);
    }
    int count = parameters.equals("()") ? 0 : parameters.split(",", -1).length;
    return Arrays.stream(type.getMethods())
        .filter(
            method ->
                method.isVarArgs()
                    ? count >= method.getParameterCount() - 1
                    : count == method.getParameterCount())
        .map(Member::getName);
  }

  private static Optional<Class<?>> type(String name) {
    for (String folder : PACKAGES) {
      try {
        Class<?> type = Class.forName(folder + "." + name.replace('.', '$'));
        if (Modifier.isPublic(type.getModifiers())) {
          return Optional.of(type);
        }
      } catch (ClassNotFoundException elsewhere) {
        // in another package, perhaps
      }
    }
    return Optional.empty();
  }
}
