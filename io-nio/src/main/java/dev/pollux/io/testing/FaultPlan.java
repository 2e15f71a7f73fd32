package dev.pollux.io.testing;

/**
 * Says what a {@link FaultProxy} does to each of its connections.
 *
 * @threading called by the thread of the proxy that accepts, for one connection after the other
 */
@FunctionalInterface
public interface FaultPlan {

  /**
   * What happens to one direction of a connection. What it throws resets the connection, and is
   * thrown by the {@code close} of the proxy.
   *
   * @param connection its number: 0 is the first that the proxy has accepted
   * @param direction which way the bytes go
   * @threading threads of the proxy, several at once
   */
  Faults faults(int connection, Direction direction);
}
