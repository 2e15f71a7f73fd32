package dev.pollux.samples.exercise;

import dev.pollux.core.Context;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import java.util.List;

/** A future that takes one step with each poll, and then gives way to whoever else is queued. */
final class Walker implements Future<Void> {

  private static final int STEPS = 3;

  private final String name;
  private final List<String> steps;

  /** All that is kept from poll to poll: where it stands. */
  private int taken;

  Walker(String name, List<String> steps) {
    this.name = name;
    this.steps = steps;
  }

  @Override
  public Poll<Void> poll(Context cx) {
    taken++;
    steps.add(name + " " + taken);
    if (taken == STEPS) {
      return Poll.done();
    }
    cx.wakeSelf(); // without this nobody would ever poll it again
    return Poll.pending();
  }
}
