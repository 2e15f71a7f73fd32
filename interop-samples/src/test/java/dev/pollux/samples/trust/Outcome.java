package dev.pollux.samples.trust;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a subscriber has seen of a pipeline.
 *
 * @param end how it ended: completed, cancelled, or what it failed with
 * @param violations rules of Reactive Streams that were broken
 */
record Outcome(List<Integer> values, String end, List<String> violations) {

  static final String COMPLETED = "completed";
  static final String CANCELLED = "cancelled";
  static final String INJECTED = "injected failure";

  /**
   * What is wrong with this outcome of {@code plan}.
   *
   * @param all the outcome of the plan when it is undisturbed
   */
  Optional<String> fault(Plan plan, Outcome all) {
    if (!violations.isEmpty()) {
      return Optional.of(violations.toString());
    }
    boolean cancels =
        plan.race() == Plan.Race.CANCEL_INSIDE || plan.race() == Plan.Race.CANCEL_ELSEWHERE;
    String expected = plan.fails() ? INJECTED : COMPLETED;
    if (!end.equals(expected) && !(cancels && end.equals(CANCELLED))) {
      return Optional.of("ended with " + end + ", not " + expected);
    }
    if (plan.lossy()) {
      return isPartOf(all) ? Optional.empty() : Optional.of("has foreign elements: " + values);
    }
    if (plan.ordered()) {
      int size = Math.min(values.size(), all.values.size());
      if (!values.equals(all.values.subList(0, size))) {
        return Optional.of("is no beginning of " + all.values + ": " + values);
      }
    } else if (!isPartOf(all)) {
      return Optional.of("has more than " + all.values + ": " + values);
    }
    boolean whole = end.equals(COMPLETED);
    if (whole && values.size() != all.values.size()) {
      return Optional.of("has lost elements of " + all.values + ": " + values);
    }
    return Optional.empty();
  }

  /** Whether {@code all} has each value as often as this, or more often. */
  private boolean isPartOf(Outcome all) {
    Map<Integer, Integer> left = new HashMap<>();
    all.values.forEach(value -> left.merge(value, 1, Integer::sum));
    return new ArrayList<>(values)
        .stream().allMatch(value -> left.merge(value, -1, Integer::sum) >= 0);
  }
}
