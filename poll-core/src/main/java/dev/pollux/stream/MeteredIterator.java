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
import org.jspecify.annotations.Nullable;

/**
 * Counts what passes in a {@link StreamMetrics}.
 *
 * @cancellation cancels the upstream; nothing is held
 * @threading confined to the polling task; the metrics are read by any thread
 */
final class MeteredIterator<T> extends UpstreamOwner<T> implements AsyncIterator<T>, Sink<T> {

  /** Null once it was told how this came to its end. */
  private @Nullable StreamMetrics metrics;

  private boolean polled;

  /** Whether no element has come yet. */
  private boolean first = true;

  private long firstPollNanos;

  // Set during pollEach.
  private @Nullable Sink<? super T> sink;
  private @Nullable Context cx;

  MeteredIterator(AsyncIterator<T> upstream, StreamMetrics metrics) {
    super(upstream);
    this.metrics = metrics;
  }

  @Override
  protected String kind() {
    return "metrics";
  }

  @Override
  protected void release(Discard discard) {
    StreamMetrics metrics = this.metrics;
    this.metrics = null;
    if (metrics != null) { // neither ended nor failed
      metrics.cancellation();
    }
  }

  @Override
  public Next<T> pollNext(Context cx) throws Exception {
    AsyncIterator<T> upstream = open(cx);
    try {
      begin(cx);
      Next<T> next = upstream.pollNext(cx);
      if (next.isItem()) {
        count(cx);
      } else if (next.isEnd()) {
        end();
      } else {
        live().pending();
      }
      return next;
    } catch (Throwable failure) {
      throw failed(counted(failure));
    }
  }

  @Override
  public Turn pollEach(Context cx, Sink<? super T> sink) throws Exception {
    AsyncIterator<T> upstream = open(cx);
    try {
      begin(cx);
      this.sink = sink;
      this.cx = cx;
      Turn turn = feed(upstream, cx, this);
      if (turn == Turn.ENDED) {
        end();
      } else if (turn == Turn.PENDING) {
        live().pending();
      }
      return turn;
    } catch (Throwable failure) {
      throw failed(counted(failure));
    } finally {
      this.sink = null;
      this.cx = null;
    }
  }

  @Override
  public boolean accept(T item) {
    count(requireNonNull(cx, "cx"));
    return requireNonNull(sink, "sink").accept(item);
  }

  private StreamMetrics live() {
    return requireNonNull(metrics, "metrics");
  }

  private void begin(Context cx) {
    if (!polled) {
      firstPollNanos = cx.timer().nanoTime();
      polled = true;
      live().polled();
    }
  }

  private void count(Context cx) {
    StreamMetrics metrics = live();
    if (first) {
      first = false;
      metrics.first(cx.timer().nanoTime() - firstPollNanos);
    }
    metrics.element();
  }

  private void end() {
    live().over();
    metrics = null;
    cancel();
  }

  private Throwable counted(Throwable failure) {
    StreamMetrics metrics = this.metrics;
    this.metrics = null;
    if (metrics != null) {
      metrics.failure();
    }
    return failure;
  }

  @Override
  public boolean knownEnded() {
    AsyncIterator<T> upstream = upstream();
    return upstream != null && polled && upstream.knownEnded();
  }

  @Override
  public void describe(Description description) {
    description.name(kind()).stream("upstream", upstream());
  }
}
