package dev.pollux.operator;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Discard;
import dev.pollux.core.Future;
import org.jspecify.annotations.Nullable;

/**
 * Cancels children. What the {@code cancel} of one throws, against its contract, is reported, and
 * keeps neither the others from being cancelled nor the owner from ending as it was about to.
 */
public final class Cancel {

  private Cancel() {}

  /**
   * Cancels one child.
   *
   * @param child what is cancelled; null is ignored, so an emptied field can be passed
   * @param discard where a throw goes: that of the first poll, null if there was none
   */
  public static void child(@Nullable Future<?> child, @Nullable Discard discard) {
    if (child == null) {
      return;
    }
    try {
      child.cancel();
    } catch (Throwable failure) {
      orClosing(discard).uncaught(failure, "cancel of a " + child.getClass().getName());
    }
  }

  /**
   * Cancels one child that is an iterator.
   *
   * @param child what is cancelled; null is ignored, so an emptied field can be passed
   * @param discard where a throw goes: that of the first poll, null if there was none
   */
  public static void iterator(@Nullable AsyncIterator<?> child, @Nullable Discard discard) {
    if (child == null) {
      return;
    }
    try {
      child.cancel();
    } catch (Throwable failure) {
      orClosing(discard).uncaught(failure, "cancel of a " + child.getClass().getName());
    }
  }

  /**
   * Cancels all children, the last one first, and empties their slots.
   *
   * @param children what is cancelled; empty slots are skipped
   * @param discard where a throw goes: that of the first poll, null if there was none
   */
  public static void newestFirst(@Nullable Future<?>[] children, @Nullable Discard discard) {
    for (int i = children.length - 1; i >= 0; i--) {
      Future<?> child = children[i];
      children[i] = null;
      child(child, discard);
    }
  }

  /** The discard of the first poll, or the one that holds before it. */
  public static Discard orClosing(@Nullable Discard discard) {
    return discard == null ? Discard.closing() : discard;
  }
}
