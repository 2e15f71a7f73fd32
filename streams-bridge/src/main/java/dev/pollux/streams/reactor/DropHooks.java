package dev.pollux.streams.reactor;

import dev.pollux.core.Discard;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * Reactor's hooks for what is dropped, as a {@link Discard}: those of a subscriber's context, then
 * those that were set for all.
 *
 * @threading the methods of {@link Discard} by any thread; {@link #over} by the owner
 */
final class DropHooks implements Discard {

  /** Where Reactor keeps the hook of {@code doOnDiscard} in a context. */
  private static final String DISCARD_HOOK = "reactor.onDiscard.local";

  private final Context context;

  /** Where things go that Reactor has no hook for. */
  private volatile Discard outer = Discard.closing();

  DropHooks(Context context) {
    this.context = context;
  }

  /** This, over another discard from now on. */
  DropHooks over(Discard outer) {
    if (this.outer != outer) {
      this.outer = outer;
    }
    return this;
  }

  Context context() {
    return context;
  }

  @Override
  public void discard(@Nullable Object value) {
    if (value == null) {
      return;
    }
    if (!context.hasKey(DISCARD_HOOK)) {
      outer.discard(value);
      return;
    }
    try {
      // The hook decides alone: a value that it releases must not be closed as well.
      Operators.onDiscard(value, context);
    } catch (Throwable failure) {
      outer.uncaught(failure, "the hook for discarded elements of a Reactor context");
    }
  }

  @Override
  public void uncaught(Throwable failure, String origin) {
    if (failure instanceof VirtualMachineError) {
      outer.uncaught(failure, origin); // Reactor would throw it here
      return;
    }
    try {
      Operators.onErrorDropped(failure, context);
    } catch (Throwable second) {
      if (second != failure && second.getCause() != failure) {
        second.addSuppressed(failure);
      }
      outer.uncaught(second, origin + "; Reactor's hook for dropped errors threw");
    }
  }

  /** Takes an element that came after the end. */
  void lateElement(Object element) {
    try {
      Operators.onNextDropped(element, context);
    } catch (Throwable failure) {
      outer.uncaught(failure, "Reactor's hook for elements that come after the end");
    }
    outer.discard(element);
  }
}
