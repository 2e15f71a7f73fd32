package dev.pollux.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.spi.ContextThread;
import dev.pollux.spi.Services;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class PollerTest {

  private final Services services =
      new Services() {
        @Override
        public String name() {
          return "bare";
        }
      };
  private final Poller poller = new Poller(services, 1, false);

  @Test
  void eachPollStartsWithAFullBudget() throws Exception {
    Future<Integer> spender =
        cx -> {
          while (cx.budget().tryConsume()) {}
          assertThat(cx.tryProceed()).isFalse();
          return Poll.ready(cx.budget().remaining());
        };
    assertThat(poller.poll(spender, Waker.noop()).value()).isZero();
    assertThat(poller.wokeItself()).isTrue();
    assertThat(poller.poll(cx -> Poll.ready(cx.budget().remaining()), Waker.noop()).value())
        .isEqualTo(Budget.UNITS);
    assertThat(poller.wokeItself()).isFalse();
    assertThat(poller.budgetForcedYields()).isEqualTo(1);
  }

  @Test
  void wakingItselfWakesTheWakerOfADerivedContextInstead() throws Exception {
    List<String> wakes = new ArrayList<>();
    Future<Integer> future =
        cx -> {
          cx.withWaker(() -> wakes.add("child")).wakeSelf();
          return Poll.pending();
        };
    assertThat(poller.poll(future, () -> wakes.add("task")).isPending()).isTrue();
    assertThat(poller.wokeItself()).isFalse();
    assertThat(wakes).containsExactly("child");
  }

  @Test
  void aContextKeptAfterItsPollIsRefused() throws Exception {
    for (boolean debug : new boolean[] {false, true}) {
      Poller poller = new Poller(services, 1, debug);
      AtomicReference<Context> kept = new AtomicReference<>();
      AtomicReference<Context> derived = new AtomicReference<>();
      Future<Integer> keeper =
          cx -> {
            kept.set(cx);
            derived.set(cx.withWaker(Waker.noop()));
            return Poll.ready(1);
          };
      assertThat(poller.poll(keeper, Waker.noop()).isReady()).isTrue();
      assertThatThrownBy(() -> kept.get().waker()).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> derived.get().waker()).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void inDebugModeAKeptContextIsRefusedInLaterPollsToo() throws Exception {
    Poller poller = new Poller(services, 1, true);
    AtomicReference<Context> kept = new AtomicReference<>();
    Future<Integer> keeper =
        cx -> {
          kept.set(cx);
          return Poll.ready(1);
        };
    assertThat(poller.poll(keeper, Waker.noop()).isReady()).isTrue();
    Future<Integer> user = cx -> Poll.ready(kept.get().waker().hashCode());
    assertThatThrownBy(() -> poller.poll(user, Waker.noop()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("valid only during the poll");
  }

  @Test
  void inDebugModeTwoThreadsThatPollOneFutureAreFoundOut() throws Exception {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch done = new CountDownLatch(1);
    Future<Integer> future =
        cx -> {
          inside.countDown();
          assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
          return Poll.ready(1);
        };
    AtomicReference<Object> first = new AtomicReference<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                first.set(new Poller(services, 1, true).poll(future, Waker.noop()).value());
              } catch (Exception e) {
                first.set(e);
              }
            });
    thread.start();
    assertThat(inside.await(30, TimeUnit.SECONDS)).isTrue();
    assertThatThrownBy(() -> new Poller(services, 1, true).poll(future, Waker.noop()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("one thread polls a future at a time");
    done.countDown();
    thread.join(30_000);
    assertThat(first.get()).isEqualTo(1);
    assertThat(new Poller(services, 1, true).poll(future, Waker.noop()).isReady()).isTrue();
  }

  @Test
  void aPollerIsNotUsedFromInsideItsOwnPolls() {
    Future<Integer> nested = cx -> poller.poll(Futures.ready(1), Waker.noop());
    assertThatThrownBy(() -> poller.poll(nested, Waker.noop()))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void theWakerIsLetGoAfterAPollThatThrows() {
    Future<Integer> failing =
        cx -> {
          throw new IllegalArgumentException("no");
        };
    assertThatThrownBy(() -> poller.poll(failing, Waker.noop()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(poller.innermost()).isNull();
  }

  @Test
  void theCurrentContextIsSeenOnOwnAndForeignThreads() throws Exception {
    assertThat(Context.current()).isEmpty();
    assertThat(currentIsSeenWhilePolling()).isTrue();
    AtomicReference<Object> onOwn = new AtomicReference<>();
    Thread own = new ContextThread(() -> onOwn.set(currentIsSeenWhilePolling()), "own");
    own.start();
    own.join(30_000);
    assertThat(onOwn.get()).isEqualTo(true);
    assertThat(Context.current()).isEmpty();
  }

  private boolean currentIsSeenWhilePolling() {
    Poller poller = new Poller(services, 1, false);
    Poller before = poller.attach();
    try {
      boolean between = Context.current().isPresent() || Poller.isPolling();
      boolean during =
          poller
              .poll(
                  cx ->
                      Poll.ready(
                          Context.current().orElseThrow() == cx
                              && Poller.isPolling()
                              && Poller.pollingName().equals("bare")),
                  Waker.noop())
              .value();
      return during && !between;
    } catch (Exception e) {
      throw new AssertionError(e);
    } finally {
      Poller.reattach(before);
    }
  }

  @Test
  void whatIsMissingIsRefusedWithAHint() {
    assertThatThrownBy(() -> poller.poll(cx -> Poll.ready(cx.timer()), Waker.noop()))
        .isInstanceOf(MissingServiceException.class)
        .hasMessageContaining("timer")
        .hasMessageContaining("PolluxRuntime");
    assertThatThrownBy(() -> poller.poll(cx -> Poll.ready(cx.spawner()), Waker.noop()))
        .isInstanceOf(MissingServiceException.class)
        .hasMessageContaining("spawner");
    assertThatThrownBy(() -> poller.poll(cx -> Poll.ready(cx.blocking()), Waker.noop()))
        .isInstanceOf(MissingServiceException.class)
        .hasMessageContaining("blocking");
  }

  @Test
  void randomNumbersDependOnTheSeedAlone() throws Exception {
    assertThat(numbers(7)).isEqualTo(numbers(7)).isNotEqualTo(numbers(8));
    assertThat(numbers(7)).allMatch(n -> n >= 0 && n < 10).containsAnyOf(0, 1, 2, 3, 4);
    assertThatThrownBy(() -> poller.poll(cx -> Poll.ready(cx.nextInt(0)), Waker.noop()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("bound must be at least 1, was 0");
  }

  private List<Integer> numbers(long seed) throws Exception {
    List<Integer> numbers = new ArrayList<>();
    Poller poller = new Poller(services, seed, false);
    for (int i = 0; i < 50; i++) {
      numbers.add(poller.poll(cx -> Poll.ready(cx.nextInt(10)), Waker.noop()).value());
    }
    return numbers;
  }
}
