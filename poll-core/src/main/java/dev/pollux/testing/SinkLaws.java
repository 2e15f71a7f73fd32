package dev.pollux.testing;

import java.util.List;

/** The laws of iterators alone. */
final class SinkLaws {

  private SinkLaws() {}

  static void sinkStop(Terms terms) {
    for (Plan plan : Lives.paces(3)) {
      Trial undisturbed = new Trial(terms, plan.withReading(Plan.Reading.EACH));
      undisturbed.run();
      int elements = ((IteratorSubject<?>) undisturbed.subject).elements().size();
      for (int stop : Lives.samples(1, elements + 1)) {
        Trial trial = new Trial(terms, plan.withReading(Plan.Reading.EACH, stop));
        trial.run();
        List<String> breaches = ((IteratorSubject<?>) trial.subject).sinkBreaches();
        String complaint = null;
        if (!breaches.isEmpty()) {
          complaint = breaches.get(0);
        } else if (terms.complaint(undisturbed) == null) {
          complaint = terms.complaint(trial);
        }
        if (complaint != null) {
          throw trial.breach(complaint);
        }
      }
    }
  }

  static void knownEnded(Terms terms) {
    for (Plan plan : Lives.plans(terms)) {
      Trial trial = new Trial(terms, plan);
      trial.run();
      List<String> breaches = ((IteratorSubject<?>) trial.subject).endBreaches();
      if (!breaches.isEmpty()) {
        throw trial.breach(breaches.get(0));
      }
    }
  }

  static void throwingSink(Terms terms) {
    for (Plan plan : List.of(Plan.ready(), Plan.late(), Plan.random(1))) {
      Trial trial = new Trial(terms, plan.withReading(Plan.Reading.EACH));
      Injected.Unchecked thrown = new Injected.Unchecked("the sink");
      IteratorSubject<?> subject = (IteratorSubject<?>) trial.subject;
      subject.throwAtFirst(thrown);
      trial.run();
      if (subject.elements().isEmpty()) {
        continue; // the sink was never called
      }
      if (trial.failure() != thrown) {
        throw trial.breach("what the sink threw did not come out unchanged");
      }
      if (!trial.harness.uncaught().contains(thrown)) {
        throw trial.breach("what the sink threw did not reach the uncaught-failure handler");
      }
      if (!trial.kit.live().isEmpty()) {
        throw trial.breach("a sink threw, and these were not cancelled: " + trial.kit.live());
      }
      List<String> complaints = trial.subject.pollAfterEnd(trial.harness);
      if (!complaints.isEmpty()) {
        throw trial.breach("after a sink threw, " + complaints.get(0));
      }
    }
  }
}
