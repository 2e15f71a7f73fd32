package dev.pollux.core;

/** A value that the conformance kit watches, unlike those of the JDK. */
record Value(int number) {

  static Value of(int number) {
    return new Value(number);
  }

  Value plus(Value other) {
    return new Value(number + other.number);
  }
}
