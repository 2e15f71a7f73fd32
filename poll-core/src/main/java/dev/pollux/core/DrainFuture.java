package dev.pollux.core;

import dev.pollux.operator.TerminalFuture;

/**
 * Reads to the end. The elements are dropped by the user's decision, not discarded.
 *
 * @cancellation cancels the upstream; nothing is held
 * @threading confined to the polling task
 */
final class DrainFuture<A> extends TerminalFuture<A, Void> {

  DrainFuture(AsyncIterator<A> upstream) {
    super(upstream);
  }

  @Override
  protected String kind() {
    return "drain";
  }

  @Override
  protected void release(Discard discard) {}

  @Override
  public boolean accept(A item) {
    return true;
  }

  @Override
  protected Poll<Void> finish() {
    return Poll.done();
  }
}
