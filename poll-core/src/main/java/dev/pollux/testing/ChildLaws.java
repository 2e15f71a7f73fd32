package dev.pollux.testing;

import dev.pollux.core.Description;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;

/** The laws of what a subject owes its children. */
final class ChildLaws {

  private ChildLaws() {}

  static void cancelled(Terms terms) {
    Lives.everyEnd(
        terms,
        trial -> {
          List<Probe> left = trial.kit.live();
          boolean handedBack = terms.handsBack && trial.end() == Trial.End.COMPLETED;
          if (!left.isEmpty() && !handedBack) {
            throw trial.breach("not cancelled, and not over: " + left);
          }
          List<Probe> inFlight = trial.lastCancelled().stream().filter(Probe::isStarted).toList();
          for (int i = 1; i < inFlight.size(); i++) {
            if (inFlight.get(i - 1).age() < inFlight.get(i).age()) {
              throw trial.breach("cancelled in the order " + inFlight + ", not newest first");
            }
          }
        });
  }

  static void polled(Terms terms) {
    Lives.everyEnd(
        terms,
        trial -> {
          List<String> unusedComplaints = trial.subject.pollAfterEnd(trial.harness);
          if (!trial.kit.misuses().isEmpty()) {
            throw trial.breach(trial.kit.misuses().get(0));
          }
        });
  }

  static void throwingCancel(Terms terms) {
    for (Plan plan : List.of(Plan.late(), Plan.random(1), Plan.random(2))) {
      Trial undisturbed = new Trial(terms, plan);
      undisturbed.run();
      for (int child : Lives.samples(0, Math.min(4, undisturbed.kit.probes().size()))) {
        Plan throwing = plan.withThrowingChild(child);
        reported(EndingLaws.endsAllTheSame(terms, plan, throwing));
        // From the first poll on: before it a subject knows no handler.
        for (int polls : Lives.samples(1, undisturbed.polls())) {
          Trial trial = new Trial(terms, throwing);
          if (trial.run(polls) == Trial.End.LEFT) {
            trial.cancel();
            reported(trial);
            reachedOthers(trial);
          }
        }
        for (int step : Lives.samples(0, undisturbed.kit.steps())) {
          Trial trial = new Trial(terms, throwing.withFailure(step, false));
          if (trial.run() == Trial.End.FAILED) {
            reported(trial);
            reachedOthers(trial);
          }
        }
      }
    }
  }

  /** Complains if what the cancel of a child threw came out of the subject, or was lost. */
  private static void reported(Trial trial) {
    Throwable thrown = trial.kit.cancelFailure();
    if (trial.cancelThrew() != null) {
      throw trial.breach("cancel threw " + trial.cancelThrew());
    }
    if (thrown == null) {
      return;
    }
    if (trial.failure() == thrown) {
      throw trial.breach("'" + thrown + "' came out of the subject");
    }
    if (!trial.harness.uncaught().contains(thrown)) {
      throw trial.breach("'" + thrown + "' did not reach the uncaught-failure handler");
    }
  }

  private static void reachedOthers(Trial trial) {
    if (trial.kit.cancelFailure() != null && !trial.kit.live().isEmpty()) {
      throw trial.breach(
          "a child whose cancel threw kept these from being cancelled: " + trial.kit.live());
    }
  }

  static void described(Terms terms) {
    for (Plan plan : Lives.plans(terms)) {
      Trial trial = new Trial(terms, plan);
      trial.betweenPolls(() -> describes(trial, trial.kit.live()));
      trial.run();
      describes(trial, List.of());
      trial.cancel();
      describes(trial, List.of());
    }
  }

  private static void describes(Trial trial, List<Probe> children) {
    List<Probe> all = trial.kit.probes();
    int polls = all.stream().mapToInt(Probe::polls).sum();
    int cancelled = trial.kit.cancelled().size();
    all.forEach(Probe::forgetDescribed);
    Description description = trial.subject.description();
    Deque<Description> nodes = new ArrayDeque<>(List.of(description));
    while (!nodes.isEmpty()) {
      Description node = nodes.pop();
      String failed = node.attributes().get("describe failed");
      if (failed != null) {
        throw trial.breach("describing " + node.name() + " threw " + failed);
      }
      node.children().forEach(nodes::push);
    }
    List<Probe> missing = children.stream().filter(child -> !child.wasDescribed()).toList();
    if (!missing.isEmpty()) {
      throw trial.breach("the description does not lead to " + missing);
    }
    if (all.stream().mapToInt(Probe::polls).sum() != polls
        || trial.kit.cancelled().size() != cancelled) {
      throw trial.breach("describing it polled or cancelled a child");
    }
  }

  static void heldValues(Terms terms) {
    Lives.everyEnd(
        terms,
        trial -> {
          if (trial.end() == Trial.End.COMPLETED) {
            return;
          }
          IdentityHashMap<Object, Integer> held = new IdentityHashMap<>();
          trial.kit.produced().forEach(value -> held.merge(value, 1, Integer::sum));
          trial.kit.handedOver().forEach(value -> held.merge(value, -1, Integer::sum));
          trial.harness.discarded().forEach(value -> held.merge(value, -1, Integer::sum));
          if (trial.subject instanceof IteratorSubject<?> iterator) {
            iterator.elements().forEach(value -> held.merge(value, -1, Integer::sum));
          }
          held.forEach(
              (value, times) -> {
                if (times > 0) {
                  throw trial.breach(
                      "the value " + value + " was neither handed over nor discarded");
                }
              });
        });
  }
}
