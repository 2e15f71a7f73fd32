package dev.pollux.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.spi.Unpolled;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SharedFutureTest {

  private final HandCrank first = new HandCrank();
  private final HandCrank second = new HandCrank();
  private final HandCrank third = new HandCrank();
  private final List<String> cancelled = new ArrayList<>();
  private final Probe<Integer> inner = new Probe<>("inner", cancelled);
  private final SharedFuture<Integer> a = inner.shared();

  SharedFutureTest() {
    Unpolled.used(a); // some tests share another future
  }

  private static void pending(HandCrank crank, Future<?> handle) throws Exception {
    assertThat(crank.poll(handle).isPending()).isTrue();
  }

  @Test
  void allHandlesHaveTheOutputAndOnePolls() throws Exception {
    SharedFuture<Integer> b = a.another();
    SharedFuture<Integer> c = b.another();
    pending(first, a);
    pending(second, b);
    pending(third, c);
    assertThat(inner.polls).isEqualTo(1);
    inner.complete(7);
    assertThat(List.of(first.wakes.get(), second.wakes.get(), third.wakes.get()))
        .containsExactly(1, 1, 1);
    assertThat(second.poll(b).value()).isEqualTo(7);
    assertThat(inner.polls).isEqualTo(2);
    assertThat(first.poll(a).value()).isEqualTo(7);
    assertThat(third.poll(c).value()).isEqualTo(7);
    assertThat(inner.polls).isEqualTo(2);
    assertThatThrownBy(() -> first.poll(a)).isInstanceOf(PollAfterEndException.class);
    assertThat(cancelled).isEmpty();
  }

  @Test
  void aHandleThatIsMadeAfterTheEndHasTheOutput() throws Exception {
    SharedFuture<Integer> kept = a.another();
    inner.complete(7);
    assertThat(first.poll(a).value()).isEqualTo(7);
    SharedFuture<Integer> late = kept.another();
    kept.cancel();
    assertThat(second.poll(late).value()).isEqualTo(7);
    assertThat(first.discarded).isEmpty();
    assertThatThrownBy(a::another)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("a handle of a shared future that is over makes no other");
  }

  @Test
  void aFailureIsThrownToEveryHandle() throws Exception {
    SharedFuture<Integer> b = a.another();
    SharedFuture<Integer> c = a.another();
    pending(first, a);
    pending(second, b);
    IOException failure = new IOException("torn");
    inner.fail(failure);
    assertThatThrownBy(() -> first.poll(a)).isSameAs(failure);
    assertThat(second.wakes.get()).isEqualTo(1);
    assertThatThrownBy(() -> second.poll(b)).isSameAs(failure);
    assertThatThrownBy(() -> third.poll(c)).isSameAs(failure);
    assertThat(first.uncaught).isEmpty();
  }

  @Test
  void anErrorIsThrownToEveryHandle() {
    SharedFuture<Integer> b = a.another();
    Error error = new AssertionError("broken");
    inner.fail(error);
    assertThatThrownBy(() -> first.poll(a)).isSameAs(error);
    assertThatThrownBy(() -> second.poll(b)).isSameAs(error);
  }

  @Test
  void theFutureIsCancelledWithItsLastHandle() throws Exception {
    SharedFuture<Integer> b = a.another();
    pending(first, a);
    a.cancel();
    a.cancel();
    assertThat(cancelled).isEmpty();
    b.cancel();
    assertThat(cancelled).containsExactly("inner");
    assertThatThrownBy(b::another).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> first.poll(a)).isInstanceOf(PollAfterEndException.class);
  }

  @Test
  void whatTheCancelThrowsIsReportedWhereItWasPolled() throws Exception {
    inner.thrownByCancel = new IllegalStateException("cancel");
    pending(first, a);
    a.cancel();
    assertThat(first.uncaught).containsExactly(inner.thrownByCancel);
  }

  @Test
  void whenTheOneThatPolledIsCancelledAnotherTakesOver() throws Exception {
    SharedFuture<Integer> b = a.another();
    pending(first, a);
    pending(second, b);
    inner.complete(7); // wakes both
    a.cancel();
    assertThat(second.wakes.get()).isEqualTo(1);
    assertThat(second.poll(b).value()).isEqualTo(7);
  }

  @Test
  void whoComesAfterTheWakePollsThoughTheOneWhoWasWokenDoesNot() throws Exception {
    SharedFuture<Integer> b = a.another();
    pending(first, a);
    inner.complete(7);
    assertThat(second.poll(b).value()).isEqualTo(7);
    a.cancel();
  }

  @Test
  void aWakeDuringThePollWakesThoseWhoCameMeanwhile() throws Exception {
    List<SharedFuture<Integer>> handles = new ArrayList<>();
    Future<Integer> wakesItself =
        Futures.pollFn(
            cx -> {
              pending(second, handles.get(1)); // comes while the other polls
              cx.waker().wake();
              assertThat(second.wakes.get()).isZero(); // it could not poll yet
              return Poll.pending();
            });
    handles.add(wakesItself.shared());
    handles.add(handles.get(0).another());
    pending(first, handles.get(0));
    assertThat(first.wakes.get()).isEqualTo(1);
    assertThat(second.wakes.get()).isEqualTo(1);
    handles.forEach(Future::cancel);
  }

  @Test
  void whoComesDuringThePollThatEndsIsWokenByIt() throws Exception {
    List<SharedFuture<Integer>> handles = new ArrayList<>();
    Future<Integer> ready =
        Futures.pollFn(
            cx -> {
              pending(second, handles.get(1));
              return Poll.ready(7);
            });
    handles.add(ready.shared());
    handles.add(handles.get(0).another());
    assertThat(first.poll(handles.get(0)).value()).isEqualTo(7);
    assertThat(first.wakes.get()).isZero(); // it has polled, and knows
    assertThat(second.wakes.get()).isEqualTo(1);
    assertThat(second.poll(handles.get(1)).value()).isEqualTo(7);
  }

  @Test
  void aWakeOfAFutureThatIsOverWakesNobody() throws Exception {
    pending(first, a);
    Waker late = inner.waker;
    inner.complete(7);
    assertThat(first.poll(a).value()).isEqualTo(7);
    int before = first.wakes.get();
    late.wake();
    assertThat(first.wakes.get()).isEqualTo(before);
    assertThat(late).hasToString("waker of a shared future");
  }

  @Test
  void aForeignWakerThatThrowsKeepsNobodyFromBeingWoken() throws Exception {
    SharedFuture<Integer> b = a.another();
    List<Throwable> reported = new ArrayList<>();
    UncaughtFailureHandler before =
        UncaughtFailureHandler.setProcessDefault((failure, origin) -> reported.add(failure));
    try {
      RuntimeException violation = new RuntimeException("waker");
      assertThat(
              second
                  .poller
                  .poll(
                      b,
                      () -> {
                        throw violation;
                      })
                  .isPending())
          .isTrue();
      pending(first, a);
      inner.complete(7);
      assertThat(first.wakes.get()).isEqualTo(1);
      assertThat(reported).containsExactly(violation);
    } finally {
      var unused = UncaughtFailureHandler.setProcessDefault(before);
    }
  }

  @Test
  void oneHandleDescribesTheFutureAndTheOthersPointAtIt() throws Exception {
    SharedFuture<Integer> b = a.another();
    pending(first, a);
    pending(second, b);
    assertThat(Description.of(a).children()).extracting(Description::name).containsExactly("inner");
    assertThat(Description.of(b).children()).isEmpty();
    assertThat(Description.of(b).waitsFor()).startsWith("a shared future, polled last by");
    a.cancel();
    assertThat(Description.of(b).children()).hasSize(1);
    assertThat(Description.of(a).attributes()).isEmpty();
  }

  @Test
  void anOutputOfNullIsAnOutput() throws Exception {
    SharedFuture<Void> done = Futures.done().shared();
    SharedFuture<Void> other = done.another();
    assertThat(first.poll(done).value()).isNull();
    assertThat(second.poll(other).value()).isNull();
  }

  /** Uses up stack, and does {@code last} then. */
  @CanIgnoreReturnValue
  private static int descend(int frames, Runnable last) {
    if (frames == 0) {
      last.run();
      return 0;
    }
    return descend(frames - 1, last) + 1;
  }

  @Test
  void aHandleThatRunsOutOfStackInItsPollStopsNoOther() throws Exception {
    List<Throwable> failures = new ArrayList<>();
    Thread thread = // with a stack that is soon used up
        new Thread(null, () -> pollWithLittleStack(failures), "shallow", 256 * 1024);
    thread.start();
    thread.join();
    assertThat(failures).isEmpty();
  }

  private static void pollWithLittleStack(List<Throwable> failures) {
    Random random = new Random(7);
    int depth = 100;
    try {
      for (int i = 0; i < 3_000; i++) {
        Probe<Integer> child = new Probe<>("child", new ArrayList<>());
        SharedFuture<Integer> deep = child.map(x -> x).shared();
        SharedFuture<Integer> other = deep.another();
        HandCrank one = new HandCrank();
        HandCrank two = new HandCrank();
        pending(two, other);
        child.complete(7);
        try {
          descend(
              depth,
              () -> {
                try {
                  var unused = one.poll(deep);
                } catch (Exception failure) {
                  throw new AssertionError(failure);
                }
              });
          depth += 1 + random.nextInt(40);
        } catch (StackOverflowError full) {
          depth = Math.max(100, depth - random.nextInt(60));
        }
        deep.cancel();
        assertThat(two.poll(other).isReady()).as("try %s at depth %s", i, depth).isTrue();
      }
    } catch (Throwable failure) {
      failures.add(failure);
    }
  }
}
