package dev.pollux.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * What is shipped depends on nothing but Reactive Streams, and all that it exports is compared with
 * the last release.
 */
class ShippedModulesTest {

  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  /** Of Maven, without versions. */
  private record Dependency(String group, String artifact, String scope, boolean isOptional) {

    static Dependency of(Element element) {
      return new Dependency(
          text(element, "groupId", ""),
          text(element, "artifactId", ""),
          text(element, "scope", "compile"),
          text(element, "optional", "false").equals("true"));
    }

    /** Whether the users of the module get it too. */
    boolean isPassedOn() {
      return !isOptional && !scope.equals("test") && !scope.equals("provided");
    }

    boolean isOfPollux() {
      return group.equals("dev.pollux");
    }

    String name() {
      return group + ":" + artifact;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"poll-core", "executor", "io-nio"})
  void moduleDependsOnNothing(String folder) {
    assertThat(passedOn(folder)).allMatch(Dependency::isOfPollux);
  }

  @Test
  void streamsDependOnReactiveStreams() {
    assertThat(passedOn("streams-bridge"))
        .filteredOn(dependency -> !dependency.isOfPollux())
        .extracting(Dependency::name)
        .containsExactly("org.reactivestreams:reactive-streams");
  }

  @Test
  void coreDependsOnNobody() {
    assertThat(passedOn("poll-core")).isEmpty();
  }

  @Test
  void whatAllModulesInheritIsNotPassedOn() {
    Element parent = pom(ROOT.resolve("pom.xml"));
    assertThat(dependencies(parent)).isNotEmpty().noneMatch(Dependency::isPassedOn);
    for (Element profile : children(child(parent, "profiles"), "profile")) {
      assertThat(dependencies(profile)).as(text(profile, "id", "")).isEmpty();
    }
  }

  @Test
  void everythingExportedIsComparedWithTheLastRelease() throws IOException {
    NodeList includes = pom(ROOT.resolve("pom.xml")).getElementsByTagName("include");
    Set<String> compared = new TreeSet<>();
    for (int i = 0; i < includes.getLength(); i++) {
      compared.add(includes.item(i).getTextContent());
    }
    assertThat(compared).isEqualTo(ExportedPackages.ofLibrary());
  }

  private static List<Dependency> passedOn(String folder) {
    Element project = pom(ROOT.resolve(folder).resolve("pom.xml"));
    assertThat(child(project, "profiles")).as("profiles may have dependencies").isNull();
    return dependencies(project).stream().filter(Dependency::isPassedOn).toList();
  }

  private static List<Dependency> dependencies(Element of) {
    return children(child(of, "dependencies"), "dependency").stream().map(Dependency::of).toList();
  }

  private static Element pom(Path file) {
    try {
      Document document =
          DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(file.toFile());
      return document.getDocumentElement();
    } catch (IOException | ParserConfigurationException | SAXException e) {
      throw new AssertionError(file.toString(), e);
    }
  }

  private static String text(Element of, String name, String otherwise) {
    Element child = child(of, name);
    return child == null ? otherwise : child.getTextContent().strip();
  }

  private static Element child(Element of, String name) {
    List<Element> children = children(of, name);
    return children.isEmpty() ? null : children.get(0);
  }

  private static List<Element> children(Element of, String name) {
    List<Element> children = new ArrayList<>();
    for (Node node = of == null ? null : of.getFirstChild();
        node != null;
        node = node.getNextSibling()) {
      if (node instanceof Element element && element.getTagName().equals(name)) {
        children.add(element);
      }
    }
    return children;
  }
}
