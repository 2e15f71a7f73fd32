package dev.pollux.samples.cli;

import dev.pollux.samples.bench.MeasuringJava;
import dev.pollux.samples.bench.peer.Libraries;
import java.io.IOException;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What was measured on.
 *
 * @param jdk the version of the JDK that measures
 * @param processors how many it may use
 * @param system name, version and architecture of the operating system
 * @param libraries the versions of the peers that are libraries
 */
record BenchMachine(
    Runtime.Version jdk, int processors, String system, Map<String, String> libraries) {

  /**
   * This one.
   *
   * @throws IOException if the JDK of {@code PEERS_JAVA} doesn't say what it is
   */
  static BenchMachine here() throws IOException {
    return new BenchMachine(
        MeasuringJava.version(),
        Runtime.getRuntime().availableProcessors(),
        String.join(
            " ",
            System.getProperty("os.name"),
            System.getProperty("os.version"),
            System.getProperty("os.arch")),
        Libraries.versions());
  }

  /** As a line. */
  String line() {
    return "JDK %s, %d processors, %s".formatted(jdk, processors, system);
  }

  /** The libraries as a line. */
  String librariesLine() {
    return libraries.entrySet().stream()
        .map(library -> library.getKey() + " " + library.getValue())
        .collect(Collectors.joining(", "));
  }
}
