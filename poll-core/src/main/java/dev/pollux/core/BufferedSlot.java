package dev.pollux.core;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * A future in flight in {@link BufferedIterator}, and then its output or failure, which waits here
 * for its turn. As a future it never fails.
 *
 * @cancellation cancels the future
 * @threading confined to the polling task
 */
final class BufferedSlot<B> implements Future<BufferedSlot<B>> {

  /** How many slots there were before this one; may overflow. */
  private final int index;

  /** Null once it has completed, failed or was cancelled. */
  private @Nullable Future<? extends B> future;

  private @Nullable B output;
  private @Nullable Throwable failure;

  BufferedSlot(int index, Future<? extends B> future) {
    this.index = index;
    this.future = future;
  }

  /** A slot for a failure that came about without a future. */
  BufferedSlot(int index, Throwable failure) {
    this.index = index;
    this.failure = failure;
  }

  int index() {
    return index;
  }

  @Override
  public Poll<BufferedSlot<B>> poll(Context cx) {
    try {
      Poll<? extends B> answer = requireNonNull(future, "future").poll(cx);
      if (answer.isPending()) {
        return Poll.pending();
      }
      output = requireNonNull(answer.value(), "an element of an AsyncIterator may not be null");
    } catch (Throwable thrown) {
      failure = thrown;
    }
    future = null;
    return Poll.ready(this);
  }

  boolean isDone() {
    return future == null;
  }

  boolean hasFailed() {
    return failure != null;
  }

  /** The output, or a throw of the failure. */
  B take() {
    if (failure != null) {
      throw Raise.unchecked(failure);
    }
    return requireNonNull(output, "output");
  }

  /** The output, if there is one, to be discarded. */
  @Nullable B output() {
    return output;
  }

  @Override
  public void cancel() {
    Future<? extends B> inFlight = future;
    future = null;
    if (inFlight != null) {
      inFlight.cancel();
    }
  }

  @Override
  public void describe(Description description) {
    description.name("slot").child("future", future);
  }
}
