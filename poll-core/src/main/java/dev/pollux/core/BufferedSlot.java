package dev.pollux.core;

import static java.util.Objects.requireNonNull;

import dev.pollux.operator.Cancel;
import dev.pollux.operator.Raise;
import dev.pollux.spi.Unpolled;
import org.jspecify.annotations.Nullable;

/**
 * A future in flight in {@link BufferedIterator}, which owns it, and then its output or failure,
 * which waits here for its turn. It is no future itself: a failure is kept, and not handed on.
 *
 * @threading confined to the polling task
 */
final class BufferedSlot<B> {

  /** How many slots there were before this one; may overflow. */
  private final int index;

  /** Null once it has completed, failed or was cancelled. */
  private @Nullable Future<? extends B> future;

  private @Nullable B output;
  private @Nullable Throwable failure;

  BufferedSlot(int index, Future<? extends B> future) {
    Unpolled.used(future);
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

  /** Polls the future; ready with this slot once that has completed or failed. */
  Poll<BufferedSlot<B>> poll(Context cx) {
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

  /** Cancels the future, or discards its output. */
  void cancel(Discard discard) {
    Future<? extends B> inFlight = future;
    B held = output;
    future = null;
    output = null;
    failure = null;
    Cancel.child(inFlight, discard);
    discard.discard(held);
  }

  /** Names the future if it is in flight. */
  void describe(Description description) {
    description.child(Integer.toString(index), future);
  }
}
