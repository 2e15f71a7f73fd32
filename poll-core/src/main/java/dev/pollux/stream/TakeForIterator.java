package dev.pollux.stream;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Discard;
import dev.pollux.core.Next;
import dev.pollux.operator.Stage;
import java.time.Duration;
import java.util.concurrent.TimeoutException;

/**
 * Hands on what comes within a time from the first poll on; then it ends, or with {@code failing}
 * fails. The time is looked at first, once in each turn: what is there when it is over loses.
 *
 * @cancellation cancels the upstream; nothing is held
 * @threading confined to the polling task
 */
final class TakeForIterator<T> extends Stage<T, T> {

  private final long nanos;
  private final boolean failing;
  private final Deadline deadline = new Deadline();
  private boolean begun;
  private boolean tooLate;

  TakeForIterator(AsyncIterator<T> upstream, long nanos, boolean failing) {
    super(upstream);
    this.nanos = nanos;
    this.failing = failing;
  }

  @Override
  protected String kind() {
    return failing ? "timed.timeout" : "timed.takeFor";
  }

  @Override
  protected void release(Discard discard) {
    deadline.stop();
  }

  @Override
  protected void begin(Context cx) throws TimeoutException {
    if (!begun) {
      begun = true;
      deadline.set(cx, nanos);
    }
    tooLate = deadline.elapsed(cx);
    if (tooLate && failing) {
      throw new TimeoutException("the stream has not ended within " + Duration.ofNanos(nanos));
    }
  }

  @Override
  protected boolean endsHere() {
    return tooLate;
  }

  @Override
  public Next<T> pollNext(Context cx) throws Exception {
    AsyncIterator<T> upstream = open(cx);
    try {
      begin(cx);
      if (!tooLate) {
        Next<T> next = upstream.pollNext(cx);
        return next.isItem() ? next : without(next);
      }
    } catch (Throwable failure) {
      throw failed(failure);
    }
    cancel();
    return Next.end();
  }

  @Override
  public boolean accept(T item) {
    return sink().accept(item);
  }

  @Override
  public boolean knownEnded() {
    return !failing && super.knownEnded();
  }

  @Override
  public void describe(Description description) {
    super.describe(description);
    deadline.describe(description);
  }
}
