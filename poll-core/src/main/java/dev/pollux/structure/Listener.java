package dev.pollux.structure;

import org.jspecify.annotations.Nullable;

/**
 * Whoever is told that an {@link Occurrence} has happened, and its own link in the list of that
 * occurrence.
 */
abstract sealed class Listener permits Occurrence, Waiter, CancelCallback {

  // Both belong to the lock of the occurrence that this listens to while its list is open, and to
  // the thread that makes it happen afterwards.

  @Nullable Listener previous;
  @Nullable Listener next;
}
