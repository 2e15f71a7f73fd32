package dev.pollux.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FutureQueueTest {

  private final HandCrank crank = new HandCrank();
  private final List<String> cancelled = new ArrayList<>();
  private final Probe<Integer> a = new Probe<>("a", cancelled);
  private final Probe<Integer> b = new Probe<>("b", cancelled);
  private final Probe<Integer> c = new Probe<>("c", cancelled);
  private final FutureQueue<Integer> queue = new FutureQueue<>();

  private void pending() throws Exception {
    assertThat(crank.pollNext(queue).isPending()).isTrue();
  }

  private void gives(int output) throws Exception {
    assertThat(crank.pollNext(queue).value()).isEqualTo(output);
  }

  @Test
  void outputsComeInTheOrderOfTheQueueAndOnlyWhatWasWokenIsPolled() throws Exception {
    queue.pushBack(a);
    queue.pushBack(b);
    queue.pushBack(c);
    pending();
    b.complete(2);
    assertThat(crank.wakes.get()).isPositive();
    pending();
    assertThat(List.of(a.polls, b.polls, c.polls)).containsExactly(1, 2, 1);
    assertThat(queue).hasToString("FutureQueue[2 of 3 running]");
    a.complete(1);
    gives(1);
    gives(2);
    assertThat(c.polls).isEqualTo(1);
    c.complete(3);
    gives(3);
    assertThat(queue.knownEnded()).isTrue();
    assertThat(crank.pollNext(queue).isEnd()).isTrue();
    assertThatThrownBy(() -> crank.pollNext(queue)).isInstanceOf(PollAfterEndException.class);
    assertThatThrownBy(() -> queue.pushBack(a)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void oneThatIsPushedToTheFrontIsNext() throws Exception {
    queue.pushBack(a);
    pending();
    a.complete(1);
    queue.pushFront(b);
    pending();
    b.complete(2);
    gives(2);
    gives(1);
  }

  @Test
  void aFailureWaitsForItsTurnAndEndsTheOthers() throws Exception {
    queue.pushBack(a);
    queue.pushBack(b);
    queue.pushBack(c);
    pending();
    IOException failure = new IOException("torn");
    b.fail(failure);
    pending();
    assertThat(cancelled).isEmpty();
    a.complete(1);
    gives(1);
    assertThatThrownBy(() -> crank.pollNext(queue)).isSameAs(failure);
    assertThat(cancelled).containsExactly("c");
    assertThatThrownBy(() -> crank.pollNext(queue)).isInstanceOf(PollAfterEndException.class);
  }

  @Test
  void cancelReachesTheNewestFirstAndDiscardsWhatWaits() throws Exception {
    queue.pushBack(a);
    queue.pushBack(b);
    queue.pushFront(c);
    pending();
    a.complete(1);
    pending();
    queue.cancel();
    queue.cancel();
    assertThat(cancelled).containsExactly("c", "b");
    assertThat(crank.discarded).containsExactly(1);
    assertThat(queue.size()).isZero();
  }

  @Test
  void outputsThatWaitCostBudgetWhenTheyAreGiven() throws Exception {
    queue.pushBack(a);
    for (int i = 1; i <= 2 * Budget.UNITS; i++) {
      queue.pushBack(Futures.ready(i));
    }
    do {
      crank.wakes.set(0);
      pending();
    } while (crank.wakes.get() > 0 || crank.wokeItself());
    a.complete(0);
    int[] seen = {0};
    assertThat(
            crank.poller.pollEach(
                queue,
                crank.waker,
                output -> {
                  assertThat(output).isEqualTo(seen[0]++);
                  return true;
                }))
        .isEqualTo(Turn.PENDING);
    assertThat(crank.wokeItself()).isTrue();
    assertThat(seen[0]).isBetween(1, Budget.UNITS + 1);
    queue.cancel();
  }

  @Test
  void itNeverHoldsMoreThanWasPushedLessOneAndKeepsTheOrder() throws Exception {
    for (int seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      FutureQueue<Integer> own = new FutureQueue<>();
      List<Integer> expected = new ArrayList<>();
      List<Integer> given = new ArrayList<>();
      List<Probe<Integer>> probes = new ArrayList<>();
      List<Integer> open = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        Probe<Integer> probe = new Probe<>("probe " + i, cancelled);
        probes.add(probe);
        open.add(i);
        if (random.nextInt(3) > 0) {
          own.pushBack(probe);
          expected.add(i);
        } else {
          own.pushFront(probe);
          expected.add(0, i);
        }
      }
      while (!expected.equals(given)) {
        Next<Integer> next = crank.pollNext(own);
        if (next.isItem()) {
          given.add(next.value());
        } else {
          assertThat(open).as("seed %d", seed).isNotEmpty();
          int done = open.remove(random.nextInt(open.size()));
          probes.get(done).complete(done);
        }
        assertThat(own.size() + given.size()).isEqualTo(12);
      }
      assertThat(crank.pollNext(own).isEnd()).isTrue();
    }
  }
}
