package dev.pollux.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.AsyncIterators;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.Next;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.core.Turn;
import dev.pollux.testing.PollHarness;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** What both kinds of {@code retry} do, and {@code repeat}. */
class RetryTest {

  private static final Duration SECOND = Duration.ofSeconds(1);

  private final PollHarness harness = PollHarness.create();
  private int made;

  /** Answers with the next of {@code outcomes} at each attempt. */
  private Supplier<Future<Integer>> futures(Object... outcomes) {
    Deque<Object> left = new ArrayDeque<>(Arrays.asList(outcomes));
    return () -> {
      made++;
      Object outcome = left.removeFirst();
      return outcome instanceof Throwable failure
          ? Futures.failed(failure)
          : Futures.ready((Integer) outcome);
    };
  }

  /** The elements, and the failure if that is what comes last, at each attempt. */
  private Supplier<AsyncIterator<Integer>> iterators(List<?>... scripts) {
    Deque<List<?>> left = new ArrayDeque<>(Arrays.asList(scripts));
    return () -> {
      made++;
      List<AsyncIterator<Integer>> parts = new ArrayList<>();
      for (Object step : left.removeFirst()) {
        parts.add(
            step instanceof Throwable failure
                ? AsyncIterators.failed(failure)
                : AsyncIterators.of((Integer) step));
      }
      return AsyncIterators.concat(parts);
    };
  }

  @Test
  void eachAttemptComesAfterItsWait() throws Exception {
    Future<Integer> future =
        Futures.retry(
            futures(new IOException("1"), new IOException("2"), 3),
            Backoff.exponential(SECOND, Duration.ofSeconds(9)));
    assertThat(harness.poll(future).isPending()).isTrue();
    assertThat(made).isEqualTo(1);
    harness.clock().advance(SECOND.minusNanos(1));
    assertThat(harness.woken()).isFalse();
    harness.clock().advance(Duration.ofNanos(1));
    assertThat(harness.woken()).isTrue();
    assertThat(harness.poll(future).isPending()).isTrue();
    assertThat(made).isEqualTo(2);
    harness.clock().advance(SECOND);
    assertThat(harness.woken()).isFalse();
    harness.clock().advance(SECOND);
    assertThat(harness.poll(future).value()).isEqualTo(3);
    assertThatThrownBy(() -> harness.poll(future)).isInstanceOf(PollAfterEndException.class);
    assertThat(harness.clock().armed()).isZero();
  }

  @Test
  void theLastFailureComesOutUnchanged() {
    IOException last = new IOException("2");
    Future<Integer> future =
        Futures.retry(
            futures(new IOException("1"), last), Backoff.fixed(Duration.ZERO).attempts(2));
    assertThatThrownBy(() -> harness.runToCompletion(future, 9)).isSameAs(last);
    assertThat(last.getSuppressed()).isEmpty();
  }

  @Test
  void anErrorIsNotTriedAgain() {
    AssertionError error = new AssertionError("the user's");
    assertThatThrownBy(
            () -> harness.poll(Futures.retry(futures(error, 1), Backoff.fixed(Duration.ZERO))))
        .isSameAs(error);
    assertThatThrownBy(
            () ->
                harness.pollNext(
                    AsyncIterators.retry(
                        iterators(List.of(error), List.of(1)), Backoff.fixed(Duration.ZERO))))
        .isSameAs(error);
    assertThat(made).isEqualTo(2);
  }

  @Test
  void whatTheSupplierThrowsIsAFailureOfTheAttempt() throws Exception {
    Future<Integer> future =
        Futures.retry(
            () -> {
              if (made++ == 0) {
                throw new IllegalStateException("not yet");
              }
              return Futures.ready(1);
            },
            Backoff.fixed(Duration.ZERO));
    assertThat(harness.runToCompletion(future, 9)).isEqualTo(1);
    made = 0;
    AsyncIterator<Integer> iterator =
        AsyncIterators.retry(
            () -> {
              if (made++ == 0) {
                throw new IllegalStateException("not yet");
              }
              return AsyncIterators.of(1);
            },
            Backoff.fixed(Duration.ZERO));
    assertThat(harness.runToEnd(iterator, 9)).containsExactly(1);
  }

  @Test
  void aSupplierThatGivesNullIsNotAskedAgain() {
    Backoff backoff = Backoff.fixed(Duration.ZERO);
    Future<Integer> future =
        Futures.retry(
            () -> {
              made++;
              return null;
            },
            backoff);
    assertThatThrownBy(() -> harness.poll(future))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("retry: the supplier gave null instead of a future");
    AsyncIterator<Integer> iterator =
        AsyncIterators.retry(
            () -> {
              made++;
              return null;
            },
            backoff);
    assertThatThrownBy(() -> harness.pollNext(iterator))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("retry: the supplier gave null instead of an iterator");
    assertThat(made).isEqualTo(2);
  }

  @Test
  void aPredicateThatThrowsKeepsTheFailure() {
    IOException failure = new IOException("torn");
    RuntimeException second = new RuntimeException("the predicate's");
    assertThatThrownBy(
            () ->
                harness.poll(
                    Futures.retry(
                        futures(failure),
                        Backoff.fixed(SECOND)
                            .onlyIf(
                                f -> {
                                  throw second;
                                }))))
        .isSameAs(second);
    assertThat(second.getSuppressed()).containsExactly(failure);
  }

  @Test
  void anElementStartsTheCountAnew() throws Exception {
    IOException torn = new IOException("torn");
    AsyncIterator<Integer> iterator =
        AsyncIterators.retry(
            iterators(List.of(torn), List.of(1, torn), List.of(torn), List.of(2, torn), List.of(3)),
            Backoff.fixed(Duration.ZERO).attempts(3));
    assertThat(harness.runToEnd(iterator, 50)).containsExactly(1, 2, 3);
    List<Integer> seen = new ArrayList<>();
    AsyncIterator<Integer> each =
        AsyncIterators.retry(
            iterators(List.of(1, torn), List.of(2, torn), List.of(3, torn), List.of(4)),
            Backoff.fixed(Duration.ZERO).attempts(2));
    assertThat(harness.pollEach(each, seen::add)).isEqualTo(Turn.ENDED);
    assertThat(seen).containsExactly(1, 2, 3, 4);
    made = 0;
    AsyncIterator<Integer> fails =
        AsyncIterators.retry(
            iterators(List.of(1, torn), List.of(torn), List.of(torn), List.of(2)),
            Backoff.fixed(Duration.ZERO).attempts(3));
    assertThatThrownBy(() -> harness.runToEnd(fails, 50)).isSameAs(torn);
    assertThat(made).isEqualTo(3);
  }

  @Test
  void attemptsWithoutAWaitYield() throws Exception {
    AsyncIterator<Integer> iterator =
        AsyncIterators.retry(
            () -> {
              made++;
              return AsyncIterators.failed(new IOException("torn"));
            },
            Backoff.fixed(Duration.ZERO));
    for (int turn = 1; turn <= 3; turn++) {
      assertThat(harness.pollNext(iterator).isPending()).isTrue();
      assertThat(harness.woken()).isTrue();
      assertThat(made).isBetween(100 * turn, 130 * turn);
    }
    iterator.cancel();
    made = 0;
    Future<Integer> future =
        Futures.retry(
            () -> {
              made++;
              return Futures.failed(new IOException("torn"));
            },
            Backoff.fixed(Duration.ZERO));
    assertThat(harness.poll(future).isPending()).isTrue();
    assertThat(made).isBetween(100, 130);
    future.cancel();
  }

  @Test
  void cancelEndsTheWait() throws Exception {
    AsyncIterator<Integer> iterator =
        AsyncIterators.retry(iterators(List.of(new IOException("torn"))), Backoff.fixed(SECOND));
    assertThat(harness.pollEach(iterator, x -> true)).isEqualTo(Turn.PENDING);
    assertThat(harness.clock().armed()).isEqualTo(1);
    assertThat(Description.ofIterator(iterator).toString())
        .contains("retry {failures=1}")
        .contains("pause: sleep waits for a deadline in PT1S");
    iterator.cancel();
    assertThat(harness.clock().armed()).isZero();
    assertThatThrownBy(() -> harness.pollNext(iterator)).isInstanceOf(PollAfterEndException.class);
  }

  @Test
  void aSinkThatThrowsIsNoFailureOfTheAttempt() {
    RuntimeException violation = new RuntimeException("sink");
    AsyncIterator<Integer> iterator =
        AsyncIterators.retry(iterators(List.of(1), List.of(2)), Backoff.fixed(Duration.ZERO));
    assertThatThrownBy(
            () ->
                harness.pollEach(
                    iterator,
                    x -> {
                      throw violation;
                    }))
        .isSameAs(violation);
    assertThat(made).isEqualTo(1);
  }

  @Test
  void jitterWithoutASeedIsThatOfTheRuntime() throws Exception {
    List<Long> deadlines = new ArrayList<>();
    for (int run = 0; run < 2; run++) {
      PollHarness harness = PollHarness.create();
      AsyncIterator<Integer> iterator =
          AsyncIterators.retry(
              () -> AsyncIterators.failed(new IOException("torn")),
              Backoff.fixed(SECOND).jitter(0.5));
      assertThat(harness.pollNext(iterator).isPending()).isTrue();
      deadlines.add(harness.clock().nextDeadlineNanos().orElseThrow());
      iterator.cancel();
    }
    assertThat(deadlines.get(0)).isEqualTo(deadlines.get(1)).isNotEqualTo(SECOND.toNanos());
  }

  @Test
  void endlessRoundsOfNothingYield() throws Exception {
    AsyncIterator<Integer> iterator =
        AsyncIterators.repeat(
            () -> {
              made++;
              return AsyncIterators.<Integer>empty();
            });
    for (int turn = 1; turn <= 3; turn++) {
      assertThat(harness.pollNext(iterator).isPending()).isTrue();
      assertThat(harness.woken()).isTrue();
      assertThat(made).isEqualTo(128 * turn);
    }
    iterator.cancel();
  }

  @Test
  void roundsAreCountedAndKnown() throws Exception {
    AsyncIterator<Integer> iterator = AsyncIterators.repeat(2, () -> AsyncIterators.of(++made));
    assertThat(iterator.knownEnded()).isFalse();
    assertThat(harness.pollNext(iterator)).isEqualTo(Next.item(1));
    assertThat(iterator.knownEnded()).isFalse();
    assertThat(harness.pollNext(iterator)).isEqualTo(Next.item(2));
    assertThat(iterator.knownEnded()).isTrue();
    assertThat(harness.pollNext(iterator).isEnd()).isTrue();
    AsyncIterator<Integer> none = AsyncIterators.repeat(0, () -> AsyncIterators.of(1));
    assertThat(none.knownEnded()).isTrue();
    none.cancel();
  }

  @Test
  void argumentsAreCheckedAtAssembly() {
    Backoff backoff = Backoff.fixed(SECOND);
    assertThatThrownBy(() -> AsyncIterators.retry(null, backoff)).hasMessage("make");
    assertThatThrownBy(() -> AsyncIterators.retry(AsyncIterators::empty, null))
        .hasMessage("backoff");
    assertThatThrownBy(() -> Futures.retry(null, backoff)).hasMessage("make");
    assertThatThrownBy(() -> Futures.retry(() -> Futures.ready(1), null)).hasMessage("backoff");
    assertThatThrownBy(() -> AsyncIterators.repeat(null)).hasMessage("make");
    assertThatThrownBy(() -> AsyncIterators.repeat(-1, AsyncIterators::empty))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("rounds must not be negative, was -1");
  }
}
