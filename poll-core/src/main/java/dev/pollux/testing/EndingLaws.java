package dev.pollux.testing;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.List;

/** The laws of how a subject ends. */
final class EndingLaws {

  private EndingLaws() {}

  static void outcome(Terms terms) {
    for (Plan plan : Lives.paces(10)) {
      endsAsExpected(terms, plan);
    }
  }

  static void anyThread(Terms terms) {
    for (Plan plan : List.of(Plan.late(), Plan.random(1))) {
      endsAllTheSame(terms, plan, plan.withThreadHops());
    }
  }

  static void spuriousPoll(Terms terms) {
    for (Plan plan : Lives.paces(3)) {
      endsAllTheSame(terms, plan, plan.withSpuriousPolls());
      endsAllTheSame(terms, plan, plan.withSpuriousPolls().withFreshWakers());
    }
  }

  static void mixedPolling(Terms terms) {
    for (Plan plan : Lives.paces(20)) {
      endsAllTheSame(terms, plan, plan.withReading(Plan.Reading.EACH));
      endsAllTheSame(terms, plan, plan.withReading(Plan.Reading.MIXED));
    }
  }

  /** Runs a subject to its end, and complains if that is not the expected one. */
  private static void endsAsExpected(Terms terms, Plan plan) {
    Trial trial = new Trial(terms, plan);
    trial.run();
    String complaint = terms.complaint(trial);
    if (complaint == null && !trial.harness.uncaught().isEmpty()) {
      complaint = "it reported as uncaught " + trial.harness.uncaught();
    }
    if (complaint != null) {
      throw trial.breach(complaint);
    }
  }

  /**
   * Runs a subject to its end by {@code disturbed}, and complains if that is not the expected one,
   * although it is by {@code plan}: where even that is wrong, another law is broken.
   */
  @CanIgnoreReturnValue
  static Trial endsAllTheSame(Terms terms, Plan plan, Plan disturbed) {
    Trial undisturbed = new Trial(terms, plan);
    undisturbed.run();
    Trial trial = new Trial(terms, disturbed);
    trial.run();
    String complaint = terms.complaint(undisturbed) == null ? terms.complaint(trial) : null;
    if (complaint != null) {
      throw trial.breach(complaint);
    }
    return trial;
  }

  static void overIsOver(Terms terms) {
    Lives.everyEnd(
        terms,
        trial -> {
          if (trial.end() == Trial.End.CANCELLED) {
            return;
          }
          refusesPolls(trial);
          trial.cancel();
          if (trial.cancelThrew() != null) {
            throw trial.breach("cancel after the end threw " + trial.cancelThrew());
          }
          refusesPolls(trial);
        });
  }

  static void cancel(Terms terms) {
    Lives.everyCancel(
        terms,
        trial -> {
          if (trial.end() != Trial.End.CANCELLED) {
            return;
          }
          if (trial.cancelThrew() != null) {
            throw trial.breach("cancel threw " + trial.cancelThrew());
          }
          trial.cancel();
          if (trial.cancelThrew() != null) {
            throw trial.breach("the second cancel threw " + trial.cancelThrew());
          }
          refusesPolls(trial);
        });
  }

  private static void refusesPolls(Trial trial) {
    List<String> complaints = trial.subject.pollAfterEnd(trial.harness);
    if (!complaints.isEmpty()) {
      throw trial.breach(complaints.get(0) + ", and should have thrown an IllegalStateException");
    }
  }

  static void failure(Terms terms, boolean error) {
    for (Plan plan : Lives.plans(terms)) {
      Trial undisturbed = new Trial(terms, plan);
      undisturbed.run();
      for (int step : Lives.samples(0, undisturbed.kit.steps())) {
        Trial trial = new Trial(terms, plan.withFailure(step, error));
        trial.run();
        Throwable injected = trial.kit.injected();
        boolean mayRecover = terms.recovers && !error;
        if (injected == null || mayRecover) {
          continue;
        }
        if (trial.failure() != injected) {
          throw trial.breach(
              "'" + injected + "' did not come out unchanged, but " + trial.outcome());
        }
        if (trial.harness.uncaught().contains(injected)) {
          throw trial.breach(
              "'" + injected + "' came out, and was reported as uncaught all the same");
        }
        if (trial.subject instanceof IteratorSubject<?> iterator
            && undisturbed.subject instanceof IteratorSubject<?> whole
            && !terms.anyOrder
            && !isPrefix(iterator.elements(), whole.elements())) {
          throw trial.breach(
              "before the failure it gave "
                  + iterator.elements()
                  + ", which is no beginning of "
                  + whole.elements());
        }
      }
    }
  }

  private static boolean isPrefix(List<?> prefix, List<?> whole) {
    return prefix.size() <= whole.size() && whole.subList(0, prefix.size()).equals(prefix);
  }

  static void invariant(Terms terms) {
    Lives.everyEnd(
        terms,
        trial -> {
          List<String> broken = trial.kit.brokenInvariants();
          if (!broken.isEmpty()) {
            throw trial.breach("does not hold: " + broken);
          }
        });
  }
}
