package dev.pollux.core;

import dev.pollux.operator.SinkContract;
import dev.pollux.operator.Source;

/**
 * Counts from one {@code int} up to another.
 *
 * @cancellation nothing is lost
 * @threading confined to the polling task
 */
final class RangeIterator extends Source<Integer> {

  private int next;
  private final int end;

  RangeIterator(int from, int to) {
    this.next = from;
    this.end = Math.max(from, to);
  }

  @Override
  protected String kind() {
    return "range";
  }

  @Override
  protected void release() {}

  @Override
  public Next<Integer> pollNext(Context cx) {
    open();
    if (next == end) {
      return end();
    }
    return cx.tryProceed() ? Next.item(next++) : Next.pending();
  }

  @Override
  public Turn pollEach(Context cx, Sink<? super Integer> sink) {
    open();
    Budget budget = cx.budget();
    int given = 0;
    while (next != end) {
      if (given >= budget.remaining()) {
        return cx.pendingAfter(given);
      }
      given++;
      int item = next++;
      try {
        if (!sink.accept(item)) {
          budget.pay(given);
          return Turn.STOPPED;
        }
      } catch (Throwable violation) {
        throw SinkContract.violated(this, cx, violation);
      }
    }
    budget.pay(given);
    cancel();
    return Turn.ENDED;
  }

  @Override
  public boolean knownEnded() {
    return !isOver() && next == end;
  }

  @Override
  public void describe(Description description) {
    description.name(kind()).with("next", next).with("end", end);
  }
}
