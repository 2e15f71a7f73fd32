package dev.pollux.core;

/** How a turn of internal iteration ({@link AsyncIterator#pollEach}) came to its end. */
public enum Turn {
  /** The sink wants no more for now. Nothing is registered: whoever stopped must call again. */
  STOPPED,
  /** No element is there yet; the waker of the context is registered. */
  PENDING,
  /** There are no more elements. The iterator is over. */
  ENDED
}
