package dev.pollux.core;

import dev.pollux.operator.SinkContract;
import dev.pollux.operator.Source;

/**
 * Counts from one {@code long} up to another.
 *
 * @cancellation nothing is lost
 * @threading confined to the polling task
 */
final class RangeLongIterator extends Source<Long> {

  private long next;
  private final long end;

  RangeLongIterator(long from, long to) {
    this.next = from;
    this.end = Math.max(from, to);
  }

  @Override
  protected String kind() {
    return "rangeLong";
  }

  @Override
  protected void release() {}

  @Override
  public Next<Long> pollNext(Context cx) {
    open();
    if (next == end) {
      return end();
    }
    return cx.tryProceed() ? Next.item(next++) : Next.pending();
  }

  @Override
  public Turn pollEach(Context cx, Sink<? super Long> sink) {
    open();
    Budget budget = cx.budget();
    int given = 0;
    while (next != end) {
      if (given >= budget.remaining()) {
        return cx.pendingAfter(given);
      }
      given++;
      long item = next++;
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
