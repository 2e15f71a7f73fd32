package dev.pollux.stream;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Next;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.core.Sink;
import dev.pollux.core.Turn;
import dev.pollux.operator.Raise;
import dev.pollux.operator.SinkContract;
import dev.pollux.spi.Unpolled;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The elements that an {@link Emitter} is given.
 *
 * @cancellation discards what is held and tells the emitter
 * @threading confined to the polling task
 */
final class EmitterIterator<T> implements AsyncIterator<T> {

  /** Null once over. */
  private @Nullable EmitterQueue<T> queue;

  /** Called at the first poll; null from then on. */
  private @Nullable Consumer<? super Emitter<T>> start;

  EmitterIterator(EmitterQueue<T> queue, @Nullable Consumer<? super Emitter<T>> start) {
    this.queue = queue;
    this.start = start;
  }

  private EmitterQueue<T> open(Context cx) {
    Unpolled.used(this);
    EmitterQueue<T> queue = this.queue;
    if (queue == null) {
      throw new PollAfterEndException("emitter");
    }
    queue.bind(cx.discard());
    Consumer<? super Emitter<T>> start = this.start;
    if (start != null) {
      this.start = null;
      try {
        start.accept(new Emitter<>(queue));
      } catch (Throwable failure) {
        cancel();
        throw failure;
      }
    }
    return queue;
  }

  /** The next element, or null if there is none now, or none any more: then this is over. */
  private @Nullable T advance(EmitterQueue<T> queue, Context cx) {
    while (true) {
      EmitterQueue.Look look = queue.look(cx.waker());
      if (look == EmitterQueue.Look.OVER) {
        Throwable failure = queue.takeFailure();
        cancel(); // over, by its end
        if (failure != null) {
          throw Raise.unchecked(failure);
        }
        return null;
      }
      if (look == EmitterQueue.Look.PENDING || !cx.tryProceed()) {
        return null;
      }
      T item = queue.take();
      if (item != null) {
        return item;
      }
      cx.budget().giveBack(); // it was missed meanwhile: look again
    }
  }

  @Override
  public Next<T> pollNext(Context cx) {
    T item = advance(open(cx), cx);
    if (item != null) {
      return Next.item(item);
    }
    return queue == null ? Next.end() : Next.pending();
  }

  @Override
  public Turn pollEach(Context cx, Sink<? super T> sink) {
    EmitterQueue<T> queue = open(cx);
    T item;
    while ((item = advance(queue, cx)) != null) {
      try {
        if (!sink.accept(item)) {
          return Turn.STOPPED;
        }
      } catch (Throwable violation) {
        throw SinkContract.violated(this, cx, violation);
      }
    }
    return this.queue == null ? Turn.ENDED : Turn.PENDING;
  }

  @Override
  public boolean knownEnded() {
    EmitterQueue<T> queue = this.queue;
    return queue != null && start == null && queue.isKnownEnded();
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    EmitterQueue<T> queue = this.queue;
    this.queue = null;
    start = null;
    if (queue != null) {
      queue.close();
    }
  }

  @Override
  public void describe(Description description) {
    description.name("emitter");
    EmitterQueue<T> queue = this.queue;
    if (queue == null) {
      description.with("state", "over");
    } else {
      description.with("held", queue.held()).waitsFor("a value of " + queue);
    }
  }
}
