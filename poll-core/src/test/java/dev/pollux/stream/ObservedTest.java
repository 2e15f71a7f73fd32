package dev.pollux.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.core.AsyncIterator;
import dev.pollux.core.AsyncIterators;
import dev.pollux.core.Turn;
import dev.pollux.testing.PollHarness;
import dev.pollux.time.Time;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A look at what passes through a stream. */
class ObservedTest {

  private final IOException torn = new IOException("torn");

  private final PollHarness harness = PollHarness.create();
  private final List<Object> seen = new ArrayList<>();

  /** Remembers what it is told, and throws when it is told {@code throwAt}. */
  private final class Seeing implements Tap<Integer> {

    private final String throwAt;
    final RuntimeException thrown = new RuntimeException("the tap's");

    Seeing(String throwAt) {
      this.throwAt = throwAt;
    }

    private void see(Object what, String method) {
      seen.add(what);
      if (method.equals(throwAt)) {
        throw thrown;
      }
    }

    @Override
    public void onFirstPoll() {
      see("first poll", "onFirstPoll");
    }

    @Override
    public void onElement(Integer element) {
      see(element, "onElement");
    }

    @Override
    public void onEnd() {
      see("end", "onEnd");
    }

    @Override
    public void onFailure(Throwable failure) {
      see(failure, "onFailure");
    }

    @Override
    public void onCancel() {
      see("cancel", "onCancel");
    }
  }

  @CanIgnoreReturnValue
  private Turn each(AsyncIterator<?> iterator) throws Exception {
    return harness.pollEach(iterator, x -> true);
  }

  @Test
  void aTapSeesWhatPassesInOrder() throws Exception {
    AsyncIterator<Integer> ends = AsyncIterators.of(1, 2).observed().tap(new Seeing(""));
    assertThat(each(ends)).isEqualTo(Turn.ENDED);
    ends.cancel();
    assertThat(seen).containsExactly("first poll", 1, 2, "end");
    seen.clear();
    AsyncIterator<Integer> fails =
        AsyncIterators.<Integer>failed(torn).observed().tap(new Seeing(""));
    assertThatThrownBy(() -> harness.pollNext(fails)).isSameAs(torn);
    fails.cancel();
    assertThat(seen).containsExactly("first poll", torn);
    seen.clear();
    AsyncIterator<Integer> cancelled = AsyncIterators.of(1, 2).observed().tap(new Seeing(""));
    assertThat(harness.pollNext(cancelled).isItem()).isTrue();
    cancelled.cancel();
    cancelled.cancel();
    assertThat(seen).containsExactly("first poll", 1, "cancel");
    seen.clear();
    AsyncIterators.of(1).observed().tap(new Seeing("")).cancel();
    assertThat(seen).containsExactly("cancel");
  }

  @Test
  void theTapIsToldOfACancelBeforeTheUpstreamIs() {
    AsyncIterators.of(1)
        .observed()
        .whenOver(how -> seen.add("upstream"))
        .observed()
        .whenOver(how -> seen.add("downstream"))
        .cancel();
    assertThat(seen).containsExactly("downstream", "upstream");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatATapThrowsIsAFailureOfTheStreamOnce(boolean each) {
    for (String method : List.of("onFirstPoll", "onElement", "onEnd")) {
      seen.clear();
      Seeing tap = new Seeing(method);
      AsyncIterator<Integer> iterator = AsyncIterators.of(1).observed().tap(tap);
      assertThatThrownBy(() -> run(iterator, each)).isSameAs(tap.thrown);
      iterator.cancel();
      assertThat(tap.thrown.getSuppressed()).isEmpty();
      assertThat(seen).doesNotContain("cancel").doesNotHaveDuplicates();
      // Of the three last calls there is one.
      assertThat(seen.contains(tap.thrown)).isNotEqualTo(method.equals("onEnd"));
    }
    assertThat(harness.uncaught()).isEmpty();
  }

  private void run(AsyncIterator<Integer> iterator, boolean each) throws Exception {
    if (each) {
      each(iterator);
    } else {
      harness.runToEnd(iterator, 9);
    }
  }

  @Test
  void whatATapThrowsAtAFailureIsSuppressed() {
    IOException failure = new IOException("torn");
    Seeing tap = new Seeing("onFailure");
    AsyncIterator<Integer> iterator = AsyncIterators.<Integer>failed(failure).observed().tap(tap);
    assertThatThrownBy(() -> each(iterator)).isSameAs(failure);
    assertThat(failure.getSuppressed()).containsExactly(tap.thrown);
  }

  @Test
  void whatATapThrowsAtACancelIsReported() throws Exception {
    Seeing tap = new Seeing("onCancel");
    boolean[] upstreamOver = {false};
    AsyncIterator<Integer> iterator =
        AsyncIterators.of(1, 2)
            .observed()
            .whenOver(how -> upstreamOver[0] = true)
            .observed()
            .tap(tap);
    assertThat(harness.pollNext(iterator).isItem()).isTrue();
    iterator.cancel();
    assertThat(harness.uncaught()).containsExactly(tap.thrown);
    assertThat(upstreamOver[0]).isTrue();
  }

  @Test
  void saysHowItCameToItsEnd() throws Exception {
    assertThat(each(AsyncIterators.of(1).observed().whenOver(seen::add))).isEqualTo(Turn.ENDED);
    assertThatThrownBy(() -> each(AsyncIterators.failed(torn).observed().whenOver(seen::add)))
        .isSameAs(torn);
    AsyncIterators.of(1).observed().whenOver(seen::add).cancel();
    assertThat(seen).containsExactly(new Over.Ended(), new Over.Failed(torn), new Over.Cancelled());
  }

  @Test
  void logsWhatPasses() throws Exception {
    Lines lines = new Lines();
    assertThat(each(AsyncIterators.of(1, 2).observed().log(lines, Level.INFO, "numbers")))
        .isEqualTo(Turn.ENDED);
    assertThatThrownBy(
            () -> each(AsyncIterators.failed(torn).observed().log(lines, Level.DEBUG, "torn")))
        .isSameAs(torn);
    AsyncIterators.of(1).observed().log(lines, Level.WARNING, "unused").cancel();
    assertThat(lines.lines)
        .containsExactly(
            "INFO numbers: first poll",
            "INFO numbers: element 1",
            "INFO numbers: element 2",
            "INFO numbers: ended after 2 elements",
            "DEBUG torn: first poll",
            "DEBUG torn: failed after 0 elements (java.io.IOException: torn)",
            "WARNING unused: cancelled after 0 elements");
  }

  @Test
  void makesNoTextThatIsNotLogged() throws Exception {
    Object element =
        new Object() {
          @Override
          public String toString() {
            throw new AssertionError("turned into text");
          }
        };
    assertThat(each(AsyncIterators.of(element).observed().log(new Lines(), Level.TRACE, "no")))
        .isEqualTo(Turn.ENDED);
  }

  @Test
  void countsWhatPasses() throws Exception {
    StreamMetrics metrics = new StreamMetrics();
    assertThat(metrics.meanTimeToFirst()).isZero();
    AsyncIterator<Long> iterator =
        Time.sleep(Duration.ofSeconds(3))
            .toAsyncIterator()
            .failures()
            .end(nullElement -> {}) // a sleep has no output
            .map(nothing -> 0L)
            .chain(Time.interval(Duration.ofSeconds(1)).take(2))
            .observed()
            .metrics(metrics);
    assertThat(each(iterator)).isEqualTo(Turn.PENDING);
    assertThat(metrics.streams()).isEqualTo(1);
    harness.clock().advance(Duration.ofSeconds(3));
    assertThat(each(iterator)).isEqualTo(Turn.PENDING);
    assertThat(metrics.elements()).isEqualTo(1);
    harness.clock().advance(Duration.ofSeconds(1));
    assertThat(each(iterator)).isEqualTo(Turn.ENDED);
    assertThat(metrics.elements()).isEqualTo(2);
    assertThat(metrics.pendingPolls()).isEqualTo(2);
    assertThat(metrics.longestTimeToFirst()).isEqualTo(Duration.ofSeconds(3));
    assertThatThrownBy(() -> each(AsyncIterators.failed(torn).observed().metrics(metrics)))
        .isSameAs(torn);
    AsyncIterators.of(1).observed().metrics(metrics).cancel();
    AsyncIterator<Integer> second = AsyncIterators.of(1).observed().metrics(metrics);
    assertThat(harness.runToEnd(second, 9)).containsExactly(1);
    second.cancel();
    assertThat(metrics.meanTimeToFirst()).isEqualTo(Duration.ofMillis(1_500));
    assertThat(metrics)
        .hasToString(
            "StreamMetrics[3 streams, 3 elements, 2 pending polls, 2 ended, 1 failed, 1 cancelled]");
    assertThat(metrics.failures()).isEqualTo(1);
    assertThat(metrics.cancellations()).isEqualTo(1);
    assertThat(metrics.ended()).isEqualTo(2);
  }

  @Test
  void argumentsAreCheckedAtAssembly() {
    Observed<Integer> observed = AsyncIterators.of(1).observed();
    assertThatThrownBy(() -> observed.tap(null)).hasMessage("tap");
    assertThatThrownBy(() -> observed.whenOver(null)).hasMessage("action");
    assertThatThrownBy(() -> observed.metrics(null)).hasMessage("metrics");
    assertThatThrownBy(() -> observed.log(null, Level.INFO, "a")).hasMessage("logger");
    assertThatThrownBy(() -> observed.log(new Lines(), null, "a")).hasMessage("level");
    assertThatThrownBy(() -> observed.log(new Lines(), Level.INFO, null)).hasMessage("name");
    observed.whenOver(how -> {}).cancel();
  }

  @Test
  void viewIsUsedOnce() {
    Observed<Integer> view = AsyncIterators.of(1).observed();
    view.tap(new Seeing("")).cancel();
    assertThatThrownBy(() -> view.metrics(new StreamMetrics()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("observed() was used already");
  }
}
