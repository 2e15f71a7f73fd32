package dev.pollux.stream;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Discard;
import dev.pollux.core.Next;
import dev.pollux.operator.UpstreamOwner;
import java.time.Duration;
import java.util.concurrent.TimeoutException;

/**
 * Fails if an element is waited for longer than a time. The time is counted from the first poll
 * that has to wait for it; an element that is there in the poll that finds the time over wins.
 *
 * @cancellation cancels the upstream; nothing is held
 * @threading confined to the polling task
 */
final class TimeoutEachIterator<T> extends UpstreamOwner<T> implements AsyncIterator<T> {

  private final long eachNanos;
  private final Deadline deadline = new Deadline();

  /** How long the next element may take. */
  private long nanos;

  /** Whether the time of the next element is running. */
  private boolean waiting;

  TimeoutEachIterator(AsyncIterator<T> upstream, long firstNanos, long eachNanos) {
    super(upstream);
    this.nanos = firstNanos;
    this.eachNanos = eachNanos;
  }

  @Override
  protected String kind() {
    return "timed.timeoutEach";
  }

  @Override
  protected void release(Discard discard) {
    deadline.stop();
  }

  @Override
  public Next<T> pollNext(Context cx) throws Exception {
    AsyncIterator<T> upstream = open(cx);
    try {
      Next<T> next = upstream.pollNext(cx);
      if (next.isPending()) {
        if (!waiting) {
          waiting = true;
          deadline.set(cx, nanos);
        }
        if (deadline.elapsed(cx)) {
          throw new TimeoutException("no element within " + Duration.ofNanos(nanos));
        }
        return next;
      }
      if (next.isItem()) {
        if (waiting) {
          waiting = false;
          deadline.stop(); // or it would wake a task that waits for something else
        }
        nanos = eachNanos;
        return next;
      }
    } catch (Throwable failure) {
      throw failed(failure);
    }
    cancel();
    return Next.end();
  }

  @Override
  public boolean knownEnded() {
    AsyncIterator<T> upstream = upstream();
    return upstream != null && upstream.knownEnded();
  }

  @Override
  public void describe(Description description) {
    description.name(kind());
    deadline.describe(description);
    description.stream("upstream", upstream());
  }
}
