package dev.pollux.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.testing.PollHarness;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** The operators that futures have beyond those of a chain, and those of several futures. */
class FutureOperatorsTest {

  private final HandCrank crank = new HandCrank();
  private final List<String> cancelled = new ArrayList<>();
  private final Probe<Integer> a = new Probe<>("a", cancelled);
  private final Probe<Integer> b = new Probe<>("b", cancelled);
  private final Probe<Integer> c = new Probe<>("c", cancelled);
  private final List<String> seen = new ArrayList<>();
  private final IOException torn = new IOException("torn");

  // ---- a look at the end

  @Test
  void whenDoneSeesTheOutputOrTheFailureAndPassesItOn() throws Exception {
    assertThat(
            crank
                .poll(
                    Futures.ready(1).whenDone((value, failure) -> seen.add(value + " " + failure)))
                .value())
        .isEqualTo(1);
    Future<Integer> fails =
        Futures.<Integer>failed(torn)
            .whenDone((value, failure) -> seen.add(value + " " + failure.getMessage()));
    assertThatThrownBy(() -> crank.poll(fails)).isSameAs(torn);
    assertThat(seen).containsExactly("1 null", "null torn");
  }

  @Test
  void whatWhenDoneThrowsTakesThePlaceOfAnOutputButNotOfAFailure() {
    IllegalStateException own = new IllegalStateException("own");
    assertThatThrownBy(() -> crank.poll(Futures.ready(1).whenDone((value, failure) -> fail(own))))
        .isSameAs(own);
    assertThatThrownBy(
            () -> crank.poll(Futures.failed(torn).whenDone((value, failure) -> fail(own))))
        .isSameAs(torn)
        .hasSuppressedException(own);
    assertThatThrownBy(
            () -> crank.poll(Futures.failed(own).whenDone((value, failure) -> fail(own))))
        .isSameAs(own)
        .hasNoSuppressedExceptions();
  }

  private static void fail(RuntimeException failure) {
    throw failure;
  }

  @Test
  void inspectSeesOutputsAndInspectFailureFailures() throws Exception {
    Future<Integer> both =
        Futures.ready(1)
            .inspectFailure(failure -> seen.add("wrong"))
            .inspect(value -> seen.add("output " + value));
    assertThat(crank.poll(both).value()).isEqualTo(1);
    Future<Integer> fails =
        Futures.<Integer>failed(torn)
            .inspect(value -> seen.add("wrong"))
            .inspectFailure(failure -> seen.add(failure.getMessage()));
    assertThatThrownBy(() -> crank.poll(fails)).isSameAs(torn);
    assertThat(seen).containsExactly("output 1", "torn");
    IllegalStateException own = new IllegalStateException("own");
    assertThatThrownBy(() -> crank.poll(Futures.ready(1).inspect(value -> fail(own))))
        .isSameAs(own);
    assertThatThrownBy(() -> crank.poll(Futures.failed(torn).inspectFailure(failure -> fail(own))))
        .isSameAs(torn)
        .hasSuppressedException(own);
  }

  @Test
  void anErrorIsSeenByNoneOfThem() {
    Error error = new AssertionError("broken");
    Future<Integer> future =
        Futures.<Integer>failed(error)
            .whenDone((value, failure) -> seen.add("whenDone"))
            .inspectFailure(failure -> seen.add("inspectFailure"))
            .mapFailure(failure -> torn)
            .handleWith((value, failure) -> Futures.ready(1));
    assertThatThrownBy(() -> crank.poll(future)).isSameAs(error);
    assertThat(seen).isEmpty();
  }

  // ---- another end

  @Test
  void mapFailureMakesAnotherOfIt() throws Exception {
    Future<Integer> late =
        Futures.<Integer>failed(torn).mapFailure(f -> new TimeoutException("late"));
    assertThatThrownBy(() -> crank.poll(late)).isInstanceOf(TimeoutException.class);
    assertThat(crank.poll(Futures.ready(1).mapFailure(f -> new TimeoutException())).value())
        .isEqualTo(1);
    assertThatThrownBy(() -> crank.poll(Futures.failed(torn).mapFailure(f -> null)))
        .isInstanceOf(NullPointerException.class)
        .hasMessageContaining("mapFailure");
    assertThat(
            crank
                .poll(
                    Futures.<String>failed(torn)
                        .mapFailure(f -> new IOException("worn", f))
                        .recover(Exception::getMessage))
                .value())
        .isEqualTo("worn");
  }

  @Test
  void handleWithGoesOnWithAFutureOfEither() throws Exception {
    Future<String> ofOutput =
        a.handleWith((value, failure) -> Futures.ready(value + " " + failure));
    assertThat(crank.poll(ofOutput).isPending()).isTrue();
    a.complete(1);
    assertThat(crank.finish(ofOutput)).isEqualTo("1 null");
    Future<Integer> ofFailure = Futures.<Integer>failed(torn).handleWith((value, failure) -> b);
    assertThat(crank.poll(ofFailure).isPending()).isTrue();
    ofFailure.cancel();
    assertThat(cancelled).containsExactly("b");
  }

  @Test
  void aMillionOfThemNeedNoStack() throws Exception {
    Future<Integer> future = Futures.ready(0);
    int[] calls = {0};
    for (int i = 0; i < 250_000; i++) {
      future =
          future
              .inspect(value -> calls[0]++)
              .whenDone((value, failure) -> calls[0]++)
              .mapFailure(failure -> failure)
              .inspectFailure(failure -> calls[0]++);
    }
    assertThat(crank.finish(future)).isZero();
    assertThat(calls[0]).isEqualTo(500_000);
  }

  // ---- time

  @Test
  void delayedBeginsWhenTheTimeIsOver() throws Exception {
    PollHarness harness = PollHarness.create();
    Future<Integer> later = a.delayed(Duration.ofSeconds(2));
    assertThat(harness.poll(later).isPending()).isTrue();
    harness.clock().advance(Duration.ofSeconds(1));
    assertThat(harness.poll(later).isPending()).isTrue();
    assertThat(a.polls).isZero();
    harness.clock().advance(Duration.ofSeconds(1));
    a.complete(1);
    assertThat(harness.poll(later).value()).isEqualTo(1);
    Future<Integer> never = b.delayed(Duration.ofSeconds(2));
    assertThat(harness.poll(never).isPending()).isTrue();
    never.cancel();
    assertThat(cancelled).containsExactly("b");
    assertThat(harness.clock().armed()).isZero();
  }

  @Test
  void delayedWithoutTimerIsRefusedAndCancels() {
    Future<Integer> later = a.delayed(Duration.ofSeconds(2));
    assertThatThrownBy(() -> crank.poll(later)).isInstanceOf(MissingServiceException.class);
    assertThat(cancelled).containsExactly("a");
    assertThatThrownBy(() -> crank.poll(later)).isInstanceOf(PollAfterEndException.class);
  }

  // ---- here and now

  @Test
  void pollNowAnswersOrCancels() throws Exception {
    assertThat(Futures.ready(1).pollNow().value()).isEqualTo(1);
    assertThat(Futures.done().pollNow().isReady()).isTrue();
    assertThatThrownBy(() -> Futures.failed(torn).pollNow()).isSameAs(torn);
    assertThat(a.pollNow().isPending()).isTrue();
    assertThat(cancelled).containsExactly("a");
    assertThat(Poller.isAttached()).isFalse();
  }

  @Test
  void pollNowMayBeCalledInsideOfAPoll() throws Exception {
    Future<Integer> outer = Futures.lazy(() -> Futures.ready(2).pollNow().value());
    assertThat(crank.poll(outer).value()).isEqualTo(2);
  }

  // ---- of several

  @Test
  void theFirstSuccessWinsPastFailures() throws Exception {
    Future<Integer> any = Futures.firstSuccess(a, b, c);
    assertThat(crank.poll(any).isPending()).isTrue();
    a.fail(torn);
    assertThat(crank.poll(any).isPending()).isTrue();
    assertThat(List.of(a.polls, b.polls, c.polls)).containsExactly(2, 1, 1);
    b.complete(2);
    assertThat(crank.poll(any).value()).isEqualTo(2);
    assertThat(cancelled).containsExactly("c");
    assertThatThrownBy(() -> crank.poll(any)).isInstanceOf(PollAfterEndException.class);
  }

  @Test
  void ifAllFailTheFirstFailureIsThrownWithTheOthers() throws Exception {
    Future<Integer> any = Futures.firstSuccess(List.of(a, b));
    assertThat(crank.poll(any).isPending()).isTrue();
    IOException second = new IOException("worn");
    b.fail(torn);
    assertThat(crank.poll(any).isPending()).isTrue();
    a.fail(second);
    assertThatThrownBy(() -> crank.poll(any)).isSameAs(torn).hasSuppressedException(second);
    assertThatThrownBy(() -> Futures.firstSuccess(List.of()))
        .hasMessage("futures must not be empty");
  }

  @Test
  void anErrorEndsFirstSuccess() throws Exception {
    Future<Integer> any = Futures.firstSuccess(a, b);
    Error error = new AssertionError("broken");
    a.fail(error);
    assertThatThrownBy(() -> crank.poll(any)).isSameAs(error);
    assertThat(cancelled).containsExactly("b");
  }

  @Test
  void allSettledSaysHowEachHasEnded() throws Exception {
    Future<List<Settled<Integer>>> all = Futures.allSettled(List.of(a, b, Futures.ready(3)));
    assertThat(crank.poll(all).isPending()).isTrue();
    a.fail(torn);
    assertThat(crank.poll(all).isPending()).isTrue();
    b.complete(2);
    List<Settled<Integer>> settled = crank.poll(all).value();
    assertThat(settled)
        .containsExactly(
            new Settled.Failed<>(torn), new Settled.Completed<>(2), new Settled.Completed<>(3));
    assertThat(settled.get(0).isCompleted()).isFalse();
    assertThatThrownBy(() -> settled.get(0).value()).isSameAs(torn);
    assertThat(settled.get(1).value()).isEqualTo(2);
    assertThat(crank.poll(Futures.allSettled(List.of())).value()).isEmpty();
  }

  @Test
  void aSettledOneThatIsDiscardedIsUnwrapped() {
    List<Object> values = new ArrayList<>();
    List<Throwable> failures = new ArrayList<>();
    Discard discard = Discard.closing(values::add, (failure, origin) -> failures.add(failure));
    discard.discard(new Settled.Completed<>(7));
    discard.discard(new Settled.Failed<>(torn));
    assertThat(values).containsExactly(7);
    assertThat(failures).containsExactly(torn);
  }

  // ---- elsewhere

  @Test
  void theHandleHasTheOutputOfWhatTheDriverPolls() throws Exception {
    RemoteHandle<Integer> handle = a.remoteHandle();
    HandCrank elsewhere = new HandCrank();
    assertThat(crank.poll(handle).isPending()).isTrue();
    assertThat(a.polls).isZero();
    assertThat(elsewhere.poll(handle.driver()).isPending()).isTrue();
    a.complete(7);
    assertThat(elsewhere.wakes.get()).isEqualTo(1);
    assertThat(elsewhere.poll(handle.driver()).isReady()).isTrue();
    assertThat(crank.wakes.get()).isEqualTo(1);
    assertThat(crank.poll(handle).value()).isEqualTo(7);
  }

  @Test
  void theHandleHasTheFailureBeItAnErrorOrNot() throws Exception {
    for (Throwable failure : List.of(torn, new AssertionError("broken"))) {
      RemoteHandle<Integer> handle = Futures.<Integer>failed(failure).remoteHandle();
      assertThat(crank.poll(handle.driver()).isReady()).isTrue();
      assertThatThrownBy(() -> crank.poll(handle)).isSameAs(failure);
    }
    assertThat(crank.uncaught).isEmpty();
  }

  @Test
  void anInterruptOfTheDriverStaysSet() throws Exception {
    RemoteHandle<Integer> handle =
        Futures.<Integer>failed(new InterruptedException()).remoteHandle();
    assertThat(crank.poll(handle.driver()).isReady()).isTrue();
    assertThat(Thread.interrupted()).isTrue();
    assertThatThrownBy(() -> crank.poll(handle)).isInstanceOf(InterruptedException.class);
  }

  @Test
  void cancelOfTheHandleStopsTheDriver() throws Exception {
    RemoteHandle<Integer> handle = a.remoteHandle();
    HandCrank elsewhere = new HandCrank();
    assertThat(elsewhere.poll(handle.driver()).isPending()).isTrue();
    handle.cancel();
    assertThat(elsewhere.wakes.get()).isEqualTo(1);
    assertThat(cancelled).isEmpty();
    assertThat(elsewhere.poll(handle.driver()).isReady()).isTrue();
    assertThat(cancelled).containsExactly("a");
  }

  @Test
  void anOutputThatMeetsTheCancelIsDiscardedAndAFailureReported() throws Exception {
    RemoteHandle<Integer> handle = a.remoteHandle();
    handle.cancel();
    a.complete(7);
    assertThat(crank.poll(handle.driver()).isReady()).isTrue();
    assertThat(crank.discarded).containsExactly(7);
    RemoteHandle<Integer> sent = Futures.ready(8).remoteHandle();
    assertThat(crank.poll(sent).isPending()).isTrue();
    assertThat(crank.poll(sent.driver()).isReady()).isTrue();
    sent.cancel();
    assertThat(crank.discarded).containsExactly(7, 8);
    RemoteHandle<Integer> failed = Futures.<Integer>failed(torn).remoteHandle();
    assertThat(crank.poll(failed).isPending()).isTrue();
    assertThat(crank.poll(failed.driver()).isReady()).isTrue();
    failed.cancel();
    assertThat(crank.uncaught).containsExactly(torn);
  }

  @Test
  void aDetachedFutureRunsOnWithoutItsHandle() throws Exception {
    RemoteHandle<Integer> handle = a.remoteHandle();
    assertThat(crank.poll(handle.driver()).isPending()).isTrue();
    handle.detach();
    handle.detach();
    assertThat(crank.poll(handle.driver()).isPending()).isTrue();
    assertThat(cancelled).isEmpty();
    a.complete(7);
    assertThat(crank.poll(handle.driver()).isReady()).isTrue();
    assertThat(crank.discarded).containsExactly(7);
    assertThatThrownBy(() -> crank.poll(handle)).isInstanceOf(PollAfterEndException.class);
  }

  @Test
  void cancelOfTheDriverIsToldToTheHandle() throws Exception {
    RemoteHandle<Integer> handle = a.remoteHandle();
    assertThat(crank.poll(handle).isPending()).isTrue();
    handle.driver().cancel();
    assertThat(cancelled).containsExactly("a");
    assertThat(crank.wakes.get()).isEqualTo(1);
    assertThatThrownBy(() -> crank.poll(handle)).isInstanceOf(CancellationException.class);
  }
}
