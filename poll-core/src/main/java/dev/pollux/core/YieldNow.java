package dev.pollux.core;

import dev.pollux.spi.Unpolled;

/**
 * Answers {@code Pending} once, having asked for another poll.
 *
 * @cancellation nothing is lost
 * @threading confined to the polling task
 */
final class YieldNow implements Future<Void> {

  private boolean yielded;
  private boolean over;

  @Override
  public Poll<Void> poll(Context cx) {
    Unpolled.used(this);
    if (over) {
      throw new PollAfterEndException("yieldNow");
    }
    if (yielded) {
      over = true;
      return Poll.done();
    }
    yielded = true;
    cx.wakeSelf();
    return Poll.pending();
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    over = true;
  }

  @Override
  public void describe(Description description) {
    description.name("yieldNow").waitsFor("another turn");
  }
}
