package dev.pollux.testing;

import dev.pollux.core.Waker;

/**
 * A waker that must not be woken: {@link #wake()} throws an {@link AssertionError}.
 *
 * <p>This is the one waker that breaks the rule that {@code wake} never throws, so that a test
 * fails in the very call that should not have been made. It also serves as the "foreign waker that
 * throws" in tests of whatever wakes. Code that catches what a waker throws, as the contract asks,
 * hides the failure from the test: look at {@link PollHarness#uncaught()} there, or count with a
 * {@link CountingWaker}.
 *
 * <p>Source: {@code futures_test::task::panic_waker}.
 *
 * @threading immutable
 */
public final class PanicWaker implements Waker {

  /** Makes a waker that must not be woken. */
  public PanicWaker() {}

  /**
   * Fails.
   *
   * @throws AssertionError always
   */
  @Override
  public void wake() {
    throw new AssertionError("a waker was woken that must not be");
  }

  @Override
  public String toString() {
    return "PanicWaker";
  }
}
