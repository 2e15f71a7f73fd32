package dev.pollux.core;

import static java.util.Objects.requireNonNull;

import dev.pollux.operator.Cancel;
import dev.pollux.operator.Raise;
import dev.pollux.spi.BlockOn;
import dev.pollux.spi.Unpolled;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * The elements of an async iterator for a thread that may block. Each time it has none, it runs a
 * future that waits for the first and takes as many more as are there at once, up to the capacity.
 *
 * @threading confined to one thread at a time; the refills run wherever the runtime runs them,
 *     while that thread waits
 */
final class BlockingIterator<T> implements Iterator<T>, Sink<T> {

  private final BlockOn runtime;
  private final int capacity;
  private final Deque<T> elements = new ArrayDeque<>(1);

  /** Null once it is over or was cancelled. */
  private @Nullable AsyncIterator<T> iterator;

  /** What the iterator threw after the last of {@link #elements}. */
  private @Nullable Throwable failure;

  private @Nullable Discard discard;
  private boolean closed;

  BlockingIterator(AsyncIterator<T> iterator, BlockOn runtime, int capacity) {
    Unpolled.used(iterator);
    this.iterator = iterator;
    this.runtime = runtime;
    this.capacity = capacity;
  }

  @Override
  public boolean hasNext() {
    if (closed) {
      throw new IllegalStateException("this iteration was closed");
    }
    if (elements.isEmpty() && iterator != null) {
      refill();
    }
    if (!elements.isEmpty()) {
      return true;
    }
    Throwable failure = this.failure;
    if (failure != null) {
      this.failure = null;
      throw unchecked(failure);
    }
    return false;
  }

  @Override
  public T next() {
    if (!hasNext()) {
      throw new NoSuchElementException("the async iterator has ended");
    }
    return elements.removeFirst();
  }

  private void refill() {
    try {
      // A bare lambda, for it owns nothing: the iterator stays with this one if the wait is
      // interrupted.
      runtime.<Void>blockOn(this::fill);
    } catch (Throwable failure) {
      throw unchecked(failure);
    }
  }

  private Poll<Void> fill(Context cx) throws Exception {
    AsyncIterator<T> iterator = requireNonNull(this.iterator, "iterator");
    discard = cx.discard();
    Turn turn;
    try {
      turn = iterator.pollEach(cx, this);
    } catch (Throwable failure) {
      this.iterator = null;
      if (elements.isEmpty()) {
        throw failure;
      }
      this.failure = failure;
      return Poll.done();
    }
    if (turn == Turn.ENDED) {
      this.iterator = null;
      return Poll.done();
    }
    return elements.isEmpty() ? Poll.pending() : Poll.done();
  }

  /** Takes an element during a refill. */
  @Override
  public boolean accept(T item) {
    elements.addLast(item);
    return elements.size() < capacity;
  }

  private static RuntimeException unchecked(Throwable failure) {
    if (failure instanceof InterruptedException) {
      Thread.currentThread().interrupt();
    }
    if (failure instanceof RuntimeException || failure instanceof Error) {
      throw Raise.unchecked(failure);
    }
    return new CompletionException(failure);
  }

  /** Cancels the iterator and discards the elements held. */
  void close() {
    closed = true;
    failure = null;
    AsyncIterator<T> iterator = this.iterator;
    this.iterator = null;
    Discard discard = Cancel.orClosing(this.discard);
    this.discard = null;
    while (!elements.isEmpty()) {
      discard.discard(elements.removeLast());
    }
    Cancel.iterator(iterator, discard);
  }
}
