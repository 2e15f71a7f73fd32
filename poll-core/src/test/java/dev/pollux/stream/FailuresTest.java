package dev.pollux.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.AsyncIterators;
import dev.pollux.core.Discard;
import dev.pollux.core.Next;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.core.Settled;
import dev.pollux.core.Turn;
import dev.pollux.testing.PollHarness;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is done about the failure of a stream. */
class FailuresTest {

  private final IOException torn = new IOException("torn");

  private final PollHarness harness = PollHarness.create();

  private record View(String name, Function<AsyncIterator<Integer>, AsyncIterator<?>> assembly) {

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<View> views() {
    return Stream.of(
        new View("resume", it -> it.failures().resume(failure -> AsyncIterators.of(9))),
        new View("replace", it -> it.failures().replace(failure -> 9)),
        new View("map", it -> it.failures().map(failure -> new Exception(failure))),
        new View("end", it -> it.failures().end(failure -> {})),
        new View("toResults", it -> it.failures().toResults()),
        new View(
            "fromResults", it -> Failures.fromResults(it.map(x -> new Settled.Completed<>(x)))));
  }

  private AsyncIterator<Integer> failing(Integer... elements) {
    return AsyncIterators.of(elements).chain(AsyncIterators.failed(torn));
  }

  @Test
  void eachDoesWhatItsNameSays() throws Exception {
    assertThat(run(failing(1).failures().resume(f -> failing(2).failures().end(g -> {}))))
        .containsExactly(1, 2);
    assertThat(run(failing(1).failures().replace(f -> f.getMessage().length())))
        .containsExactly(1, 4);
    List<Exception> seen = new ArrayList<>();
    assertThat(run(failing(1).failures().end(seen::add))).containsExactly(1);
    assertThat(seen).containsExactly(torn);
    assertThatThrownBy(() -> run(failing(1).failures().map(IllegalStateException::new)))
        .isInstanceOf(IllegalStateException.class)
        .hasCause(torn);
    assertThat(run(failing(1).failures().toResults()))
        .containsExactly(new Settled.Completed<>(1), new Settled.Failed<>(torn));
  }

  private <T> List<T> run(AsyncIterator<T> iterator) throws Exception {
    return harness.runToEnd(iterator, 50);
  }

  @Test
  void theFailureOfWhatIsResumedWithPasses() {
    IOException second = new IOException("second");
    assertThatThrownBy(() -> run(failing().failures().resume(f -> AsyncIterators.failed(second))))
        .isSameAs(second);
  }

  @Test
  void aFunctionThatThrowsKeepsTheFirstFailure() {
    for (int kind = 0; kind < 4; kind++) {
      RuntimeException second = new RuntimeException("the function's");
      Failures<Integer> failures = failing().failures();
      AsyncIterator<Integer> iterator =
          switch (kind) {
            case 0 ->
                failures.resume(
                    f -> {
                      throw second;
                    });
            case 1 ->
                failures.replace(
                    f -> {
                      throw second;
                    });
            case 2 ->
                failures.map(
                    f -> {
                      throw second;
                    });
            default ->
                failures.end(
                    f -> {
                      throw second;
                    });
          };
      assertThatThrownBy(() -> run(iterator)).isSameAs(second);
      assertThat(second.getSuppressed()).containsExactly(torn);
    }
  }

  @Test
  void aFunctionMayThrowTheSameAgain() {
    RuntimeException failure = new RuntimeException("again");
    assertThatThrownBy(
            () ->
                run(
                    AsyncIterators.<Integer>failed(failure)
                        .failures()
                        .replace(
                            f -> {
                              throw (RuntimeException) f;
                            })))
        .isSameAs(failure);
    assertThat(failure.getSuppressed()).isEmpty();
  }

  @Test
  void aNullOfAFunctionIsRefused() {
    assertThatThrownBy(() -> run(failing().failures().resume(f -> null)))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("resume: the function answered null instead of an iterator");
    assertThatThrownBy(() -> run(failing().failures().replace(f -> null)))
        .hasMessage("replace: the function answered null, and an element may not be null");
    assertThatThrownBy(() -> run(failing().failures().map(f -> null)))
        .hasMessage("mapFailure: the function answered null instead of an exception");
  }

  @ParameterizedTest
  @MethodSource("views")
  void anErrorPasses(View view) {
    AssertionError error = new AssertionError("the user's");
    AsyncIterator<?> iterator = view.assembly().apply(AsyncIterators.failed(error));
    assertThatThrownBy(() -> harness.pollNext(iterator)).isSameAs(error);
    AsyncIterator<?> each = view.assembly().apply(AsyncIterators.failed(error));
    assertThatThrownBy(() -> harness.pollEach(each, x -> true)).isSameAs(error);
    assertThatThrownBy(() -> harness.pollNext(each)).isInstanceOf(PollAfterEndException.class);
  }

  @ParameterizedTest
  @MethodSource("views")
  void aSinkThatThrowsIsNoFailureOfTheStream(View view) {
    RuntimeException violation = new RuntimeException("sink");
    AsyncIterator<?> iterator = view.assembly().apply(AsyncIterators.of(1, 2));
    assertThatThrownBy(
            () ->
                harness.pollEach(
                    iterator,
                    x -> {
                      throw violation;
                    }))
        .isSameAs(violation);
    assertThat(harness.uncaught()).containsExactly(violation);
  }

  @ParameterizedTest
  @MethodSource("views")
  void holdsNoElement(View view) throws Exception {
    for (int polls = 0; polls < 5; polls++) {
      AsyncIterator<?> iterator = view.assembly().apply(AsyncIterators.of(1, 2, 3, 4, 5, 6));
      for (int i = 0; i < polls; i++) {
        assertThat(harness.pollNext(iterator).isItem()).isTrue();
      }
      iterator.cancel();
      assertThat(harness.discarded()).isEmpty();
    }
  }

  @Test
  void aFailureThatWasNotAskedForIsReported() throws Exception {
    int[] given = {0};
    AsyncIterator<Settled<Integer>> iterator =
        AsyncIterators.range(0, 128).chain(AsyncIterators.failed(torn)).failures().toResults();
    Turn turn =
        harness.pollEach(
            iterator,
            x -> {
              given[0]++;
              return true;
            });
    assertThat(turn).isEqualTo(Turn.PENDING); // the failure needs a unit, too
    assertThat(given[0]).isEqualTo(128);
    iterator.cancel();
    assertThat(harness.uncaught()).containsExactly(torn);
  }

  @Test
  void aFailureAmongResultsCancelsThem() throws Exception {
    int[] cancels = {0};
    AsyncIterator<Settled<Integer>> results =
        AsyncIterators.<Settled<Integer>>of(
                new Settled.Completed<>(1), new Settled.Failed<>(torn), new Settled.Completed<>(2))
            .observed()
            .whenOver(how -> cancels[0] += how instanceof Over.Cancelled ? 1 : 9);
    AsyncIterator<Integer> iterator = Failures.fromResults(results);
    assertThat(harness.pollNext(iterator)).isEqualTo(Next.item(1));
    assertThatThrownBy(() -> harness.pollNext(iterator)).isSameAs(torn);
    assertThat(cancels[0]).isEqualTo(1);
  }

  @Test
  void aResultOfNullIsAFailureInBothModes() {
    for (boolean each : new boolean[] {true, false}) {
      AsyncIterator<Integer> iterator =
          Failures.fromResults(
              AsyncIterators.<Settled<Integer>>of(new Settled.Completed<Integer>(null)));
      assertThatThrownBy(
              () -> {
                if (each) {
                  harness.pollEach(iterator, x -> true);
                } else {
                  harness.pollNext(iterator);
                }
              })
          .isInstanceOf(NullPointerException.class)
          .hasMessage("fromResults: an element may not be null");
    }
  }

  @Test
  void whatIsDiscardedIsUnwrapped() {
    List<Object> dropped = new ArrayList<>();
    List<Throwable> reported = new ArrayList<>();
    Discard discard = Discard.closing(dropped::add, (failure, origin) -> reported.add(failure));
    discard.discard(new Settled.Completed<>("a"));
    discard.discard(new Indexed<>(3, "b"));
    discard.discard(new Settled.Failed<>(torn));
    assertThat(dropped).containsExactly("a", "b");
    assertThat(reported).containsExactly(torn);
  }

  @Test
  void whatHasSettledAnswersItsElementOrThrows() throws Exception {
    Settled<Integer> element = new Settled.Completed<>(1);
    Settled<Integer> failure = new Settled.Failed<>(torn);
    assertThat(element.value()).isEqualTo(1);
    assertThat(element.isCompleted()).isTrue();
    assertThat(failure.isCompleted()).isFalse();
    assertThatThrownBy(failure::value).isSameAs(torn);
    assertThatThrownBy(() -> new Settled.Failed<>(null)).hasMessage("cause");
  }

  @Test
  void argumentsAreCheckedAtAssembly() {
    Failures<Integer> failures = AsyncIterators.of(1).failures();
    assertThatThrownBy(() -> failures.resume(null)).hasMessage("function");
    assertThatThrownBy(() -> failures.replace(null)).hasMessage("function");
    assertThatThrownBy(() -> failures.map(null)).hasMessage("function");
    assertThatThrownBy(() -> failures.end(null)).hasMessage("action");
    assertThatThrownBy(() -> Failures.fromResults(null)).hasMessage("results");
    failures.toResults().cancel();
  }

  @Test
  void viewIsUsedOnce() {
    Failures<Integer> view = AsyncIterators.of(1).failures();
    view.toResults().cancel();
    assertThatThrownBy(() -> view.end(failure -> {}))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("failures() was used already");
  }
}
