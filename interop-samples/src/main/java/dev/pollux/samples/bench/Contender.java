package dev.pollux.samples.bench;

import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Who is measured: Pollux, or a peer of it.
 *
 * @param name as it is printed
 * @param has whether it has a workload
 * @param program the main class and the arguments that measure a workload, and print the results as
 *     {@link Tsv}
 */
public record Contender(
    String name, Predicate<Workload> has, Function<Workload, List<String>> program) {

  /** The name of the one that all others are compared with. */
  public static final String POLLUX = "pollux";

  @Override
  public String toString() {
    return name;
  }
}
