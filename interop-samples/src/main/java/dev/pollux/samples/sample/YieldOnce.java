package dev.pollux.samples.sample;

import dev.pollux.core.Context;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;

/**
 * Gives way once and is done. It is as new after that: so the task of an executor can be measured
 * without the future that it runs.
 *
 * @threading owned by one task at a time
 */
final class YieldOnce implements Future<Void> {

  private boolean hasYielded;

  @Override
  public Poll<Void> poll(Context cx) {
    hasYielded = !hasYielded;
    if (hasYielded) {
      cx.wakeSelf();
      return Poll.pending();
    }
    return Poll.done();
  }
}
