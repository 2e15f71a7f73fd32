package dev.pollux.testing;

import java.util.StringJoiner;

/**
 * How one {@link Trial} goes: when children answer, what is done around the polls, and what is made
 * to fail.
 *
 * @param pace how often a child answers {@code Pending} before each answer
 * @param seed of everything that is left to chance
 * @param freshWakers whether each poll shows another waker
 * @param spuriousPolls whether there are polls that nothing asked for
 * @param threadHops whether each poll and each event is on a thread of its own
 * @param budget the units of each poll, or {@link #FULL}
 * @param failingStep the step that fails, or {@link #NONE}
 * @param error whether it fails with an {@code Error}
 * @param throwingChild the age of the child whose cancel throws, or {@link #NONE}
 * @param reading how an iterator is read
 * @param sinkStop after how many elements of a turn the sink stops, or {@link #NONE}
 */
record Plan(
    Pace pace,
    long seed,
    boolean freshWakers,
    boolean spuriousPolls,
    boolean threadHops,
    int budget,
    int failingStep,
    boolean error,
    int throwingChild,
    Reading reading,
    int sinkStop) {

  /** How often a child answers {@code Pending} before each answer. */
  enum Pace {
    /** Never. */
    READY,
    /** Once. */
    LATE,
    /** Up to twice, and events come in any order. */
    RANDOM
  }

  /** How an iterator is read. */
  enum Reading {
    NEXT,
    EACH,
    /** Now so, now so, the sink stopping where it likes. */
    MIXED
  }

  static final int FULL = -1;
  static final int NONE = -1;

  static Plan of(Pace pace, long seed) {
    return new Plan(pace, seed, false, false, false, FULL, NONE, false, NONE, Reading.NEXT, NONE);
  }

  static Plan ready() {
    return of(Pace.READY, 0);
  }

  static Plan late() {
    return of(Pace.LATE, 0);
  }

  static Plan random(long seed) {
    return of(Pace.RANDOM, seed);
  }

  Plan withFreshWakers() {
    return new Plan(
        pace,
        seed,
        true,
        spuriousPolls,
        threadHops,
        budget,
        failingStep,
        error,
        throwingChild,
        reading,
        sinkStop);
  }

  Plan withSpuriousPolls() {
    return new Plan(
        pace,
        seed,
        freshWakers,
        true,
        threadHops,
        budget,
        failingStep,
        error,
        throwingChild,
        reading,
        sinkStop);
  }

  Plan withThreadHops() {
    return new Plan(
        pace,
        seed,
        freshWakers,
        spuriousPolls,
        true,
        budget,
        failingStep,
        error,
        throwingChild,
        reading,
        sinkStop);
  }

  Plan withBudget(int units) {
    return new Plan(
        pace,
        seed,
        freshWakers,
        spuriousPolls,
        threadHops,
        units,
        failingStep,
        error,
        throwingChild,
        reading,
        sinkStop);
  }

  Plan withFailure(int step, boolean asError) {
    return new Plan(
        pace,
        seed,
        freshWakers,
        spuriousPolls,
        threadHops,
        budget,
        step,
        asError,
        throwingChild,
        reading,
        sinkStop);
  }

  Plan withThrowingChild(int age) {
    return new Plan(
        pace,
        seed,
        freshWakers,
        spuriousPolls,
        threadHops,
        budget,
        failingStep,
        error,
        age,
        reading,
        sinkStop);
  }

  Plan withReading(Reading how) {
    return withReading(how, NONE);
  }

  Plan withReading(Reading how, int stopAfter) {
    return new Plan(
        pace,
        seed,
        freshWakers,
        spuriousPolls,
        threadHops,
        budget,
        failingStep,
        error,
        throwingChild,
        how,
        stopAfter);
  }

  @Override
  public String toString() {
    StringJoiner text = new StringJoiner(", ");
    switch (pace) {
      case READY -> text.add("children answer at once");
      case LATE -> text.add("children answer Pending once before each answer");
      case RANDOM -> text.add("children answer by seed " + seed);
    }
    if (freshWakers) {
      text.add("each poll shows another waker");
    }
    if (spuriousPolls) {
      text.add("spurious polls");
    }
    if (threadHops) {
      text.add("each poll on another thread");
    }
    if (budget != FULL) {
      text.add("a budget of " + budget);
    }
    if (reading != Reading.NEXT) {
      text.add("read by " + (reading == Reading.EACH ? "pollEach" : "both, by seed " + seed));
    }
    if (sinkStop != NONE) {
      text.add("the sink stops after " + sinkStop);
    }
    if (failingStep != NONE) {
      text.add("step " + failingStep + " throws " + (error ? "an error" : "an exception"));
    }
    if (throwingChild != NONE) {
      text.add("the cancel of child " + throwingChild + " throws");
    }
    return text.toString();
  }
}
