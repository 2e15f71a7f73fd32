package dev.pollux.sync;

import java.lang.ref.Cleaner;

/**
 * Finds out that a handle is gone which nobody has closed, so that what is held for it can be
 * discarded.
 */
final class Abandoned {

  private static final Cleaner CLEANER = Cleaner.create();

  private Abandoned() {}

  /**
   * Runs {@code action} once: when the answer is cleaned, or when {@code handle} has become
   * unreachable.
   *
   * @param action must not refer to {@code handle}; runs on a thread of its own in the second case
   */
  static Cleaner.Cleanable watch(Object handle, Runnable action) {
    return CLEANER.register(handle, action);
  }
}
