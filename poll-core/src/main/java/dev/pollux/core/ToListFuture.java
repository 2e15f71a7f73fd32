package dev.pollux.core;

import dev.pollux.operator.TerminalFuture;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Collects all elements in a list.
 *
 * @cancellation cancels the upstream, and discards the elements collected
 * @threading confined to the polling task
 */
final class ToListFuture<A> extends TerminalFuture<A, List<A>> {

  private List<A> elements = new ArrayList<>();

  ToListFuture(AsyncIterator<A> upstream) {
    super(upstream);
  }

  @Override
  protected String kind() {
    return "toList";
  }

  @Override
  protected void release(Discard discard) {
    List<A> left = elements;
    elements = List.of();
    for (int i = left.size() - 1; i >= 0; i--) {
      discard.discard(left.get(i));
    }
  }

  @Override
  public boolean accept(A item) {
    elements.add(item);
    return true;
  }

  @Override
  protected Poll<List<A>> finish() {
    List<A> all = Collections.unmodifiableList(elements);
    elements = List.of(); // they are the caller's now
    return Poll.ready(all);
  }

  @Override
  public void describe(Description description) {
    super.describe(description);
    description.with("held", elements.size());
  }
}
