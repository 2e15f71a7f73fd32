package dev.pollux.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.AsyncIterators;
import dev.pollux.core.Context;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.MissingServiceException;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.core.TaskCancelledException;
import dev.pollux.core.TaskFailedException;
import dev.pollux.core.Turn;
import dev.pollux.core.Waker;
import dev.pollux.spi.Blocking;
import dev.pollux.time.Time;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class PollHarnessTest {

  private final PollHarness harness = PollHarness.create();

  @Test
  void aWakeCountsFromTheBeginningOfThePollOn() throws Exception {
    AtomicReference<Waker> waker = new AtomicReference<>();
    Future<Void> future =
        cx -> {
          waker.set(cx.waker());
          return Poll.pending();
        };
    harness.poll(future);
    assertThat(harness.woken()).isFalse();
    waker.get().wake();
    assertThat(harness.woken()).isTrue();
    harness.poll(future);
    assertThat(harness.woken()).isFalse();
    assertThat(harness.wakes()).isEqualTo(1);
  }

  @Test
  void aFutureThatAsksForAnotherTurnIsWoken() throws Exception {
    harness.poll(Futures.yieldNow());
    assertThat(harness.woken()).isTrue();
    assertThat(harness.wakes()).isEqualTo(1);
  }

  @Test
  void theSameWakerIsShownUntilItIsReplaced() throws Exception {
    List<Waker> wakers = new ArrayList<>();
    Future<Void> future =
        cx -> {
          wakers.add(cx.waker());
          return Poll.pending();
        };
    harness.poll(future);
    harness.poll(future);
    harness.replaceWaker();
    harness.poll(future);
    assertThat(wakers.get(0)).isSameAs(wakers.get(1)).isNotSameAs(wakers.get(2));
    wakers.get(0).wake();
    assertThat(harness.woken()).isFalse();
    wakers.get(2).wake();
    assertThat(harness.woken()).isTrue();
  }

  @Test
  void everyPollHasAFullBudget() throws Exception {
    Future<Integer> spendthrift =
        cx -> {
          int units = 0;
          while (cx.budget().tryConsume()) {
            units++;
          }
          return Poll.ready(units);
        };
    assertThat(harness.poll(spendthrift).value())
        .isEqualTo(harness.poll(spendthrift).value())
        .isEqualTo(dev.pollux.core.Budget.UNITS);
  }

  @Test
  void aContextThatWasKeptRefuses() throws Exception {
    AtomicReference<Context> kept = new AtomicReference<>();
    harness.poll(
        cx -> {
          kept.set(cx);
          return Poll.pending();
        });
    assertThatThrownBy(() -> kept.get().waker()).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void theCurrentContextIsThatOfThePoll() throws Exception {
    assertThat(harness.poll(cx -> Poll.ready(Context.current().isPresent())).value()).isTrue();
    assertThat(Context.current()).isEmpty();
  }

  @Test
  void iteratorsArePolledBothWays() throws Exception {
    var numbers = AsyncIterators.range(0, 4);
    assertThat(harness.pollNext(numbers).value()).isZero();
    List<Integer> rest = new ArrayList<>();
    assertThat(harness.pollEach(numbers, rest::add)).isEqualTo(Turn.ENDED);
    assertThat(rest).containsExactly(1, 2, 3);
  }

  @Test
  void timeIsThatOfTheClock() throws Exception {
    Future<Void> sleep = Time.sleep(Duration.ofSeconds(1));
    assertThat(harness.poll(sleep).isPending()).isTrue();
    harness.clock().advance(Duration.ofSeconds(1));
    assertThat(harness.woken()).isTrue();
    assertThat(harness.poll(sleep).isReady()).isTrue();
  }

  @Test
  void aServiceThatIsOfferedIsFound() throws Exception {
    Future<Boolean> asks =
        cx -> Poll.ready(cx.service(CharSequence.class).filter("driver"::equals).isPresent());
    assertThat(harness.poll(asks).value()).isFalse();
    harness.offer(CharSequence.class, "driver");
    assertThat(harness.poll(asks).value()).isTrue();
  }

  @Test
  void blockingWorkIsRefused() {
    assertThatThrownBy(() -> harness.poll(cx -> Poll.ready(cx.blocking())))
        .isInstanceOf(MissingServiceException.class);
  }

  @Test
  void blockingWorkGoesToWhatIsOffered() throws Exception {
    Blocking offered =
        (Blocking)
            Proxy.newProxyInstance(
                Blocking.class.getClassLoader(),
                new Class<?>[] {Blocking.class},
                (proxy, method, arguments) -> null);
    harness.offer(Blocking.class, offered);
    Future<Boolean> asks = cx -> Poll.ready(cx.blocking() == offered);
    assertThat(harness.poll(asks).value()).isTrue();
  }

  @Test
  void theSeedDecidesRandomNumbers() throws Exception {
    Future<Integer> dice = cx -> Poll.ready(cx.nextInt(1_000_000));
    int first = PollHarness.with(new ManualClock(), 1).poll(dice).value();
    assertThat(PollHarness.with(new ManualClock(), 1).poll(dice).value()).isEqualTo(first);
    assertThat(PollHarness.with(new ManualClock(), 2).poll(dice).value()).isNotEqualTo(first);
  }

  @Test
  void whatIsDiscardedIsRememberedAndClosed() throws Exception {
    AtomicBoolean closed = new AtomicBoolean();
    AutoCloseable resource = () -> closed.set(true);
    AutoCloseable unclosable =
        () -> {
          throw new IOException("stuck");
        };
    harness.poll(
        cx -> {
          cx.discard().discard(resource);
          cx.discard().discard("text");
          cx.discard().discard(unclosable);
          return Poll.done();
        });
    assertThat(closed).isTrue();
    assertThat(harness.discarded()).containsExactly(resource, "text", unclosable);
    assertThat(harness.uncaught()).singleElement().isInstanceOf(IOException.class);
    harness.forget();
    assertThat(harness.discarded()).isEmpty();
    assertThat(harness.uncaught()).isEmpty();
  }

  @Test
  void aFutureIsRunForAsLongAsItIsWoken() throws Exception {
    Future<Integer> future = InterleavePending.future(new PendingOnce<>(Futures.ready(7)));
    assertThat(harness.runToCompletion(future, 4)).isEqualTo(7);
  }

  @Test
  void aFutureThatNobodyWakesIsStuckAndDescribed() {
    Future<Integer> future = Futures.<Integer>pending().map(n -> n + 1);
    assertThatThrownBy(() -> harness.runToCompletion(future, 10))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("stuck: Pending at poll 1")
        .hasMessageContaining("map")
        .hasMessageContaining("source: pending");
  }

  @Test
  void aFutureThatTakesTooManyPollsIsDescribed() {
    Future<Integer> future = Futures.repeat(Futures::yieldNow);
    assertThatThrownBy(() -> harness.runToCompletion(future, 10))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("not done after 10 polls")
        .hasMessageContaining("repeat");
  }

  @Test
  void aFailureComesOutOfARunUnchanged() {
    IOException failure = new IOException("torn");
    assertThatThrownBy(() -> harness.runToCompletion(Futures.failed(failure), 1)).isSameAs(failure);
  }

  @Test
  void anIteratorIsRunToItsEnd() throws Exception {
    assertThat(harness.runToEnd(InterleavePending.iterator(AsyncIterators.range(0, 3)), 8))
        .containsExactly(0, 1, 2);
    assertThatThrownBy(() -> harness.runToEnd(AsyncIterators.range(0, 3), 3))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("not done after 3 polls");
    assertThatThrownBy(() -> harness.runToEnd(AsyncIterators.fromFuture(Futures.pending()), 3))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("stuck");
  }

  @Nested
  class SpawnedTasks {

    @Test
    void areNotPolledBeforeTheyAreCranked() throws Exception {
      List<String> polled = new ArrayList<>();
      JoinHandle<Integer> handle = spawn(logged(polled, "task", Futures.ready(7)));
      assertThat(polled).isEmpty();
      assertThat(handle.isFinished()).isFalse();
      assertThat(harness.liveTasks()).isEqualTo(1);
      assertThat(harness.runTasks()).isEqualTo(1);
      assertThat(handle.isFinished()).isTrue();
      assertThat(harness.liveTasks()).isZero();
      assertThat(handle.join()).isEqualTo(7);
    }

    @Test
    void arePolledInTheOrderOfTheirWakes() throws Exception {
      List<String> polled = new ArrayList<>();
      spawn(logged(polled, "a", new PendingOnce<>(Futures.ready(1)))).detach();
      spawn(logged(polled, "b", Futures.ready(2))).detach();
      assertThat(harness.runTasks()).isEqualTo(3);
      assertThat(polled).containsExactly("a", "b", "a");
    }

    @Test
    void runOnlyWhenWoken() throws Exception {
      JoinHandle<Void> handle = spawn(Time.sleep(Duration.ofSeconds(1)));
      assertThat(harness.runTasks()).isEqualTo(1);
      assertThat(harness.runTasks()).isZero();
      harness.clock().advance(Duration.ofSeconds(1));
      assertThat(harness.runTasks()).isEqualTo(1);
      assertThat(handle.isFinished()).isTrue();
    }

    @Test
    void wakeTheFutureThatAwaitsThem() throws Exception {
      JoinHandle<Integer> handle = spawn(Futures.ready(7));
      assertThat(harness.poll(handle).isPending()).isTrue();
      harness.runTasks();
      assertThat(harness.woken()).isTrue();
      assertThat(harness.poll(handle).value()).isEqualTo(7);
      assertThatThrownBy(() -> harness.poll(handle)).isInstanceOf(PollAfterEndException.class);
    }

    @Test
    void areRunToCompleteTheFutureThatSpawnsThem() throws Exception {
      Future<Integer> spawns =
          Futures.<JoinHandle<Integer>>pollFn(
                  cx -> Poll.ready(cx.spawner().spawn("answer", Futures.ready(42))))
              .flatMap(handle -> handle);
      assertThat(harness.runToCompletion(spawns, 3)).isEqualTo(42);
    }

    @Test
    void failThroughTheirHandle() throws Exception {
      IOException failure = new IOException("torn");
      JoinHandle<Integer> handle = spawn(Futures.failed(failure));
      harness.runTasks();
      assertThatThrownBy(() -> harness.poll(handle))
          .isInstanceOf(TaskFailedException.class)
          .hasCause(failure);
      assertThat(harness.uncaught()).isEmpty();
    }

    @Test
    void failToTheHandlerIfDetached() throws Exception {
      IOException failure = new IOException("torn");
      JoinHandle<Integer> handle = spawn(Futures.failed(failure));
      handle.detach();
      harness.runTasks();
      assertThat(harness.uncaught()).containsExactly(failure);
      assertThatThrownBy(handle::join).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void discardTheirOutputIfDetachedAfterTheEnd() throws Exception {
      JoinHandle<String> handle = spawn(Futures.ready("output"));
      harness.runTasks();
      handle.detach();
      assertThat(harness.discarded()).containsExactly("output");
    }

    @Test
    void areCancelledWhenAsked() throws Exception {
      List<String> cancelled = new ArrayList<>();
      JoinHandle<Integer> handle =
          spawn(Futures.pollFn(cx -> Poll.pending(), () -> cancelled.add("task")));
      harness.runTasks();
      handle.requestCancel();
      handle.requestCancel();
      assertThat(cancelled).isEmpty();
      harness.runTasks();
      assertThat(cancelled).containsExactly("task");
      assertThatThrownBy(() -> harness.poll(handle)).isInstanceOf(TaskCancelledException.class);
    }

    @Test
    void areCancelledWhenTheirWaiterGivesUp() throws Exception {
      List<String> cancelled = new ArrayList<>();
      JoinHandle<Integer> handle =
          spawn(Futures.pollFn(cx -> Poll.pending(), () -> cancelled.add("task")));
      harness.runTasks();
      handle.cancel();
      harness.runTasks();
      assertThat(cancelled).containsExactly("task");
      assertThat(harness.liveTasks()).isZero();
    }

    @Test
    void giveTheirOutputToTheDiscardWhenTheirWaiterGivesUpLate() throws Exception {
      JoinHandle<String> handle = spawn(Futures.ready("output"));
      harness.runTasks();
      handle.cancel();
      assertThat(harness.discarded()).containsExactly("output");
    }

    @Test
    void canNotBeWaitedForByBlocking() throws Exception {
      JoinHandle<Integer> handle = spawn(Futures.ready(7));
      assertThatThrownBy(handle::join)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("runTasks()");
      assertThatThrownBy(() -> handle.join(Duration.ofSeconds(1)))
          .isInstanceOf(TimeoutException.class);
      harness.runTasks();
      assertThat(handle.join(Duration.ZERO)).isEqualTo(7);
    }

    @Test
    void haveAnIdAndAName() throws Exception {
      JoinHandle<Integer> handle =
          harness.poll(cx -> Poll.ready(cx.spawner().spawn("reader", Futures.ready(7)))).value();
      assertThat(handle.name()).contains("reader");
      assertThat(handle).hasToString("task 1 \"reader\"");
      handle.detach();
    }

    @Test
    void keepNothingInTheirWakerAfterTheEnd() throws Exception {
      AtomicReference<Waker> waker = new AtomicReference<>();
      JoinHandle<Integer> handle =
          spawn(
              cx -> {
                waker.set(cx.waker());
                return Poll.ready(7);
              });
      harness.runTasks();
      waker.get().wake();
      assertThat(harness.runTasks()).isZero();
      assertThat(handle.join()).isEqualTo(7);
    }

    private <T> JoinHandle<T> spawn(Future<T> future) throws Exception {
      return harness.poll(cx -> Poll.ready(cx.spawner().spawn(future))).value();
    }

    private <T> Future<T> logged(List<String> log, String name, Future<T> future) {
      return cx -> {
        log.add(name);
        return future.poll(cx);
      };
    }
  }
}
