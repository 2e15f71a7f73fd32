package dev.pollux.samples.model;

/**
 * An element of a pipeline under test: a number that is made once and ends once, so that it can be
 * told whether one was lost or handled twice. Equal to every value of the same number.
 */
final class Value implements Comparable<Value> {

  /** What has become of a value. */
  enum Fate {
    /** It was made, and is on its way. */
    MADE,
    /** A function of the user took it: made another of it, or decided that it does not go on. */
    TAKEN,
    /** The reader of the pipeline got it. */
    GIVEN,
    /** The library dropped it. */
    DISCARDED
  }

  final int number;
  private final boolean constant;
  private Fate fate = Fate.MADE;

  Value(int number) {
    this(number, false);
  }

  private Value(int number, boolean constant) {
    this.number = number;
    this.constant = constant;
  }

  /** A value that belongs to the user, and may come any number of times. */
  static Value constant(int number) {
    return new Value(number, true);
  }

  Fate fate() {
    return fate;
  }

  /** Ends the way of this value. */
  void meets(Fate end) {
    if (constant) {
      return;
    }
    if (fate != Fate.MADE) {
      throw new AssertionError(this + " is " + end + " though it was " + fate);
    }
    fate = end;
  }

  @Override
  public int compareTo(Value other) {
    return Integer.compare(number, other.number);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Value value && value.number == number;
  }

  @Override
  public int hashCode() {
    return Integer.hashCode(number);
  }

  @Override
  public String toString() {
    return Integer.toString(number);
  }
}
