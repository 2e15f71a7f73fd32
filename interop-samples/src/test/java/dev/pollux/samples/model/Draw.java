package dev.pollux.samples.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Draws the numbers of one pipeline. */
final class Draw {

  private final Random random;
  private boolean neverFailing;

  Draw(Random random) {
    this.random = random;
  }

  /** Says whether functions may not fail from here on. */
  Draw neverFailing(boolean never) {
    neverFailing = never;
    return this;
  }

  int below(int bound) {
    return random.nextInt(bound);
  }

  /** From {@code low} to {@code high}, both included. */
  int between(int low, int high) {
    return low + random.nextInt(high - low + 1);
  }

  boolean oneIn(int n) {
    return random.nextInt(n) == 0;
  }

  /** A number of elements: mostly a few, which is where the edges are. */
  int count() {
    return oneIn(3) ? below(300) : below(12);
  }

  Failing failing() {
    return oneIn(8) && !neverFailing ? new Failing(below(20)) : Failing.NEVER;
  }

  /** Where another sequence of random numbers starts, the same in each run of a step. */
  long seed() {
    return random.nextLong();
  }

  <T> T oneOf(List<T> all) {
    return all.get(below(all.size()));
  }

  List<Integer> numbers(int size) {
    List<Integer> numbers = new ArrayList<>(size);
    int from = below(50);
    boolean rising = !oneIn(4);
    for (int i = 0; i < size; i++) {
      numbers.add(rising ? from + i : below(9));
    }
    return numbers;
  }

  /** Where the elements of a pipeline come from. */
  Source source() {
    int size = oneIn(4) ? between(100, 500) : below(12);
    return Source.draw(this, size);
  }

  /** A source of few elements, which may fail. */
  Source smallSource() {
    return Source.draw(this, below(12));
  }

  /** A source of few elements that ends. */
  Source endingSource() {
    return Source.ending(this, below(12));
  }
}
