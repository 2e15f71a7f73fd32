package dev.pollux.executor;

/** What a runtime does with a failure that has no owner, after its handler has seen it. */
public enum UncaughtFailurePolicy {
  /** Goes on. */
  CONTINUE,
  /**
   * Shuts the runtime down, as {@link PolluxRuntime#close()} does: every task is cancelled, and
   * {@code blockOn} throws a {@link dev.pollux.core.RuntimeShutdownException} with the failure as
   * its cause.
   */
  SHUT_DOWN
}
