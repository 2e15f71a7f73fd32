package dev.pollux.core;

import dev.pollux.operator.Cancel;
import dev.pollux.spi.Unpolled;
import org.jspecify.annotations.Nullable;

/**
 * A future, then its output, then nothing: one side of a join.
 *
 * @param <T> the output
 * @threading confined to the polling task
 */
final class MaybeDone<T extends @Nullable Object> {

  private enum State {
    RUNNING,
    DONE,
    /** The output was taken, or the future failed or was cancelled. */
    GONE
  }

  private State state = State.RUNNING;

  /** The future while RUNNING. */
  private @Nullable Future<? extends T> future;

  /** The output while DONE. */
  private @Nullable T output;

  MaybeDone(Future<? extends T> future) {
    Unpolled.used(future);
    this.future = future;
  }

  /**
   * Polls the future unless it has completed.
   *
   * @return whether the output is there
   * @throws Exception the failure of the future, with which this is gone
   */
  boolean poll(Context cx) throws Exception {
    Future<? extends T> future = this.future;
    if (future == null) {
      return state == State.DONE;
    }
    Poll<? extends T> answer;
    try {
      answer = future.poll(cx);
    } catch (Throwable failure) {
      this.future = null;
      state = State.GONE;
      throw failure;
    }
    if (answer.isPending()) {
      return false;
    }
    this.future = null;
    output = answer.value();
    state = State.DONE;
    return true;
  }

  /** Hands the output over; it is no longer here afterwards. */
  @SuppressWarnings("NullAway") // null only where T says so
  T take() {
    if (state != State.DONE) {
      throw new IllegalStateException("no output to take: " + state);
    }
    T taken = output;
    output = null;
    state = State.GONE;
    return taken;
  }

  /** Cancels the future, or discards the output. */
  void cancel(@Nullable Discard discard) {
    Future<? extends T> future = this.future;
    T output = this.output;
    this.future = null;
    this.output = null;
    state = State.GONE;
    Cancel.child(future, discard);
    Cancel.orClosing(discard).discard(output);
  }

  /** The future while it is not done, for descriptions. */
  @Nullable Future<? extends T> future() {
    return future;
  }
}
