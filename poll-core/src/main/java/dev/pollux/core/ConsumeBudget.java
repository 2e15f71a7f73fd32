package dev.pollux.core;

import dev.pollux.spi.Unpolled;

/**
 * Takes one unit of budget, in a later turn if this one has none left.
 *
 * @cancellation nothing is lost
 * @threading confined to the polling task
 */
final class ConsumeBudget implements Future<Void> {

  private boolean over;

  @Override
  public Poll<Void> poll(Context cx) {
    Unpolled.used(this);
    if (over) {
      throw new PollAfterEndException("consumeBudget");
    }
    if (!cx.tryProceed()) {
      return Poll.pending();
    }
    over = true;
    return Poll.done();
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    over = true;
  }

  @Override
  public void describe(Description description) {
    description.name("consumeBudget").waitsFor("another turn");
  }
}
