package dev.pollux.samples.trust;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.samples.trust.Plan.Race;
import dev.pollux.samples.trust.Plan.Source;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/** What goes wrong is found. */
@Timeout(60)
class OutcomeTest {

  private static final Outcome ALL = new Outcome(List.of(1, 2, 2, 3), Outcome.COMPLETED, List.of());

  private static Plan plan(int failAt, boolean ordered, boolean lossy, Race race) {
    return new Plan(1, Source.RANGE, 4, failAt, List.of(), ordered, lossy, race);
  }

  private static boolean isFault(Plan plan, String end, Integer... values) {
    return new Outcome(List.of(values), end, List.of()).fault(plan, ALL).isPresent();
  }

  @Test
  void allElementsInOrder() {
    Plan plan = plan(-1, true, false, Race.NONE);
    assertThat(isFault(plan, Outcome.COMPLETED, 1, 2, 2, 3)).isFalse();
    assertThat(isFault(plan, Outcome.COMPLETED, 1, 2, 2)).isTrue();
    assertThat(isFault(plan, Outcome.COMPLETED, 1, 2, 3, 2)).isTrue();
    assertThat(isFault(plan, Outcome.COMPLETED, 1, 2, 2, 3, 3)).isTrue();
    assertThat(isFault(plan, Outcome.CANCELLED, 1, 2, 2, 3)).isTrue();
    assertThat(isFault(plan, "hung", 1, 2, 2, 3)).isTrue();
  }

  @Test
  void allElementsInAnyOrder() {
    Plan plan = plan(-1, false, false, Race.REQUESTS);
    assertThat(isFault(plan, Outcome.COMPLETED, 3, 2, 1, 2)).isFalse();
    assertThat(isFault(plan, Outcome.COMPLETED, 3, 2, 1)).isTrue();
    assertThat(isFault(plan, Outcome.COMPLETED, 3, 2, 1, 1)).isTrue();
  }

  @Test
  void someElementsBeforeACancelOrFailure() {
    Plan cancelled = plan(-1, true, false, Race.CANCEL_ELSEWHERE);
    assertThat(isFault(cancelled, Outcome.CANCELLED, 1, 2)).isFalse();
    assertThat(isFault(cancelled, Outcome.CANCELLED, 2)).isTrue();
    Plan failing = plan(2, false, false, Race.NONE);
    assertThat(isFault(failing, Outcome.INJECTED, 2, 1)).isFalse();
    assertThat(isFault(failing, Outcome.INJECTED, 1, 1)).isTrue();
    assertThat(isFault(failing, Outcome.COMPLETED, 1, 2, 2, 3)).isTrue();
  }

  @Test
  void lossyElementsAreOfTheSource() {
    Plan plan = plan(-1, true, true, Race.NONE);
    assertThat(isFault(plan, Outcome.COMPLETED, 3)).isFalse();
    assertThat(isFault(plan, Outcome.COMPLETED, 4)).isTrue();
  }

  /** Signals {@code elements} elements and the end, twice, whatever was requested. */
  private static void signal(Subscriber<Integer> subscriber, int elements) {
    subscriber.onSubscribe(new Asked(() -> {}));
    for (int i = 0; i < elements; i++) {
      subscriber.onNext(i);
    }
    subscriber.onComplete();
    subscriber.onComplete();
  }

  private record Asked(Runnable onRequest) implements Subscription {
    @Override
    public void request(long n) {
      onRequest.run();
    }

    @Override
    public void cancel() {}
  }

  @Test
  void elementsThatNobodyRequestedAreFound() throws Exception {
    // What should be requested elsewhere is not: half of what would keep it going.
    Recorder recorder = new Recorder(plan(-1, true, false, Race.REQUESTS), body -> {});
    signal(recorder, 10_000);
    assertThat(recorder.outcome().violations()).anyMatch(rule -> rule.startsWith("1.1"));
  }

  @Test
  void aSecondEndIsFound() throws Exception {
    Recorder recorder = new Recorder(plan(-1, true, false, Race.NONE), Runnable::run);
    signal(recorder, 2);
    assertThat(recorder.outcome().violations()).singleElement().asString().startsWith("1.7");
    assertThat(recorder.outcome().values()).containsExactly(0, 1);
  }

  @Test
  void signalsThatOverlapAreFound() throws Exception {
    Recorder recorder = new Recorder(plan(-1, true, false, Race.REQUESTS), Runnable::run);
    AtomicInteger requests = new AtomicInteger();
    recorder.onSubscribe(
        new Asked(
            () -> {
              if (requests.incrementAndGet() == 2) { // by the first element
                recorder.onNext(2);
              }
            }));
    recorder.onNext(1);
    recorder.onComplete();
    assertThat(recorder.outcome().violations()).anyMatch(rule -> rule.startsWith("1.3"));
  }
}
