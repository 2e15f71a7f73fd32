package dev.pollux.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Says how each law is checked, and which laws are checked on a subject. */
final class Suite {

  private static final Set<Law> OF_ITERATORS =
      Set.of(Law.MIXED_POLLING, Law.SINK_STOP, Law.THROWING_SINK, Law.KNOWN_ENDED);

  private Suite() {}

  static List<LawCheck> checks(Terms terms) {
    if (terms.expectation == null) {
      throw new IllegalStateException("say first what is expected of " + terms.name);
    }
    List<LawCheck> checks = new ArrayList<>();
    for (Law law : Law.values()) {
      boolean applies =
          (terms.iterates || !OF_ITERATORS.contains(law))
              && (terms.discards || law != Law.HELD_VALUES)
              && !terms.leftOut.containsKey(law);
      if (applies) {
        checks.add(new LawCheck(terms.name, law, () -> check(law, terms)));
      }
    }
    return checks;
  }

  static void checkAll(Terms terms) {
    AssertionError first = null;
    for (LawCheck check : checks(terms)) {
      try {
        check.run();
      } catch (AssertionError breach) {
        if (first == null) {
          first = breach;
        } else {
          first.addSuppressed(breach);
        }
      }
    }
    if (first != null) {
      throw first;
    }
  }

  private static void check(Law law, Terms terms) {
    switch (law) {
      case OUTCOME -> EndingLaws.outcome(terms);
      case OVER_IS_OVER -> EndingLaws.overIsOver(terms);
      case CANCEL -> EndingLaws.cancel(terms);
      case CHILDREN_CANCELLED -> ChildLaws.cancelled(terms);
      case CHILDREN_POLLED -> ChildLaws.polled(terms);
      case THROWING_CANCEL -> ChildLaws.throwingCancel(terms);
      case WAKE_UP -> WakeLaws.wakeUp(terms);
      case LATEST_WAKER -> WakeLaws.latestWaker(terms);
      case SPURIOUS_POLL -> EndingLaws.spuriousPoll(terms);
      case ANY_THREAD -> EndingLaws.anyThread(terms);
      case FAILURE -> EndingLaws.failure(terms, false);
      case ERROR -> EndingLaws.failure(terms, true);
      case DESCRIBED -> ChildLaws.described(terms);
      case NOTHING_RETAINED -> RetentionLaw.nothingRetained(terms);
      case BUDGET -> WakeLaws.budget(terms);
      case INVARIANT -> EndingLaws.invariant(terms);
      case HELD_VALUES -> ChildLaws.heldValues(terms);
      case MIXED_POLLING -> EndingLaws.mixedPolling(terms);
      case SINK_STOP -> SinkLaws.sinkStop(terms);
      case THROWING_SINK -> SinkLaws.throwingSink(terms);
      case KNOWN_ENDED -> SinkLaws.knownEnded(terms);
    }
  }
}
