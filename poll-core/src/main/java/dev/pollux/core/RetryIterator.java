package dev.pollux.core;

import static java.util.Objects.requireNonNull;

import dev.pollux.operator.EmptyIterator;
import dev.pollux.operator.UpstreamOwner;
import dev.pollux.stream.Backoff;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Gives the elements of an iterator that a supplier makes and, if it fails with an {@code
 * Exception}, of another, after a wait. An element makes the count of failures start anew.
 *
 * @cancellation cancels the wait, or the iterator that is read; nothing is held
 * @threading confined to the polling task
 */
final class RetryIterator<T> extends UpstreamOwner<T> implements AsyncIterator<T>, Sink<T> {

  /** Null once this is over, as are the attempts. */
  private @Nullable Supplier<? extends AsyncIterator<? extends T>> supplier;

  private @Nullable Attempts attempts;

  /** Whether the upstream is that of an attempt, and has not failed. */
  private boolean running;

  /** Set during {@code pollEach}. */
  private @Nullable Sink<? super T> sink;

  /** Whether what is thrown is no failure of an attempt: the sink's, or for want of an iterator. */
  private boolean isFinal;

  RetryIterator(Supplier<? extends AsyncIterator<? extends T>> supplier, Backoff backoff) {
    super(new EmptyIterator<>());
    this.supplier = supplier;
    this.attempts = new Attempts(backoff);
  }

  @Override
  protected String kind() {
    return "retry";
  }

  @Override
  protected void release(Discard discard) {
    live().cancel(discard);
    attempts = null;
    supplier = null;
  }

  @Override
  public Next<T> pollNext(Context cx) throws Exception {
    AsyncIterator<T> unused = open(cx);
    try {
      while (live().mayGoOn(cx)) {
        try {
          Next<T> next = attempt().pollNext(cx);
          if (next.isItem()) {
            live().succeeded();
          } else if (next.isEnd()) {
            cancel();
          }
          return next;
        } catch (Exception failure) {
          pauseAfter(failure, cx);
        }
      }
      return Next.pending();
    } catch (Throwable failure) {
      throw failed(failure);
    }
  }

  @Override
  public Turn pollEach(Context cx, Sink<? super T> sink) throws Exception {
    AsyncIterator<T> unused = open(cx);
    try {
      this.sink = sink;
      while (live().mayGoOn(cx)) {
        try {
          Turn turn = attempt().pollEach(cx, this);
          if (turn == Turn.ENDED) {
            cancel();
          }
          return turn;
        } catch (Exception failure) {
          pauseAfter(failure, cx);
        }
      }
      return Turn.PENDING;
    } catch (Throwable failure) {
      throw failed(failure);
    } finally {
      this.sink = null;
    }
  }

  @Override
  public boolean accept(T item) {
    live().succeeded();
    try {
      return requireNonNull(sink, "sink").accept(item);
    } catch (Throwable violation) {
      isFinal = true;
      throw violation;
    }
  }

  private Attempts live() {
    return requireNonNull(attempts, "attempts");
  }

  /** The iterator of this attempt. What the supplier throws is a failure of the attempt. */
  @SuppressWarnings(
      "unchecked") // an iterator only gives elements, so it may stand for a wider type
  private AsyncIterator<T> attempt() {
    if (!running) {
      AsyncIterator<T> made = (AsyncIterator<T>) requireNonNull(supplier, "supplier").get();
      isFinal = made == null;
      continueWith(requireNonNull(made, "retry: the supplier gave null instead of an iterator"));
      running = true;
    }
    return requireNonNull(upstream(), "upstream");
  }

  private void pauseAfter(Exception failure, Context cx) throws Exception {
    if (isFinal) {
      throw failure;
    }
    running = false;
    continueWith(new EmptyIterator<>()); // the one before has failed, and is let go of
    live().pauseAfter(failure, cx);
  }

  @Override
  public boolean knownEnded() {
    AsyncIterator<T> attempt = upstream();
    return running && attempt != null && attempt.knownEnded();
  }

  @Override
  public void describe(Description description) {
    description.name(kind());
    if (attempts != null) {
      attempts.describe(description);
    }
    description.stream("attempt", running ? upstream() : null);
  }
}
