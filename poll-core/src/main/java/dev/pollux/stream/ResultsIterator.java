package dev.pollux.stream;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Discard;
import dev.pollux.core.Item;
import dev.pollux.core.Next;
import dev.pollux.core.Settled;
import dev.pollux.core.Sink;
import dev.pollux.core.Turn;
import dev.pollux.operator.EmptyIterator;
import dev.pollux.operator.SinkContract;
import dev.pollux.operator.UpstreamOwner;
import org.jspecify.annotations.Nullable;

/**
 * Gives each element as an outcome and, if the upstream fails with an {@code Exception}, that as
 * the last one.
 *
 * @cancellation cancels the upstream; a failure that was not given yet is reported
 * @threading confined to the polling task
 */
final class ResultsIterator<T> extends UpstreamOwner<T>
    implements AsyncIterator<Settled<T>>, Sink<T> {

  /** The failure of the upstream, until it is given; that takes budget, being nobody's element. */
  private @Nullable Exception caught;

  /** Set during {@code pollEach}. */
  private @Nullable Sink<? super Settled<T>> sink;

  /** Whether the sink has thrown, which is no failure of the upstream's. */
  private boolean violated;

  ResultsIterator(AsyncIterator<T> upstream) {
    super(upstream);
  }

  @Override
  protected String kind() {
    return "toResults";
  }

  @Override
  protected void release(Discard discard) {
    Exception lost = caught;
    caught = null;
    if (lost != null) {
      discard.uncaught(lost, "a stream that was cancelled before its failure was asked for");
    }
  }

  @Override
  public Next<Settled<T>> pollNext(Context cx) throws Exception {
    AsyncIterator<T> upstream = open(cx);
    try {
      if (caught == null) {
        try {
          Next<T> next = upstream.pollNext(cx);
          if (next instanceof Item<T> item) {
            return Next.item(new Settled.Completed<>(item.value()));
          }
          if (next.isEnd()) {
            cancel();
            return Next.end();
          }
          return Next.pending();
        } catch (Exception failure) {
          keep(failure);
        }
      }
      return cx.tryProceed() ? Next.item(takeCaught()) : Next.pending();
    } catch (Throwable failure) {
      throw failed(failure);
    }
  }

  @Override
  public Turn pollEach(Context cx, Sink<? super Settled<T>> sink) throws Exception {
    AsyncIterator<T> upstream = open(cx);
    try {
      if (caught == null) {
        this.sink = sink;
        try {
          Turn turn = upstream.pollEach(cx, this);
          if (turn == Turn.ENDED) {
            cancel();
          }
          return turn;
        } catch (Exception failure) {
          if (violated) {
            throw failure;
          }
          keep(failure);
        }
      }
      if (!cx.tryProceed()) {
        return Turn.PENDING;
      }
      Settled<T> last = takeCaught();
      try {
        if (!sink.accept(last)) {
          return Turn.STOPPED;
        }
      } catch (Throwable violation) {
        throw SinkContract.violated(this, cx, violation);
      }
      cancel();
      return Turn.ENDED;
    } catch (Throwable failure) {
      throw failed(failure);
    } finally {
      this.sink = null;
    }
  }

  @Override
  public boolean accept(T item) {
    try {
      return requireNonNull(sink, "sink").accept(new Settled.Completed<>(item));
    } catch (Throwable violation) {
      violated = true;
      throw violation;
    }
  }

  /** Keeps the failure of the upstream, which is over: what is read from here on is empty. */
  private void keep(Exception failure) {
    caught = failure;
    continueWith(new EmptyIterator<>());
  }

  private Settled<T> takeCaught() {
    Exception failure = requireNonNull(caught, "caught");
    caught = null;
    return new Settled.Failed<>(failure);
  }

  @Override
  public boolean knownEnded() {
    AsyncIterator<T> upstream = upstream();
    return upstream != null && caught == null && upstream.knownEnded();
  }

  @Override
  public void describe(Description description) {
    description.name(kind()).stream("upstream", upstream());
  }
}
