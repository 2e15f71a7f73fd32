package dev.pollux.testing;

import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The law that a subject which is over holds nothing of its user's. */
final class RetentionLaw {

  /** How long the collector may take; it takes one round as a rule. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** A subject that is over, held while everything else of its trial is let go. */
  private record Husk(Object subject, List<Watched> watched, String how) {

    static Husk of(Trial trial) {
      List<Watched> watched = trial.kit.letGo();
      trial.harness.replaceWaker();
      trial.harness.forget();
      trial.subject.letGo();
      return new Husk(
          trial.subject.itself(),
          watched,
          trial.plan + "; " + trial.end() + " after " + trial.polls() + " polls");
    }

    Optional<String> complaint() {
      return watched.stream()
          .filter(Watched::isReachable)
          .findFirst()
          .map(what -> what + " is still reachable\n  when " + how);
    }
  }

  private RetentionLaw() {}

  static void nothingRetained(Terms terms) {
    List<Husk> husks = husks(terms);
    Optional<String> complaint;
    try {
      boolean collected = collect();
      complaint = husks.stream().map(Husk::complaint).flatMap(Optional::stream).findFirst();
      if (complaint.isPresent() && !collected) {
        complaint =
            Optional.of("the virtual machine collects no garbage when asked to: can't tell");
      }
    } finally {
      Reference.reachabilityFence(husks);
    }
    if (complaint.isPresent()) {
      throw new AssertionError(complaint.get());
    }
  }

  /** Collects garbage; a collection that takes the canary tells the truth about everything else. */
  private static boolean collect() {
    long start = System.nanoTime();
    WeakReference<Object> canary = new WeakReference<>(new Object());
    do {
      System.gc();
    } while (!canary.refersTo(null) && System.nanoTime() - start < PATIENCE.toNanos());
    return canary.refersTo(null);
  }

  /** In a method of its own, so that no frame holds a trial afterwards. */
  private static List<Husk> husks(Terms terms) {
    List<Husk> husks = new ArrayList<>();
    Lives.everyEnd(
        terms,
        trial -> {
          int armed = trial.harness.clock().armed();
          if (armed > 0) {
            throw trial.breach(armed + " timer entries are still armed");
          }
          husks.add(Husk.of(trial));
        });
    return husks;
  }
}
