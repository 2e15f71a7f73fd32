package dev.pollux.testing;

import java.util.StringJoiner;

/** How one {@link Trial} goes: when children answer, what is done around the polls, what fails. */
final class Plan {

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

  /** No limit on the budget, no step that fails, no child that throws, no stop of the sink. */
  static final int NONE = -1;

  private final Pace pace;

  /** Of everything that is left to chance. */
  private final long seed;

  // Set before a plan is handed out only.
  private boolean freshWakers;
  private boolean spuriousPolls;
  private boolean threadHops;
  private int budget = NONE;
  private int failingStep = NONE;
  private boolean error;
  private int throwingChild = NONE;
  private Reading reading = Reading.NEXT;
  private int sinkStop = NONE;

  private Plan(Pace pace, long seed) {
    this.pace = pace;
    this.seed = seed;
  }

  private Plan copy() {
    Plan copy = new Plan(pace, seed);
    copy.freshWakers = freshWakers;
    copy.spuriousPolls = spuriousPolls;
    copy.threadHops = threadHops;
    copy.budget = budget;
    copy.failingStep = failingStep;
    copy.error = error;
    copy.throwingChild = throwingChild;
    copy.reading = reading;
    copy.sinkStop = sinkStop;
    return copy;
  }

  static Plan ready() {
    return new Plan(Pace.READY, 0);
  }

  static Plan late() {
    return new Plan(Pace.LATE, 0);
  }

  static Plan random(long seed) {
    return new Plan(Pace.RANDOM, seed);
  }

  /** Each poll shows another waker. */
  Plan withFreshWakers() {
    Plan plan = copy();
    plan.freshWakers = true;
    return plan;
  }

  /** There are polls that nothing asked for. */
  Plan withSpuriousPolls() {
    Plan plan = copy();
    plan.spuriousPolls = true;
    return plan;
  }

  /** Each poll and each event is on a thread of its own. */
  Plan withThreadHops() {
    Plan plan = copy();
    plan.threadHops = true;
    return plan;
  }

  /** Each poll has {@code units} of budget. */
  Plan withBudget(int units) {
    Plan plan = copy();
    plan.budget = units;
    return plan;
  }

  /** The step of number {@code step} fails, with an {@code Error} or with an exception. */
  Plan withFailure(int step, boolean asError) {
    Plan plan = copy();
    plan.failingStep = step;
    plan.error = asError;
    return plan;
  }

  /** The cancel of the child of age {@code age} throws. */
  Plan withThrowingChild(int age) {
    Plan plan = copy();
    plan.throwingChild = age;
    return plan;
  }

  /** An iterator is read so. */
  Plan withReading(Reading how) {
    return withReading(how, NONE);
  }

  /** An iterator is read so, and the sink stops after {@code stopAfter} elements of a turn. */
  Plan withReading(Reading how, int stopAfter) {
    Plan plan = copy();
    plan.reading = how;
    plan.sinkStop = stopAfter;
    return plan;
  }

  Pace pace() {
    return pace;
  }

  long seed() {
    return seed;
  }

  boolean freshWakers() {
    return freshWakers;
  }

  boolean spuriousPolls() {
    return spuriousPolls;
  }

  boolean threadHops() {
    return threadHops;
  }

  int budget() {
    return budget;
  }

  int failingStep() {
    return failingStep;
  }

  boolean error() {
    return error;
  }

  int throwingChild() {
    return throwingChild;
  }

  Reading reading() {
    return reading;
  }

  int sinkStop() {
    return sinkStop;
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
    if (budget != NONE) {
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
