package dev.pollux.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.testing.PollHarness;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class NestedChainTest {

  private static final int PARTS = 100_000;

  private static int sumOf(AsyncIterator<Integer> chain) throws Exception {
    PollHarness harness = PollHarness.create();
    Future<Integer> sum = chain.fold(0, Integer::sum);
    Poll<Integer> answer = harness.poll(sum);
    while (answer.isPending()) {
      answer = harness.poll(sum);
    }
    return answer.value();
  }

  @Test
  void aChainNestedOnTheRightIsOneChain() throws Exception {
    AsyncIterator<Integer> chain = AsyncIterators.of(1);
    for (int i = 1; i < PARTS; i++) {
      chain = AsyncIterators.of(1).chain(chain);
    }
    assertThat(sumOf(chain)).isEqualTo(PARTS);
  }

  @Test
  void chainsNestedInChainsKeepTheirOrder() throws Exception {
    AsyncIterator<Integer> right = AsyncIterators.of(5).chain(AsyncIterators.of(6));
    AsyncIterator<Integer> left =
        AsyncIterators.of(1)
            .chain(AsyncIterators.of(2))
            .chain(AsyncIterators.of(3))
            .chain(AsyncIterators.of(4));
    StringBuilder order = new StringBuilder();
    assertThat(sumOf(left.chain(right).map(n -> append(order, n)))).isEqualTo(21);
    assertThat(order).hasToString("123456");
  }

  @Test
  void pairsChainedOntoTheRightAreOneChain() throws Exception {
    AsyncIterator<Integer> chain = AsyncIterators.of(1);
    for (int i = 1; i < PARTS; i += 2) {
      chain = AsyncIterators.of(1).chain(AsyncIterators.of(1)).chain(chain);
    }
    assertThat(sumOf(chain)).isEqualTo(PARTS + 1);
  }

  @Test
  void cancelReachesEveryPartOfANestedChain() {
    AtomicInteger cancels = new AtomicInteger();
    AsyncIterator<Integer> chain = AsyncIterators.empty();
    for (int i = 0; i < PARTS; i++) {
      AsyncIterator<Integer> part =
          AsyncIterators.pollFn(cx -> Next.pending(), cancels::incrementAndGet);
      chain = part.chain(chain);
    }
    chain.cancel();
    assertThat(cancels).hasValue(PARTS);
  }

  private static int append(StringBuilder order, int n) {
    order.append(n);
    return n;
  }
}
