package dev.pollux.samples.echo;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What hostile clients have done to the others.
 *
 * @param alone the load without them
 * @param beside the same load beside them
 * @param clients how many hostile ones
 * @param connections how many connections these have made
 * @param thrownOut how many of these the server has ended
 * @param greatestServerBytes the most memory that the server has had; null if it is not known
 * @param mayAddBytes what these clients may add to the memory of the server, by its limits
 * @param refusals what the server has refused; empty if it was not started here
 */
record HostileReport(
    LoadReport alone,
    LoadReport beside,
    int clients,
    long connections,
    long thrownOut,
    @Nullable Long greatestServerBytes,
    long mayAddBytes,
    Map<String, Long> refusals) {

  /** How many times as long the slowest in a hundred requests takes beside them. */
  double ratio() {
    return beside.p99Micros() / Math.max(alone.p99Micros(), 1e-3);
  }

  /** What they have added to the memory of the server; null if it is not known. */
  @Nullable Long addedBytes() {
    Long before = alone.serverRssBytes();
    Long greatest = greatestServerBytes;
    return before == null || greatest == null ? null : Math.max(0, greatest - before);
  }

  /** How many refusals there were. */
  long refused() {
    return refusals.values().stream().mapToLong(Long::longValue).sum();
  }
}
