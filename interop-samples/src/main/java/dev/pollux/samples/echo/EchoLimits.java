package dev.pollux.samples.echo;

import dev.pollux.io.limit.ConnectionLimit;
import dev.pollux.io.limit.LimitCounts;
import dev.pollux.io.limit.StreamLimits;
import java.time.Duration;

/**
 * What an echo server puts up with. Durations of zero, and numbers of 0 where that is allowed, are
 * no limit.
 *
 * @param connections how many there may be at once, at least 1; others wait in the backlog
 * @param connectionsPerAddress how many of one address
 * @param idle how long a connection may be silent
 * @param stall how long a peer may take nothing of what is sent back
 * @param slowBytes how much must come in a window in which something comes at all; three windows in
 *     a row with less are too many
 * @param slowWindow the length of a window, more than zero
 * @param lifetime how long a connection may be there
 * @param bufferedBytes how much is kept for a slow peer, at least 1
 * @param sendBufferBytes how much the system keeps for it besides; 0 for what the system thinks
 *     best, which may be some megabytes for one that takes nothing
 */
public record EchoLimits(
    int connections,
    int connectionsPerAddress,
    Duration idle,
    Duration stall,
    int slowBytes,
    Duration slowWindow,
    Duration lifetime,
    int bufferedBytes,
    int sendBufferBytes) {

  /** What is put up with if nothing is said. */
  public static final EchoLimits USUAL =
      new EchoLimits(
          65_536,
          0,
          Duration.ofMinutes(5),
          Duration.ofSeconds(30),
          5,
          Duration.ofSeconds(5),
          Duration.ZERO,
          64 << 10,
          0);

  ConnectionLimit ofConnections(LimitCounts counts) {
    return ConnectionLimit.of(connections, connectionsPerAddress, counts);
  }

  StreamLimits ofEach(LimitCounts counts) {
    return StreamLimits.none()
        .withIdle(idle)
        .withStall(stall)
        .withTrickle(slowBytes, slowWindow)
        .withLifetime(lifetime)
        .countedBy(counts);
  }
}
