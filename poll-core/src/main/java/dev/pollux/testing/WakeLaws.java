package dev.pollux.testing;

/** The laws of wakers and of the budget. */
final class WakeLaws {

  /**
   * How many functions a poll without budget may call: enough to make its children, too few to
   * loop.
   */
  private static final int FEW_CALLS = 16;

  private WakeLaws() {}

  static void wakeUp(Terms terms) {
    for (Plan plan : Lives.paces(10)) {
      isWoken(terms, plan);
      if (terms.iterates) {
        isWoken(terms, plan.withReading(Plan.Reading.EACH));
      }
    }
  }

  static void latestWaker(Terms terms) {
    for (Plan plan : Lives.paces(10)) {
      isWoken(terms, plan.withFreshWakers());
      if (terms.iterates) {
        isWoken(terms, plan.withFreshWakers().withReading(Plan.Reading.MIXED));
      }
    }
  }

  private static void isWoken(Terms terms, Plan plan) {
    Trial trial = new Trial(terms, plan);
    trial.run();
    if (trial.end() == Trial.End.STUCK && !terms.never) {
      throw trial.breach(
          "it is pending, all that it may wait for has happened, and nothing woke it");
    }
    if (!trial.lostWakes.isEmpty()) {
      throw trial.breach(trial.lostWakes.get(0));
    }
  }

  static void budget(Terms terms) {
    withoutBudget(terms, Plan.ready().withBudget(0));
    EndingLaws.endsAllTheSame(terms, Plan.ready(), Plan.ready().withBudget(1));
    if (terms.iterates) {
      withoutBudget(terms, Plan.ready().withBudget(0).withReading(Plan.Reading.EACH));
      for (int units = 1; units <= 3; units++) {
        Plan plan = Plan.ready().withBudget(units).withReading(Plan.Reading.EACH);
        Trial trial = new Trial(terms, plan);
        trial.run(1);
        int given = ((IteratorSubject<?>) trial.subject).elements().size();
        if (given > units) {
          throw trial.breach("it gave " + given + " elements with a budget of " + units);
        }
        EndingLaws.endsAllTheSame(terms, Plan.ready().withReading(Plan.Reading.EACH), plan);
      }
    }
  }

  private static void withoutBudget(Terms terms, Plan plan) {
    Trial trial = new Trial(terms, plan);
    Trial.End end = trial.run(1);
    if (trial.subject instanceof IteratorSubject<?> iterator && !iterator.elements().isEmpty()) {
      throw trial.breach("it gave " + iterator.elements() + " without budget");
    }
    if (trial.kit.calls() > FEW_CALLS) {
      throw trial.breach("a poll without budget called " + trial.kit.calls() + " functions");
    }
    if (end == Trial.End.LEFT && !terms.never && !trial.canBeWoken()) {
      throw trial.breach("without budget it is pending, waits for nothing and did not wake itself");
    }
  }
}
