package dev.pollux.samples.model;

import java.util.function.Function;

/**
 * When a function of a pipeline fails.
 *
 * @param at the call that fails, from 0; {@code Integer.MAX_VALUE} for none
 */
record Failing(int at) {

  static final String MESSAGE = "function";

  static final Failing NEVER = new Failing(Integer.MAX_VALUE);

  /** A function that counts its calls. */
  <A, B> Function<A, B> of(Function<? super A, ? extends B> function) {
    int[] calls = {0};
    return argument -> {
      if (calls[0]++ == at) {
        throw new PlannedFailure(MESSAGE);
      }
      return function.apply(argument);
    };
  }

  @Override
  public String toString() {
    return at == Integer.MAX_VALUE ? "" : "fails at " + at;
  }
}
