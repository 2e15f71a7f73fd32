package dev.pollux.samples.echo;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What there can't be more connections for.
 *
 * @param resource what is used up
 * @param why how that is known
 */
record Limit(String resource, String why) {

  /** A server needs some descriptors beside its connections. */
  private static final int DESCRIPTORS_TO_SPARE = 4;

  /**
   * Names the limit.
   *
   * @param troubles what went wrong; not empty, unless the server is gone
   * @param client this process
   */
  static Limit of(Map<Trouble, Integer> troubles, ServerProcess server, ProcessFacts client) {
    Optional<String> end = server.unexpectedEnd();
    if (end.isPresent()) {
      return new Limit("the server", end.get());
    }
    if (troubles.containsKey(Trouble.NO_DESCRIPTOR)) {
      return new Limit(
          "descriptors of the client", descriptors(client) + ", some of which it keeps for itself");
    }
    if (troubles.containsKey(Trouble.NO_PORT)) {
      return new Limit("local ports", "the client has none left to connect from");
    }
    if (troubles.containsKey(Trouble.NO_MEMORY)) {
      return new Limit("memory of the client", Troubles.words(troubles));
    }
    Optional<ProcessFacts> facts = server.facts().filter(Limit::hasNoDescriptor);
    if (facts.isPresent()) {
      return new Limit("descriptors of the server", descriptors(facts.get()));
    }
    if (troubles.containsKey(Trouble.REFUSED)) {
      return new Limit("the server", "it refuses connections");
    }
    if (troubles.containsKey(Trouble.TIMED_OUT) || troubles.containsKey(Trouble.UNANSWERED)) {
      return new Limit("time", "no answer within " + Load.STALL_NANOS / 1_000_000_000 + " s");
    }
    return new Limit("the server", Troubles.words(troubles));
  }

  private static boolean hasNoDescriptor(ProcessFacts process) {
    OptionalLong open = process.descriptors();
    OptionalLong most = process.mostDescriptors();
    return open.isPresent()
        && most.isPresent()
        && open.getAsLong() >= most.getAsLong() - DESCRIPTORS_TO_SPARE;
  }

  private static String descriptors(ProcessFacts process) {
    OptionalLong most = process.mostDescriptors();
    return most.isPresent()
        ? "a process may have " + most.getAsLong() + " open"
        : "it has as many open as it may";
  }
}
