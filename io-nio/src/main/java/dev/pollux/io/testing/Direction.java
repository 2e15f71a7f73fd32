package dev.pollux.io.testing;

/** Which way bytes go through a {@link FaultProxy}. */
public enum Direction {
  /** From who has connected to the proxy, to the target of the proxy. */
  TO_TARGET,

  /** From the target, to who has connected to the proxy. */
  TO_CLIENT
}
