package dev.pollux.streams.rxjava;

import dev.pollux.core.Discard;
import dev.pollux.streams.bridge.Dialect;
import io.reactivex.rxjava3.plugins.RxJavaPlugins;
import org.jspecify.annotations.Nullable;

/**
 * RxJava's place for failures that nobody can receive any more, as a {@link Discard}. Elements, for
 * which RxJava has no hook, are discarded as ever.
 *
 * @threading the methods of {@link Discard} by any thread; {@link #discard(Discard)} by the owner
 */
final class Undeliverable implements Dialect, Discard {

  /** Where things go that RxJava has no place for. */
  private volatile Discard outer;

  Undeliverable(Discard outer) {
    this.outer = outer;
  }

  @Override
  public Discard discard(Discard outer) {
    if (this.outer != outer) {
      this.outer = outer;
    }
    return this;
  }

  @Override
  public void discard(@Nullable Object value) {
    outer.discard(value);
  }

  @Override
  public void uncaught(Throwable failure, String origin) {
    if (failure instanceof VirtualMachineError) {
      outer.uncaught(failure, origin);
      return;
    }
    try {
      RxJavaPlugins.onError(failure); // says UndeliverableException, where that is the rule
    } catch (Throwable second) {
      if (second != failure && second.getCause() != failure) {
        second.addSuppressed(failure);
      }
      outer.uncaught(second, origin + "; RxJava's error handler threw");
    }
  }
}
