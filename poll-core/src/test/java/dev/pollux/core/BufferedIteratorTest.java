package dev.pollux.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BufferedIteratorTest {

  /** A future that is completed by hand. */
  private static final class Manual implements Future<String> {

    int polls;
    boolean cancelled;
    Waker waker;
    String output;
    RuntimeException failure;

    @Override
    public Poll<String> poll(Context cx) {
      polls++;
      if (failure != null) {
        throw failure;
      }
      if (output != null) {
        return Poll.ready(output);
      }
      waker = cx.waker();
      return Poll.pending();
    }

    void complete(String output) {
      this.output = output;
      waker.wake();
    }

    void fail(RuntimeException failure) {
      this.failure = failure;
      waker.wake();
    }

    @Override
    public void cancel() {
      cancelled = true;
    }
  }

  private final IteratorCrank crank = new IteratorCrank();
  private final List<Manual> made = new ArrayList<>();
  private final List<String> seen = new ArrayList<>();

  private Manual make(int element) {
    Manual manual = new Manual();
    assertThat(element).isEqualTo(made.size());
    made.add(manual);
    return manual;
  }

  @Test
  void atMostLimitFuturesAreInFlight() throws Exception {
    AsyncIterator<String> iterator = AsyncIterators.range(0, 5).buffered(3, this::make);
    assertThat(crank.each(iterator, seen::add)).isEqualTo(Turn.PENDING);
    assertThat(made).hasSize(3);
    made.get(0).complete("a");
    assertThat(crank.each(iterator, seen::add)).isEqualTo(Turn.PENDING);
    assertThat(seen).containsExactly("a");
    assertThat(made).hasSize(4);
  }

  @Test
  void outputsComeInTheOrderOfTheElementsAndCountAgainstTheLimit() throws Exception {
    AsyncIterator<String> iterator = AsyncIterators.range(0, 4).buffered(3, this::make);
    assertThat(crank.next(iterator).isPending()).isTrue();
    made.get(2).complete("c");
    made.get(1).complete("b");
    assertThat(crank.next(iterator).isPending()).isTrue();
    assertThat(made).hasSize(3);
    made.get(0).complete("a");
    assertThat(crank.each(iterator, seen::add)).isEqualTo(Turn.PENDING);
    assertThat(seen).containsExactly("a", "b", "c");
    assertThat(made).hasSize(4);
    made.get(3).complete("d");
    assertThat(crank.each(iterator, seen::add)).isEqualTo(Turn.ENDED);
    assertThat(seen).containsExactly("a", "b", "c", "d");
  }

  @Test
  void onlyFuturesThatWereWokenArePolled() throws Exception {
    AsyncIterator<String> iterator = AsyncIterators.range(0, 3).buffered(3, this::make);
    crank.next(iterator);
    crank.next(iterator); // spurious
    assertThat(made).allMatch(manual -> manual.polls == 1);
    int before = crank.wakes.get();
    made.get(1).waker.wake();
    assertThat(crank.wakes.get()).isEqualTo(before + 1);
    crank.next(iterator);
    assertThat(made).extracting(manual -> manual.polls).containsExactly(1, 2, 1);
  }

  @Test
  void aFutureShowsTheSameWakerAndWakesTheLatestTask() throws Exception {
    AsyncIterator<String> iterator = AsyncIterators.range(0, 1).buffered(1, this::make);
    assertThat(crank.poller.pollNext(iterator, Waker.noop()).isPending()).isTrue();
    Waker first = made.get(0).waker;
    first.wake();
    assertThat(crank.wakes.get()).isZero();
    crank.next(iterator);
    assertThat(made.get(0).waker).isSameAs(first);
    first.wake();
    assertThat(crank.wakes.get()).isEqualTo(1);
  }

  @Test
  void aFailureWaitsForItsTurnAndCancelsWhatComesAfter() throws Exception {
    ScriptedIterator<Integer> source = ScriptedIterator.of(0, 1, 2, 3, 4, 5);
    AsyncIterator<String> iterator = source.buffered(4, this::make);
    crank.next(iterator);
    made.get(3).complete("held");
    RuntimeException failure = new RuntimeException("second");
    made.get(1).fail(failure);
    assertThat(crank.next(iterator).isPending()).isTrue();
    assertThat(made.get(0).cancelled).isFalse();
    assertThat(made.get(2).cancelled).isTrue();
    assertThat(source.cancels).isEqualTo(1);
    assertThat(made).hasSize(4);
    made.get(0).complete("a");
    assertThat(crank.next(iterator)).isEqualTo(Next.item("a"));
    assertThatThrownBy(() -> crank.next(iterator)).isSameAs(failure);
    assertThatThrownBy(() -> crank.next(iterator)).isInstanceOf(PollAfterEndException.class);
  }

  @Test
  void aFailureOfTheUpstreamWaitsForTheFuturesInFlight() throws Exception {
    Exception failure = new Exception("upstream");
    AsyncIterator<String> iterator =
        new ScriptedIterator<Integer>(List.of(0, failure)).buffered(4, this::make);
    assertThat(crank.each(iterator, seen::add)).isEqualTo(Turn.PENDING);
    made.get(0).complete("a");
    assertThatThrownBy(() -> crank.each(iterator, seen::add)).isSameAs(failure);
    assertThat(seen).containsExactly("a");
  }

  @Test
  void cancelCancelsWhatIsInFlightNewestFirstAndDiscardsOutputs() throws Exception {
    List<Integer> order = new ArrayList<>();
    ScriptedIterator<Integer> source = ScriptedIterator.of(0, 1, 2, 3);
    AsyncIterator<String> iterator =
        source.buffered(
            4,
            x ->
                new Future<String>() {
                  @Override
                  public Poll<String> poll(Context cx) {
                    return x == 1 ? Poll.ready("held") : Poll.pending();
                  }

                  @Override
                  public void cancel() {
                    order.add(x);
                  }
                });
    assertThat(crank.next(iterator).isPending()).isTrue();
    assertThat(Description.ofIterator(iterator).children()).hasSize(4);
    iterator.cancel();
    iterator.cancel();
    assertThat(order).containsExactly(3, 2, 0);
    assertThat(crank.discarded).containsExactly("held");
  }

  @Test
  void fillingAFreeSlotWakesNobody() throws Exception {
    AsyncIterator<String> iterator = AsyncIterators.range(0, 9).buffered(2, this::make);
    crank.next(iterator);
    assertThat(crank.wakes.get()).isZero();
    made.get(0).complete("a");
    assertThat(crank.wakes.get()).isEqualTo(1);
    assertThat(crank.each(iterator, seen::add)).isEqualTo(Turn.PENDING);
    assertThat(made).hasSize(3);
    assertThat(crank.wakes.get()).isEqualTo(1);
    assertThat(crank.poller.wokeItself()).isFalse();
    made.get(2).waker.wake();
    assertThat(crank.wakes.get()).isEqualTo(2);
  }

  @Test
  void aWakeOfALeftBehindFutureIsHarmless() throws Exception {
    AsyncIterator<String> iterator = AsyncIterators.range(0, 1).buffered(1, this::make);
    crank.next(iterator);
    iterator.cancel();
    made.get(0).waker.wake();
    assertThat(crank.wakes.get()).isZero();
  }

  @Test
  void aWakeDuringThePollIsNotLost() throws Exception {
    int[] polls = {0};
    AsyncIterator<Integer> iterator =
        AsyncIterators.of(1)
            .buffered(
                1,
                x ->
                    cx -> {
                      if (polls[0]++ == 0) {
                        cx.waker().wake();
                        return Poll.pending();
                      }
                      return Poll.ready(x);
                    });
    assertThat(crank.next(iterator).isPending()).isTrue();
    assertThat(crank.wakes.get() > 0 || crank.poller.wokeItself()).isTrue();
    assertThat(crank.next(iterator)).isEqualTo(Next.item(1));
  }

  @Test
  void withoutBudgetTheWokenWaitForTheNextTurn() throws Exception {
    int[] polls = {0};
    int hungry = Budget.UNITS + 50;
    AsyncIterator<Integer> iterator =
        AsyncIterators.range(0, 2)
            .buffered(
                2,
                x -> {
                  int[] left = {hungry};
                  return cx -> {
                    polls[0]++;
                    while (left[0] > 0) {
                      if (!cx.tryProceed()) {
                        return Poll.pending();
                      }
                      left[0]--;
                    }
                    return Poll.ready(x);
                  };
                });
    assertThat(crank.drain(iterator, IteratorCrank.Mode.EACH)).containsExactly(0, 1);
    assertThat(polls[0]).isLessThan(8);
  }

  @Test
  void anEndlessUpstreamDoesNotStarveTheFutures() throws Exception {
    AsyncIterator<Integer> iterator =
        AsyncIterators.range(0, Integer.MAX_VALUE)
            .buffered(
                1_000_000,
                x -> {
                  boolean[] polled = {false};
                  return cx -> {
                    if (polled[0]) {
                      return Poll.ready(x);
                    }
                    polled[0] = true;
                    cx.waker().wake();
                    return Poll.pending();
                  };
                });
    // The upstream takes all of the first turn, and the futures are polled first in the next two.
    assertThat(crank.next(iterator).isPending()).isTrue();
    assertThat(crank.next(iterator).isPending()).isTrue();
    assertThat(crank.next(iterator)).isEqualTo(Next.item(0));
  }

  @Test
  void currentShowsTheContextOfTheFuture() throws Exception {
    AsyncIterator<Boolean> iterator =
        AsyncIterators.of(1).buffered(1, x -> cx -> Poll.ready(Context.current().get() == cx));
    Poller before = crank.poller.attach();
    try {
      assertThat(crank.next(iterator)).isEqualTo(Next.item(true));
    } finally {
      Poller.reattach(before);
    }
  }

  @Test
  void aNullOutputFailsTheStream() {
    AsyncIterator<Object> iterator =
        AsyncIterators.of(1).buffered(1, x -> cx -> Poll.<Object>ready(null));
    assertThatThrownBy(() -> crank.next(iterator)).isInstanceOf(NullPointerException.class);
  }
}
