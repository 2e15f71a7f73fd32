package dev.pollux.operator;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Discard;
import dev.pollux.core.Future;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.Poll;
import dev.pollux.spi.Unpolled;
import org.jspecify.annotations.Nullable;

/**
 * A future in flight that an iterator owns, and then its output or failure, which waits here for
 * its turn. It is no future itself: a failure is kept, and not handed on.
 *
 * @threading confined to the polling task
 */
public final class BufferedSlot<B> {

  /** How many slots there were before this one; may overflow. */
  private final int index;

  /** Whether an output of null is no element, and not a failure. */
  private final boolean nullIsNone;

  /** Null once it has completed, failed or was cancelled. */
  private @Nullable Future<? extends @Nullable B> future;

  private @Nullable B output;
  private @Nullable Throwable failure;

  /** Whether it is a task that was asked to stop: what comes of it will not be given. */
  private boolean stopped;

  // The list of all slots, which is the iterator's.
  @Nullable BufferedSlot<B> older;
  @Nullable BufferedSlot<B> newer;

  /** A slot for a future whose output is an element, and so never null. */
  public BufferedSlot(int index, Future<? extends B> future) {
    this(index, false, future);
  }

  BufferedSlot(int index, boolean nullIsNone, Future<? extends @Nullable B> future) {
    Unpolled.used(future);
    this.index = index;
    this.nullIsNone = nullIsNone;
    this.future = future;
  }

  /** A slot for a failure that came about without a future. */
  BufferedSlot(int index, Throwable failure) {
    this.index = index;
    this.nullIsNone = false;
    this.failure = failure;
  }

  public int index() {
    return index;
  }

  /**
   * Polls the future; ready with this slot once that has completed or failed. A {@code
   * StackOverflowError} is thrown, and not kept.
   */
  public Poll<BufferedSlot<B>> poll(Context cx) {
    try {
      Poll<? extends @Nullable B> answer = requireNonNull(future, "future").poll(cx);
      if (answer.isPending()) {
        return Poll.pending();
      }
      B value = answer.value();
      if (value == null && !nullIsNone) {
        throw new NullPointerException("an element of an AsyncIterator may not be null");
      }
      output = value;
    } catch (StackOverflowError overflow) {
      throw overflow; // the future may not have begun: this still has it, to be cancelled
    } catch (Throwable thrown) {
      failure = thrown;
    }
    future = null;
    return Poll.ready(this);
  }

  public boolean isDone() {
    return future == null;
  }

  /** The failure, if it has failed. */
  @Nullable Throwable failure() {
    return failure;
  }

  /** Forgets the failure: the slot is done without an element. */
  void forgetFailure() {
    failure = null;
  }

  /** The output; null if it has none, or has failed. */
  @Nullable B output() {
    return output;
  }

  /** The output, which this gives away; or throws the failure. */
  public B take() {
    if (failure != null) {
      throw Raise.unchecked(failure);
    }
    return requireNonNull(output, "output");
  }

  boolean isStopped() {
    return stopped;
  }

  /** Asks the task to stop, which this slot stands for. */
  void requestStop(Discard discard) {
    stopped = true;
    if (future instanceof JoinHandle<?> task) {
      try {
        task.requestCancel();
      } catch (Throwable violation) {
        discard.uncaught(violation, "requestCancel of a task");
      }
    }
  }

  /** Cancels the future, or discards its output. */
  public void cancel(Discard discard) {
    Future<? extends @Nullable B> inFlight = future;
    B held = output;
    future = null;
    output = null;
    failure = null;
    Cancel.child(inFlight, discard);
    discard.discard(held);
  }

  /** Names the future if it is in flight. */
  public void describe(Description description) {
    description.child(Integer.toString(index), future);
  }
}
