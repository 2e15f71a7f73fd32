package dev.pollux.streams;

/** How far a publisher may run ahead of what its subscriber has requested. */
public enum DemandMode {
  /**
   * At most one element beyond demand is held, and it is pulled only after the last requested one
   * was emitted. So the end (or the failure) of the source is seen, and signalled, without further
   * demand; a source that is empty or fails at once says so before the first request.
   *
   * <p>An element held when the subscriber cancels is {@linkplain dev.pollux.core.Discard
   * discarded}.
   */
  ONE_AHEAD,

  /**
   * Nothing is pulled without demand. Completion, and a failure, come with the next request, unless
   * the source {@linkplain dev.pollux.core.AsyncIterator#knownEnded() knows} without being polled
   * that it has ended.
   */
  EXACT
}
