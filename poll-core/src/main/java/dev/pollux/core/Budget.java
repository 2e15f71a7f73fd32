package dev.pollux.core;

import com.google.errorprone.annotations.CanIgnoreReturnValue;

/**
 * How much a task may still do in this turn before it gives way to others.
 *
 * <p>A task turn starts with {@value #UNITS} units, shared by all contexts derived in it. A leaf
 * that makes progress takes a unit first; at zero it asks to be polled again and answers {@code
 * Pending}, so a stream that is always ready cannot hold a thread for ever:
 *
 * <pre>{@code
 * if (!cx.tryProceed()) {      // takes a unit, or wakes the task itself
 *   return Poll.pending();
 * }
 * if (!somethingToDo()) {
 *   cx.budget().giveBack();    // no progress, no charge
 *   register(cx.waker());
 *   return Poll.pending();
 * }
 * }</pre>
 *
 * <p>Time-outs and cancellation signals are looked at outside the budget. Source: the cooperative
 * budget of Tokio ({@code task::coop}), carried by the context instead of a thread-local.
 *
 * @threading confined to the polling thread
 */
public final class Budget {

  /** The units a task turn starts with. */
  public static final int UNITS = 128;

  private int remaining = UNITS;

  Budget() {}

  /** Takes one unit. Returns false, and takes none, if there is none left. */
  public boolean tryConsume() {
    if (remaining <= 0) {
      return false;
    }
    remaining--;
    return true;
  }

  /**
   * Takes one unit if there is one: for progress that was made on what may have been the last unit.
   */
  void consume() {
    if (remaining > 0) {
      remaining--;
    }
  }

  /**
   * Pays for what was given on credit: a source that gives several elements in a row counts them,
   * stops when they are as many as {@link #remaining()}, and pays once.
   */
  void pay(int units) {
    remaining -= units;
  }

  /** Returns a unit that {@link #tryConsume} gave and that led to no progress. */
  public void giveBack() {
    remaining++;
  }

  /** Whether no unit is left. A set of futures stops polling its children then. */
  public boolean isExhausted() {
    return remaining <= 0;
  }

  /**
   * The units left in this turn; {@link Integer#MAX_VALUE} or little less inside {@code
   * unconstrained}.
   */
  public int remaining() {
    return remaining;
  }

  void refill() {
    remaining = UNITS;
  }

  /** Sets the units left and returns what was left before; pairs with a call that restores it. */
  @CanIgnoreReturnValue
  int replace(int units) {
    int before = remaining;
    remaining = units;
    return before;
  }

  @Override
  public String toString() {
    return "Budget[" + remaining + " of " + UNITS + " units left]";
  }
}
