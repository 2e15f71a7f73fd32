package dev.pollux.sync;

/** What became of a value that was sent without waiting. */
public enum TrySend {

  /** The channel has it. */
  SENT,

  /** There is no room now; the value is the caller's still. */
  FULL,

  /** There is nobody to receive it, or the sender was closed; the value is the caller's still. */
  CLOSED
}
