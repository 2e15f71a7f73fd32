package dev.pollux.samples.sample;

import dev.pollux.core.Context;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import java.util.function.Consumer;

/**
 * A co-operative task: it tells of each of its turns, and gives way to the others after it.
 *
 * @threading owned by one task
 */
final class Turns implements Future<Void> {

  private final String name;
  private final Consumer<String> told;
  private int left;

  Turns(String name, int turns, Consumer<String> told) {
    this.name = name;
    this.left = turns;
    this.told = told;
  }

  @Override
  public Poll<Void> poll(Context cx) {
    told.accept(name);
    left--;
    if (left == 0) {
      return Poll.done();
    }
    cx.wakeSelf();
    return Poll.pending();
  }
}
