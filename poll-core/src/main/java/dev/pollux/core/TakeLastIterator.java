package dev.pollux.core;

import dev.pollux.operator.EmptyIterator;
import dev.pollux.operator.SinkContract;
import dev.pollux.operator.UpstreamOwner;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Gives the last elements once the upstream has ended. Those before them are dropped by the user's
 * decision, not discarded.
 *
 * @cancellation cancels the upstream, and discards the elements held
 * @threading confined to the polling task
 */
final class TakeLastIterator<T> extends UpstreamOwner<T> implements AsyncIterator<T>, Sink<T> {

  private final int count;

  /** At most {@code count}, the oldest first. */
  private final Deque<T> held = new ArrayDeque<>();

  /** Whether the upstream has ended. */
  private boolean giving;

  TakeLastIterator(AsyncIterator<T> upstream, int count) {
    super(upstream);
    this.count = count;
  }

  @Override
  protected String kind() {
    return "takeLast";
  }

  @Override
  protected void release(Discard discard) {
    while (!held.isEmpty()) {
      discard.discard(held.removeLast());
    }
  }

  @Override
  public Next<T> pollNext(Context cx) throws Exception {
    AsyncIterator<T> upstream = open(cx);
    try {
      if (!giving && read(upstream, cx) != Turn.ENDED) {
        return Next.pending();
      }
      if (held.isEmpty()) {
        cancel();
        return Next.end();
      }
      return cx.tryProceed() ? Next.item(held.removeFirst()) : Next.pending();
    } catch (Throwable failure) {
      throw failed(failure);
    }
  }

  @Override
  public Turn pollEach(Context cx, Sink<? super T> sink) throws Exception {
    AsyncIterator<T> upstream = open(cx);
    try {
      if (!giving && read(upstream, cx) != Turn.ENDED) {
        return Turn.PENDING;
      }
      while (!held.isEmpty()) {
        if (!cx.tryProceed()) {
          return Turn.PENDING;
        }
        T item = held.removeFirst();
        try {
          if (!sink.accept(item)) {
            return Turn.STOPPED;
          }
        } catch (Throwable violation) {
          throw SinkContract.violated(this, cx, violation);
        }
      }
      cancel();
      return Turn.ENDED;
    } catch (Throwable failure) {
      throw failed(failure);
    }
  }

  private Turn read(AsyncIterator<T> upstream, Context cx) throws Exception {
    Turn turn = feed(upstream, cx, this); // never stopped: accept always wants more
    if (turn == Turn.ENDED) {
      giving = true;
      continueWith(new EmptyIterator<>());
    }
    return turn;
  }

  @Override
  public boolean accept(T item) {
    held.addLast(item);
    if (held.size() > count) {
      held.removeFirst();
    }
    return true;
  }

  @Override
  public boolean knownEnded() {
    return upstream() != null && giving && held.isEmpty();
  }

  @Override
  public void describe(Description description) {
    description.name(kind()).with("count", count).with("held", held.size()).stream(
        "upstream", giving ? null : upstream());
  }
}
