package dev.pollux.executor.task;

import dev.pollux.spi.ContextPropagation.Scope;
import dev.pollux.spi.ContextPropagation.Snapshot;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** A blocking call, with the context of whoever spawned its job. */
final class PropagatedCall<T extends @Nullable Object> implements Callable<T> {

  private final Propagation propagation;
  private final Snapshot snapshot;
  private final Callable<T> call;

  PropagatedCall(Propagation propagation, Snapshot snapshot, Callable<T> call) {
    this.propagation = propagation;
    this.snapshot = snapshot;
    this.call = call;
  }

  /** What is called. */
  Callable<T> body() {
    return call;
  }

  @Override
  public T call() throws Exception {
    Scope scope = propagation.open(snapshot);
    try {
      return call.call();
    } finally {
      propagation.close(scope);
    }
  }
}
