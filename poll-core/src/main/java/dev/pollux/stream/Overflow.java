package dev.pollux.stream;

import dev.pollux.core.Discard;
import dev.pollux.sync.LaggedException;

/**
 * What becomes of a value that an {@link Emitter} is given while it holds as many as it may.
 *
 * @threading immutable
 */
public enum Overflow {
  /**
   * {@link Emitter#send} waits until there is room, in the order in which the sends were polled
   * first; {@link Emitter#emit} answers {@link Emission#FULL}.
   */
  WAIT,
  /**
   * The stream gives what it holds and fails with an {@link IllegalStateException}; the value is
   * {@linkplain Discard discarded}.
   */
  FAIL,
  /** The oldest value that is held is {@linkplain Discard discarded} for it. */
  DROP_OLDEST,
  /** It is {@linkplain Discard discarded}. */
  DROP_NEWEST,
  /**
   * The oldest value that is held is {@linkplain Discard discarded} for it, and the stream fails,
   * with its next poll, with a {@link LaggedException} that says how many were missed.
   */
  LAG
}
