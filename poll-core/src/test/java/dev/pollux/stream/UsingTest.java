package dev.pollux.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.AsyncIterators;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.MissingServiceException;
import dev.pollux.core.Next;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.core.Poller;
import dev.pollux.core.TaskLocal;
import dev.pollux.core.Waker;
import dev.pollux.spi.Services;
import dev.pollux.spi.TaskLocals;
import dev.pollux.spi.Unpolled;
import dev.pollux.testing.PollHarness;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Streams that own a resource. */
class UsingTest {

  private final PollHarness harness = PollHarness.create();
  private final List<String> log = new ArrayList<>();

  private AsyncIterator<Integer> using(AsyncIterator<Integer> elements) {
    Unpolled.used(elements); // some are never opened
    return AsyncIterators.using(
        () -> {
          log.add("open");
          return "resource";
        },
        resource -> elements.observed().whenOver(how -> log.add(how.getClass().getSimpleName())),
        resource -> log.add("close " + resource));
  }

  private AsyncIterator<Integer> usingAsync(
      AsyncIterator<Integer> elements, Function<String, Future<?>> close) {
    Unpolled.used(elements); // some are never opened
    return AsyncIterators.<String, Integer>usingAsync(
        () -> Futures.yieldNow().map(nothing -> "resource"),
        resource -> elements.observed().whenOver(how -> log.add(how.getClass().getSimpleName())),
        close);
  }

  private Future<?> closing(String resource) {
    log.add("closing");
    return Futures.yieldNow().map(nothing -> log.add("close " + resource));
  }

  @Test
  void closesAfterTheEnd() throws Exception {
    AsyncIterator<Integer> iterator = using(AsyncIterators.of(1, 2));
    assertThat(log).isEmpty();
    assertThat(harness.runToEnd(iterator, 9)).containsExactly(1, 2);
    assertThat(log).containsExactly("open", "Ended", "close resource");
    assertThatThrownBy(() -> harness.pollNext(iterator)).isInstanceOf(PollAfterEndException.class);
    iterator.cancel();
    assertThat(log).hasSize(3);
  }

  @Test
  void closesAfterAFailure() {
    IOException failure = new IOException("torn");
    AsyncIterator<Integer> iterator = using(AsyncIterators.failed(failure));
    assertThatThrownBy(() -> harness.pollEach(iterator, x -> true)).isSameAs(failure);
    assertThat(log).containsExactly("open", "Failed", "close resource");
  }

  @Test
  void closesAfterACancelAndOpensNothingBefore() throws Exception {
    AsyncIterator<Integer> iterator = using(AsyncIterators.of(1, 2));
    assertThat(harness.pollNext(iterator)).isEqualTo(Next.item(1));
    iterator.cancel();
    assertThat(log).containsExactly("open", "Cancelled", "close resource");
    log.clear();
    using(AsyncIterators.of(1)).cancel();
    assertThat(log).isEmpty();
  }

  @Test
  void closesIfUseThrows() {
    RuntimeException failure = new RuntimeException("use");
    AsyncIterator<Integer> iterator =
        AsyncIterators.using(
            () -> "resource",
            resource -> {
              throw failure;
            },
            log::add);
    assertThatThrownBy(() -> harness.pollNext(iterator)).isSameAs(failure);
    assertThat(log).containsExactly("resource");
  }

  @Test
  void closesNothingIfOpenThrows() {
    IOException failure = new IOException("open");
    AsyncIterator<Integer> iterator =
        AsyncIterators.<String, Integer>using(
            () -> {
              throw failure;
            },
            resource -> AsyncIterators.of(1),
            log::add);
    assertThatThrownBy(() -> harness.pollNext(iterator)).isSameAs(failure);
    assertThat(log).isEmpty();
  }

  @Test
  void aCloseThatThrowsIsTheFailureOfTheEndAndSuppressedByAnother() throws Exception {
    RuntimeException second = new RuntimeException("close");
    IOException first = new IOException("torn");
    Function<AsyncIterator<Integer>, AsyncIterator<Integer>> closingBadly =
        elements ->
            AsyncIterators.using(
                () -> "resource",
                resource -> elements,
                resource -> {
                  throw second;
                });
    assertThatThrownBy(() -> harness.runToEnd(closingBadly.apply(AsyncIterators.of(1)), 9))
        .isSameAs(second);
    assertThatThrownBy(() -> harness.runToEnd(closingBadly.apply(AsyncIterators.failed(first)), 9))
        .isSameAs(first);
    assertThat(first.getSuppressed()).containsExactly(second);
    assertThat(harness.uncaught()).isEmpty();
    AsyncIterator<Integer> cancelled = closingBadly.apply(AsyncIterators.of(1));
    assertThat(harness.pollNext(cancelled).isItem()).isTrue();
    cancelled.cancel();
    assertThat(harness.uncaught()).containsExactly(second);
  }

  @Test
  void theEndAwaitsTheClose() throws Exception {
    AsyncIterator<Integer> iterator = usingAsync(AsyncIterators.of(1), this::closing);
    assertThat(harness.pollNext(iterator).isPending()).isTrue();
    assertThat(harness.pollNext(iterator)).isEqualTo(Next.item(1));
    assertThat(harness.pollNext(iterator).isPending()).isTrue();
    assertThat(log).containsExactly("Ended", "closing");
    assertThat(harness.pollNext(iterator).isEnd()).isTrue();
    assertThat(log).containsExactly("Ended", "closing", "close resource");
    assertThat(harness.liveTasks()).isZero();
  }

  @Test
  void aFailureAwaitsTheClose() {
    IOException failure = new IOException("torn");
    AsyncIterator<Integer> iterator = usingAsync(AsyncIterators.failed(failure), this::closing);
    assertThatThrownBy(() -> harness.runToEnd(iterator, 9)).isSameAs(failure);
    assertThat(log).containsExactly("Failed", "closing", "close resource");
    assertThatThrownBy(() -> harness.pollNext(iterator)).isInstanceOf(PollAfterEndException.class);
  }

  @Test
  void aCancelClosesInATask() throws Exception {
    AsyncIterator<Integer> iterator = usingAsync(AsyncIterators.pending(), this::closing);
    harness.pollNext(iterator);
    harness.pollNext(iterator);
    iterator.cancel();
    assertThat(log).containsExactly("Cancelled", "closing");
    assertThat(harness.liveTasks()).isEqualTo(1);
    harness.runTasks();
    assertThat(harness.liveTasks()).isZero();
    assertThat(log).containsExactly("Cancelled", "closing", "close resource");
    assertThat(harness.uncaught()).isEmpty();
  }

  @Test
  void aCloseThatCancelsTheStreamIsCalledOnce() throws Exception {
    List<AsyncIterator<Integer>> stream = new ArrayList<>();
    AsyncIterator<Integer> iterator =
        usingAsync(
            AsyncIterators.pending(),
            resource -> {
              stream.forEach(AsyncIterator::cancel);
              return closing(resource);
            });
    stream.add(iterator);
    harness.pollNext(iterator);
    harness.pollNext(iterator);
    iterator.cancel();
    harness.runTasks();
    assertThat(log).containsExactly("Cancelled", "closing", "close resource");
    assertThat(harness.uncaught()).isEmpty();
  }

  @Test
  void aCancelDuringTheCloseLetsItGoOnAndReportsTheFailure() throws Exception {
    IOException failure = new IOException("torn");
    AsyncIterator<Integer> iterator = usingAsync(AsyncIterators.failed(failure), this::closing);
    harness.pollNext(iterator);
    harness.pollNext(iterator);
    assertThat(log).containsExactly("Failed", "closing");
    iterator.cancel();
    assertThat(harness.uncaught()).containsExactly(failure);
    harness.runTasks();
    assertThat(log).containsExactly("Failed", "closing", "close resource");
  }

  @Test
  void aCancelDuringTheOpenCancelsIt() throws Exception {
    AsyncIterator<Integer> iterator = usingAsync(AsyncIterators.pending(), this::closing);
    harness.pollNext(iterator);
    iterator.cancel();
    assertThat(log).isEmpty();
    assertThat(harness.liveTasks()).isZero();
  }

  @Test
  void aCloseThatFailsAfterACancelIsReported() throws Exception {
    IOException second = new IOException("close");
    AsyncIterator<Integer> iterator =
        usingAsync(AsyncIterators.pending(), resource -> Futures.failed(second));
    harness.pollNext(iterator);
    harness.pollNext(iterator);
    iterator.cancel();
    harness.runTasks();
    assertThat(harness.uncaught()).hasSize(1);
    assertThat(harness.uncaught().get(0)).hasStackTraceContaining("close");
  }

  @Test
  void aCloseThatFailsIsSuppressed() {
    IOException first = new IOException("torn");
    IOException second = new IOException("close");
    assertThatThrownBy(
            () ->
                harness.runToEnd(
                    usingAsync(AsyncIterators.failed(first), resource -> Futures.failed(second)),
                    9))
        .isSameAs(first);
    assertThat(first.getSuppressed()).containsExactly(second);
    RuntimeException third = new RuntimeException("no future");
    assertThatThrownBy(
            () ->
                harness.runToEnd(
                    usingAsync(
                        AsyncIterators.of(1),
                        resource -> {
                          throw third;
                        }),
                    9))
        .isSameAs(third);
  }

  @Test
  void withoutASpawnerNothingIsOpened() {
    Poller poller = new Poller(new Services() {}, 1, true);
    boolean[] opened = {false};
    AsyncIterator<Integer> iterator =
        AsyncIterators.<String, Integer>usingAsync(
            () -> {
              opened[0] = true;
              return Futures.ready("resource");
            },
            resource -> AsyncIterators.of(1),
            this::closing);
    assertThatThrownBy(() -> poller.pollNext(iterator, Waker.noop()))
        .isInstanceOf(MissingServiceException.class);
    assertThat(opened[0]).isFalse();
    assertThatThrownBy(() -> poller.pollNext(iterator, Waker.noop()))
        .isInstanceOf(PollAfterEndException.class);
  }

  @Test
  void theCloseOfACancelledStreamHasTheTaskLocals() throws Exception {
    TaskLocal<String> local = new TaskLocal<>("local");
    List<String> seen = new ArrayList<>();
    AsyncIterator<Integer> iterator =
        AsyncIterators.<String, Integer>usingAsync(
            () -> Futures.ready("resource"),
            resource -> AsyncIterators.pending(),
            resource ->
                Futures.<Void>pollFn(
                    cx -> {
                      seen.add(local.get(cx).orElse("none"));
                      return Poll.done();
                    }));
    Future<?> polled =
        iterator.next().withLocals(TaskLocals.empty().with(local, "the first poll's"));
    assertThat(harness.poll(polled).isPending()).isTrue();
    polled.cancel();
    iterator.cancel();
    harness.runTasks();
    assertThat(seen).containsExactly("the first poll's");
  }

  @Test
  void argumentsAreCheckedAtAssembly() {
    assertThatThrownBy(() -> AsyncIterators.using(null, r -> AsyncIterators.of(1), r -> {}))
        .hasMessage("open");
    assertThatThrownBy(() -> AsyncIterators.using(() -> 1, null, r -> {})).hasMessage("use");
    assertThatThrownBy(() -> AsyncIterators.using(() -> 1, r -> AsyncIterators.of(1), null))
        .hasMessage("close");
    assertThatThrownBy(
            () -> AsyncIterators.usingAsync(null, r -> AsyncIterators.of(1), r -> Futures.done()))
        .hasMessage("open");
  }
}
