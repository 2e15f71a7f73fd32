package dev.pollux.core;

import static java.util.Objects.requireNonNull;

import dev.pollux.operator.TerminalFuture;
import java.util.function.BiConsumer;
import java.util.stream.Collector;
import org.jspecify.annotations.Nullable;

/**
 * Collects all elements with a {@code Collector}, whose container is made at the first poll.
 *
 * @cancellation cancels the upstream; the container is dropped with what it holds
 * @threading confined to the polling task
 */
final class CollectFuture<T, A, R> extends TerminalFuture<T, R> {

  /** Null once this is over. */
  private @Nullable Collector<? super T, A, R> collector;

  private @Nullable BiConsumer<A, ? super T> accumulator;
  private @Nullable A container;

  CollectFuture(AsyncIterator<T> upstream, Collector<? super T, A, R> collector) {
    super(upstream);
    this.collector = collector;
  }

  @Override
  protected String kind() {
    return "collect";
  }

  @Override
  protected void release(Discard discard) {
    collector = null;
    accumulator = null;
    container = null;
  }

  @Override
  protected void begin() {
    if (accumulator == null) {
      Collector<? super T, A, R> collector = requireNonNull(this.collector, "collector");
      container = collector.supplier().get();
      accumulator = collector.accumulator();
    }
  }

  @Override
  @SuppressWarnings("NullAway") // the container is the collector's and may even be null
  public boolean accept(T item) {
    try {
      BiConsumer<A, ? super T> accumulator = this.accumulator;
      if (accumulator == null) {
        throw released();
      }
      accumulator.accept(container, item);
      return true;
    } catch (Throwable failure) {
      return fail(failure);
    }
  }

  @Override
  @SuppressWarnings("NullAway") // the container is the collector's and may even be null
  protected Poll<R> finish() {
    R result = requireNonNull(collector, "collector").finisher().apply(container);
    return Poll.ready(requireNonNull(result, "collect: the collector answered null"));
  }
}
