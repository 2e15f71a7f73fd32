package dev.pollux.core;

/** A value that the conformance kit watches, unlike those of the JDK. */
public record Value(int number) {

  public static Value of(int number) {
    return new Value(number);
  }

  public Value plus(Value other) {
    return new Value(number + other.number);
  }
}
