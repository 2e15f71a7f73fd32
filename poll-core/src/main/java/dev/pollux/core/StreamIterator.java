package dev.pollux.core;

import static java.util.Objects.requireNonNull;

import dev.pollux.operator.Cancel;
import dev.pollux.operator.Raise;
import dev.pollux.operator.SinkContract;
import dev.pollux.spi.Unpolled;
import java.util.Spliterator;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Gives the elements of a {@code Stream} and closes it.
 *
 * @cancellation closes the stream, polled or not
 * @threading confined to the polling task, on which the stream does its work
 */
final class StreamIterator<T> implements AsyncIterator<T>, Consumer<T> {

  /** Null once this is over. */
  private @Nullable Stream<? extends T> stream;

  /** Null before the first poll. */
  private @Nullable Spliterator<? extends T> elements;

  private @Nullable Discard discard;

  /** The element that {@code elements} has just handed over. */
  private @Nullable T taken;

  StreamIterator(Stream<? extends T> stream) {
    this.stream = stream;
  }

  @Override
  public Next<T> pollNext(Context cx) {
    Spliterator<? extends T> elements = open(cx);
    if (!cx.tryProceed()) {
      return Next.pending();
    }
    T item = advance(elements);
    if (item != null) {
      return Next.item(item);
    }
    cx.budget().giveBack();
    close();
    return Next.end();
  }

  @Override
  public Turn pollEach(Context cx, Sink<? super T> sink) {
    Spliterator<? extends T> elements = open(cx);
    while (cx.tryProceed()) {
      T item = advance(elements);
      if (item == null) {
        cx.budget().giveBack();
        close();
        return Turn.ENDED;
      }
      try {
        if (!sink.accept(item)) {
          return Turn.STOPPED;
        }
      } catch (Throwable violation) {
        throw SinkContract.violated(this, cx, violation);
      }
    }
    return Turn.PENDING;
  }

  private Spliterator<? extends T> open(Context cx) {
    Unpolled.used(this);
    Stream<? extends T> stream = this.stream;
    if (stream == null) {
      throw new PollAfterEndException("fromStream");
    }
    Spliterator<? extends T> elements = this.elements;
    if (elements == null) {
      discard = cx.discard();
      try {
        elements = stream.spliterator();
      } catch (Throwable failure) {
        throw fail(failure);
      }
      this.elements = elements;
    }
    return elements;
  }

  /** The next element, or null if there is none. */
  private @Nullable T advance(Spliterator<? extends T> elements) {
    try {
      if (!elements.tryAdvance(this)) {
        return null;
      }
    } catch (Throwable failure) {
      throw fail(failure);
    }
    T item = taken;
    taken = null;
    return item;
  }

  /** Takes what {@link Spliterator#tryAdvance} hands over. */
  @Override
  public void accept(T item) {
    taken = requireNonNull(item, "an element of an AsyncIterator may not be null");
  }

  private RuntimeException fail(Throwable failure) {
    try {
      close();
    } catch (Throwable second) {
      failure.addSuppressed(second);
    }
    return Raise.unchecked(failure);
  }

  private void close() {
    Stream<? extends T> stream = this.stream;
    this.stream = null;
    elements = null;
    taken = null;
    if (stream != null) {
      stream.close();
    }
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    Discard discard = this.discard;
    this.discard = null;
    try {
      close();
    } catch (Throwable failure) {
      Cancel.orClosing(discard).uncaught(failure, "closing the stream of a cancelled iterator");
    }
  }

  @Override
  public void describe(Description description) {
    description.name("fromStream");
  }
}
