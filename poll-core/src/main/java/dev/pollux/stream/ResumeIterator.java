package dev.pollux.stream;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Discard;
import dev.pollux.core.Next;
import dev.pollux.core.Sink;
import dev.pollux.core.Turn;
import dev.pollux.operator.UpstreamOwner;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Hands on the elements and, if the upstream fails with an {@code Exception}, goes on with the
 * iterator that a function makes of it.
 *
 * @cancellation cancels whichever of the two iterators is read; nothing is held
 * @threading confined to the polling task
 */
final class ResumeIterator<T> extends UpstreamOwner<T> implements AsyncIterator<T>, Sink<T> {

  private final String kind;

  /** Null once the upstream has failed, and once this is over. */
  private @Nullable Function<? super Exception, ? extends AsyncIterator<? extends T>> function;

  /** Set during {@code pollEach}, while the upstream has not failed. */
  private @Nullable Sink<? super T> sink;

  /** Whether the sink has thrown, which is no failure of the upstream's. */
  private boolean violated;

  ResumeIterator(
      String kind,
      AsyncIterator<T> upstream,
      Function<? super Exception, ? extends AsyncIterator<? extends T>> function) {
    super(upstream);
    this.kind = kind;
    this.function = function;
  }

  @Override
  protected String kind() {
    return kind;
  }

  @Override
  protected void release(Discard discard) {
    function = null;
  }

  @Override
  public Next<T> pollNext(Context cx) throws Exception {
    AsyncIterator<T> upstream = open(cx);
    try {
      Next<T> next;
      if (function == null) {
        next = upstream.pollNext(cx);
      } else {
        try {
          next = upstream.pollNext(cx);
        } catch (Exception failure) {
          next = resume(failure).pollNext(cx);
        }
      }
      if (next.isEnd()) {
        cancel();
      }
      return next;
    } catch (Throwable failure) {
      throw failed(failure);
    }
  }

  @Override
  public Turn pollEach(Context cx, Sink<? super T> sink) throws Exception {
    AsyncIterator<T> upstream = open(cx);
    try {
      Turn turn;
      if (function == null) {
        turn = upstream.pollEach(cx, sink);
      } else {
        this.sink = sink;
        try {
          turn = upstream.pollEach(cx, this);
        } catch (Exception failure) {
          if (violated) {
            throw failure;
          }
          turn = resume(failure).pollEach(cx, sink);
        }
      }
      if (turn == Turn.ENDED) {
        cancel();
      }
      return turn;
    } catch (Throwable failure) {
      throw failed(failure);
    } finally {
      this.sink = null;
    }
  }

  @Override
  public boolean accept(T item) {
    try {
      return requireNonNull(sink, "sink").accept(item);
    } catch (Throwable violation) {
      violated = true;
      throw violation;
    }
  }

  /** Goes on with what the function makes of the failure of the upstream, which is over. */
  @SuppressWarnings(
      "unchecked") // an iterator only gives elements, so it may stand for a wider type
  private AsyncIterator<T> resume(Exception failure) {
    Function<? super Exception, ? extends AsyncIterator<? extends T>> function =
        requireNonNull(this.function, "function");
    this.function = null;
    try {
      AsyncIterator<T> next =
          (AsyncIterator<T>)
              requireNonNull(
                  function.apply(failure),
                  () -> kind + ": the function answered null instead of an iterator");
      continueWith(next);
      return next;
    } catch (Throwable second) {
      if (second != failure) {
        second.addSuppressed(failure);
      }
      throw second;
    }
  }

  /** Known while the upstream has not failed too, for one that knows its end does not fail. */
  @Override
  public boolean knownEnded() {
    AsyncIterator<T> upstream = upstream();
    return upstream != null && upstream.knownEnded();
  }

  @Override
  public void describe(Description description) {
    description.name(kind()).stream("upstream", upstream());
  }
}
