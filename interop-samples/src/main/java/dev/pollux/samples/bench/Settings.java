package dev.pollux.samples.bench;

import org.jspecify.annotations.Nullable;

/**
 * How long to measure. The environment variables are those of the other runtimes' programs, so that
 * one setting holds for all.
 *
 * @param repetitions at least so many ({@code PEERS_REPS})
 * @param maxRepetitions at most so many ({@code PEERS_MAX_REPS})
 * @param budgetNanos between the two, as many as fit in this ({@code PEERS_BUDGET_MS})
 * @param warmUpNanos how long to run before ({@code PEERS_WARM_MS_JVM})
 */
public record Settings(int repetitions, int maxRepetitions, long budgetNanos, long warmUpNanos) {

  private static final long NANOS_PER_MILLI = 1_000_000;

  /** As the environment says, or the usual. */
  public static Settings fromEnvironment() {
    return new Settings(
        number("PEERS_REPS", 5),
        number("PEERS_MAX_REPS", 25),
        number("PEERS_BUDGET_MS", 700) * NANOS_PER_MILLI,
        number("PEERS_WARM_MS_JVM", 1000) * NANOS_PER_MILLI);
  }

  private static int number(String variable, int usual) {
    @Nullable String text = System.getenv(variable);
    if (text == null) {
      return usual;
    }
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException wrong) {
      throw new IllegalArgumentException(variable + " must be a number, was " + text, wrong);
    }
  }
}
