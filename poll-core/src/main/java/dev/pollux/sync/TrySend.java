package dev.pollux.sync;

/** What a {@code trySend} answers. */
public enum TrySend {
  /** The channel has the value. */
  SENT,

  /** There is no room now; the value is the caller's still. */
  FULL,

  /** Nobody will receive again; the value is the caller's still. */
  CLOSED
}
