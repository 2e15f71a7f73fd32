package dev.pollux.core;

import dev.pollux.stream.Gap;
import dev.pollux.stream.Indexed;
import dev.pollux.stream.Stamped;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Closes what can be closed, shows the rest to a hook, and lets nothing escape. */
final class ClosingDiscard implements Discard {

  static final Discard DEFAULT =
      new ClosingDiscard(
          value -> {},
          (failure, origin) -> UncaughtFailureHandler.processDefault().uncaught(failure, origin));

  private final Consumer<Object> hook;
  private final UncaughtFailureHandler handler;

  ClosingDiscard(Consumer<Object> hook, UncaughtFailureHandler handler) {
    this.hook = hook;
    this.handler = handler;
  }

  @Override
  public void discard(@Nullable Object value) {
    if (value == null) {
      return;
    }
    if (value instanceof Optional<?> optional) {
      discard(optional.orElse(null)); // of next(): the library's own wrapping
      return;
    }
    if (value instanceof Selected<?> selected) {
      selected.discardTo(this);
      return;
    }
    if (value instanceof TaskResult.Completed<?> completed) {
      discard(completed.value());
      return;
    }
    if (value instanceof TaskResult.Failed<?> failed) {
      uncaught(failed.cause(), TaskInfo.describe(failed.task()));
      return;
    }
    if (value instanceof Settled.Completed<?> completed) {
      discard(completed.value());
      return;
    }
    if (value instanceof Settled.Failed<?> failed) {
      uncaught(failed.cause(), "a future that had ended, among others");
      return;
    }
    if (value instanceof KeyedResult<?, ?> keyed) {
      discard(keyed.result());
      return;
    }
    if (value instanceof Indexed<?> indexed) {
      discard(indexed.value());
      return;
    }
    if (value instanceof Stamped<?> stamped) {
      discard(stamped.value());
      return;
    }
    if (value instanceof Gap<?> gap) {
      discard(gap.value());
      return;
    }
    try {
      if (value instanceof AutoCloseable closeable) {
        closeable.close();
      } else {
        hook.accept(value);
      }
    } catch (Throwable failure) {
      if (failure instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      uncaught(failure, "discarding a value of " + value.getClass().getName());
    }
  }

  @Override
  public void uncaught(Throwable failure, String origin) {
    try {
      handler.uncaught(failure, origin);
    } catch (Throwable second) {
      UncaughtFailureHandler.logging().uncaught(failure, origin);
      UncaughtFailureHandler.logging().uncaught(second, "the uncaught-failure handler itself");
    }
  }
}
