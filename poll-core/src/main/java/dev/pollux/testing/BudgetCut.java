package dev.pollux.testing;

import dev.pollux.core.Budget;
import dev.pollux.core.Context;

/** Leaves a poll less budget than a turn has. */
final class BudgetCut {

  private BudgetCut() {}

  /** Uses up all units of the turn but {@code units}. */
  static void to(int units, Context cx) {
    Budget budget = cx.budget();
    while (budget.remaining() > units && budget.tryConsume()) {}
  }
}
