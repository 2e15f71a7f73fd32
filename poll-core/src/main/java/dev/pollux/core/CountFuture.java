package dev.pollux.core;

import dev.pollux.operator.TerminalFuture;

/**
 * Counts the elements.
 *
 * @cancellation cancels the upstream; the elements counted so far are gone
 * @threading confined to the polling task
 */
final class CountFuture<A> extends TerminalFuture<A, Long> {

  private long count;

  CountFuture(AsyncIterator<A> upstream) {
    super(upstream);
  }

  @Override
  protected String kind() {
    return "count";
  }

  @Override
  protected void release(Discard discard) {}

  @Override
  public boolean accept(A item) {
    count++;
    return true;
  }

  @Override
  protected Poll<Long> finish() {
    return Poll.ready(count);
  }

  @Override
  public void describe(Description description) {
    super.describe(description);
    description.with("count", count);
  }
}
