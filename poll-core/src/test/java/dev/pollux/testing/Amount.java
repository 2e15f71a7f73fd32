package dev.pollux.testing;

/** A value that the kit watches, unlike those of the JDK. */
record Amount(int value) {

  Amount plus(Amount other) {
    return new Amount(value + other.value);
  }
}
