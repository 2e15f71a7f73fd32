package dev.pollux.stream;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.IteratorSubjects;
import dev.pollux.core.Settled;
import dev.pollux.core.Value;
import dev.pollux.testing.ConformanceKit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The operators of {@link Failures} and {@link Observed}. */
public final class FailureSubjects extends IteratorSubjects {

  /** Lists them. */
  public FailureSubjects() {
    failures();
    results();
    observed();
  }

  private static AsyncIterator<Value> failing(ConformanceKit kit) {
    return kit.failingIterator("source", new IOException("torn"), Value.of(1), Value.of(2));
  }

  private void failures() {
    subject(
            "stream.ResumeIterator",
            "failures().resume",
            kit ->
                failing(kit)
                    .failures()
                    .resume(kit.function(failure -> kit.iterator("other", Value.of(8)))))
        .expectElements(Value.of(1), Value.of(2), Value.of(8))
        .recovers()
        .discardsWhatItHolds();
    subject(
            "stream.ResumeIterator",
            "failures().resume where nothing fails",
            kit ->
                source(kit)
                    .failures()
                    .resume(kit.function(failure -> kit.iterator("other", Value.of(8)))))
        .expectElements(Value.of(1), Value.of(2), Value.of(3))
        .recovers();
    subject(
            "stream.ResumeIterator",
            "failures().replace",
            kit -> failing(kit).failures().replace(kit.function(failure -> Value.of(9))))
        .expectElements(Value.of(1), Value.of(2), Value.of(9))
        .recovers();
    subject(
            "stream.ResumeIterator",
            "failures().end",
            kit -> failing(kit).failures().end(kit.consumer(failure -> {})))
        .expectElements(Value.of(1), Value.of(2))
        .recovers();
    subject(
            "stream.MapFailureIterator",
            "failures().map",
            kit ->
                failing(kit)
                    .failures()
                    .map(kit.function(failure -> new IllegalStateException(failure))))
        .expectFailure(IllegalStateException.class, Value.of(1), Value.of(2))
        .recovers()
        .discardsWhatItHolds();
    subject(
            "stream.MapFailureIterator",
            "failures().map where nothing fails",
            kit ->
                source(kit)
                    .failures()
                    .map(kit.function(failure -> new IllegalStateException(failure))))
        .expectElements(Value.of(1), Value.of(2), Value.of(3))
        .recovers();
  }

  private void results() {
    subject(
            "stream.ResultsIterator",
            "failures().toResults",
            kit -> source(kit).failures().toResults())
        .expectElements(
            new Settled.Completed<>(Value.of(1)),
            new Settled.Completed<>(Value.of(2)),
            new Settled.Completed<>(Value.of(3)))
        .recovers();
    IOException torn = new IOException("torn");
    subject(
            "stream.ResultsIterator",
            "failures().toResults of what fails",
            kit -> kit.<Value>failingIterator("source", torn, Value.of(1)).failures().toResults())
        .expectElements(new Settled.Completed<>(Value.of(1)), new Settled.Failed<>(torn))
        .recovers();
    subject(
            "stream.FromResultsIterator",
            "fromResults",
            kit -> Failures.fromResults(source(kit).map(Settled.Completed::new)))
        .expectElements(Value.of(1), Value.of(2), Value.of(3))
        .discardsWhatItHolds();
    subject(
            "stream.FromResultsIterator",
            "fromResults of toResults",
            kit -> Failures.fromResults(failing(kit).failures().toResults()))
        .expectFailure(IOException.class, Value.of(1), Value.of(2));
  }

  private void observed() {
    subject(
            "stream.TapIterator",
            "observed().tap",
            kit ->
                source(kit)
                    .observed()
                    .tap(
                        kit.mustRelease(
                            new Tap<Value>() {
                              @Override
                              public void onFirstPoll() {
                                kit.enter("onFirstPoll");
                              }

                              @Override
                              public void onElement(Value element) {
                                kit.enter("onElement", element);
                              }

                              @Override
                              public void onEnd() {
                                kit.enter("onEnd");
                              }
                            })))
        .expectElements(Value.of(1), Value.of(2), Value.of(3))
        .discardsWhatItHolds();
    subject(
            "stream.TapIterator",
            "observed().whenOver",
            kit -> {
              List<Over> seen = new ArrayList<>();
              kit.invariant("it was told once", () -> seen.size() == 1);
              return source(kit).observed().whenOver(kit.mustRelease(new Told(seen))::add);
            })
        .expectElements(Value.of(1), Value.of(2), Value.of(3));
    subject(
            "stream.TapIterator",
            "observed().log",
            kit -> source(kit).observed().log(new Lines(), System.Logger.Level.DEBUG, "values"))
        .expectElements(Value.of(1), Value.of(2), Value.of(3));
    subject(
            "stream.MeteredIterator",
            "observed().metrics",
            kit -> source(kit).observed().metrics(kit.mustRelease(new StreamMetrics())))
        .expectElements(Value.of(1), Value.of(2), Value.of(3))
        .discardsWhatItHolds();
  }

  /** Remembers what it is told. */
  private record Told(List<Over> seen) {
    void add(Over over) {
      seen.add(over);
    }
  }
}
