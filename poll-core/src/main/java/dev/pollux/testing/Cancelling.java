package dev.pollux.testing;

import dev.pollux.core.Discard;
import org.jspecify.annotations.Nullable;

/**
 * Cancels the child of a double: what it throws, against its contract, is reported and goes no
 * further.
 */
final class Cancelling {

  private Cancelling() {}

  /**
   * Runs the {@code cancel} of a child.
   *
   * @param cancel the method of the child
   * @param discard the discard of the first poll, null if there was none
   */
  static void child(Runnable cancel, @Nullable Discard discard) {
    try {
      cancel.run();
    } catch (Throwable failure) {
      (discard == null ? Discard.closing() : discard).uncaught(failure, "cancel of a child");
    }
  }
}
