package dev.pollux.core;

import dev.pollux.operator.TerminalFuture;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Gives the last element. Those before it are dropped by the user's decision, not discarded.
 *
 * @cancellation cancels the upstream, and discards the element held
 * @threading confined to the polling task
 */
final class LastFuture<A> extends TerminalFuture<A, Optional<A>> {

  private @Nullable A last;

  LastFuture(AsyncIterator<A> upstream) {
    super(upstream);
  }

  @Override
  protected String kind() {
    return "last";
  }

  @Override
  protected void release(Discard discard) {
    A held = last;
    last = null;
    discard.discard(held);
  }

  @Override
  public boolean accept(A item) {
    last = item;
    return true;
  }

  @Override
  protected Poll<Optional<A>> finish() {
    A found = last;
    last = null; // it is the caller's now
    return Poll.ready(Optional.ofNullable(found));
  }
}
