package dev.pollux.stream;

import dev.pollux.core.Discard;

/**
 * What has become of a value that an {@link Emitter} was given.
 *
 * @threading immutable
 */
public enum Emission {
  /** It will be given, unless the reader is cancelled or the stream fails before. */
  EMITTED,
  /** There was no room: the value has been {@linkplain Discard discarded}. */
  DROPPED,
  /** There was no room: the value is the caller's still, who may try again. */
  FULL,
  /** The stream is over or was ended: the value is the caller's still. */
  OVER
}
