package dev.pollux.samples.echo;

/**
 * What load to put on a server.
 *
 * @param connections how many, at least 1
 * @param sizeBytes of a request, at least 1
 * @param threads of the client, at least 1; each drives its part of the connections
 * @param warmUpNanos how long to run before anything counts
 * @param measuredNanos how long to run then
 */
public record LoadOptions(
    int connections, int sizeBytes, int threads, long warmUpNanos, long measuredNanos) {

  /** The most bytes of a request. */
  public static final int MOST_BYTES = 64 * 1024 * 1024;

  /** These, with another number of connections. */
  LoadOptions withConnections(int others) {
    return new LoadOptions(others, sizeBytes, threads, warmUpNanos, measuredNanos);
  }
}
