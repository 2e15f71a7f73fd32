package dev.pollux.executor.task;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.Future;
import dev.pollux.core.UncaughtFailureHandler;
import dev.pollux.spi.ContextPropagation;
import dev.pollux.spi.ContextPropagation.Scope;
import dev.pollux.spi.ContextPropagation.Snapshot;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Wraps what a runtime spawns, so that it runs with the context that held where it was spawned. A
 * hook that fails is reported, and hurts neither the task nor whoever runs it.
 *
 * @threading any thread
 */
public final class Propagation {

  private final ContextPropagation hook;
  private final UncaughtFailureHandler handler;
  private final String origin;

  /**
   * Makes what wraps.
   *
   * @param hook knows the context
   * @param handler takes what the hook throws; never throws itself
   * @param runtime the runtime, in words
   */
  public Propagation(ContextPropagation hook, UncaughtFailureHandler handler, String runtime) {
    this.hook = hook;
    this.handler = handler;
    this.origin = "the context propagation of " + runtime;
  }

  /** The future, polled and cancelled with the context that holds now. */
  public <T extends @Nullable Object> Future<T> capture(Future<T> future) {
    Snapshot snapshot = snapshot();
    return snapshot == null ? future : new PropagatedFuture<>(this, snapshot, future);
  }

  /** The job, called with the context that holds now. */
  public <T extends @Nullable Object> Callable<T> capture(Callable<T> job) {
    Snapshot snapshot = snapshot();
    return snapshot == null ? job : new PropagatedCall<>(this, snapshot, job);
  }

  private @Nullable Snapshot snapshot() {
    try {
      return requireNonNull(hook.capture(), "capture() answered null");
    } catch (Throwable failure) {
      handler.uncaught(failure, origin);
      return null;
    }
  }

  /** Binds the context to the calling thread. Answers null if the hook failed. */
  @Nullable Scope open(Snapshot snapshot) {
    try {
      return requireNonNull(snapshot.restore(), "restore() answered null");
    } catch (Throwable failure) {
      handler.uncaught(failure, origin);
      return null;
    }
  }

  /** Undoes {@link #open}. */
  void close(@Nullable Scope scope) {
    if (scope == null) {
      return;
    }
    try {
      scope.close();
    } catch (Throwable failure) {
      handler.uncaught(failure, origin);
    }
  }
}
