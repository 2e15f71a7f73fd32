package dev.pollux.stream;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Discard;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.core.Waker;
import dev.pollux.operator.Cancel;
import dev.pollux.spi.Unpolled;
import org.jspecify.annotations.Nullable;

/**
 * Gives a value to the reader of an {@link Emitter} when there is room.
 *
 * @cancellation the value is discarded, unless it was moved up
 * @threading confined to the polling task
 */
final class EmitterSend<T> implements Future<Void> {

  /** Null once over. Belongs to the owner. */
  private @Nullable EmitterQueue<T> queue;

  private @Nullable Discard discard;

  // Guarded by the lock of the queue while this waits.

  /** Null once it is not this future's any more. */
  private @Nullable T value;

  private boolean movedUp;
  private @Nullable Waker waker;

  EmitterSend(EmitterQueue<T> queue, T value) {
    this.queue = queue;
    this.value = value;
  }

  // ---- for the queue, with its lock held

  void leave(Waker waker) {
    this.waker = waker;
  }

  @CanIgnoreReturnValue
  @Nullable Waker takeWaker() {
    Waker taken = waker;
    waker = null;
    return taken;
  }

  /** What is to be given, and is not moved up. */
  T value() {
    return requireNonNull(value, "value");
  }

  /** There is room: gives the value, which is another's from now on. */
  T moveUp() {
    T value = value();
    this.value = null;
    movedUp = true;
    return value;
  }

  boolean isMovedUp() {
    return movedUp;
  }

  // ---- as a future

  @Override
  public Poll<Void> poll(Context cx) {
    Unpolled.used(this);
    EmitterQueue<T> queue = this.queue;
    if (queue == null) {
      throw new PollAfterEndException("send");
    }
    if (discard == null) {
      discard = cx.discard();
    }
    if (!cx.tryProceed()) {
      return Poll.pending();
    }
    Emission emission = queue.send(this, cx.waker());
    if (emission == Emission.FULL) {
      cx.budget().giveBack();
      return Poll.pending();
    }
    if (emission == Emission.OVER) {
      cancel();
      throw new IllegalStateException("a send to an emitter whose stream is over or was ended");
    }
    end();
    return Poll.done();
  }

  private void end() {
    queue = null;
    value = null;
    discard = null;
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    EmitterQueue<T> queue = this.queue;
    if (queue == null) {
      return;
    }
    queue.leave(this);
    T own = value; // null if it was moved up
    Discard discard = Cancel.orClosing(this.discard);
    end();
    discard.discard(own);
  }

  @Override
  public void describe(Description description) {
    description.name("send");
    EmitterQueue<T> queue = this.queue;
    if (queue == null) {
      description.with("state", "over");
    } else {
      description.waitsFor("room in " + queue);
    }
  }
}
