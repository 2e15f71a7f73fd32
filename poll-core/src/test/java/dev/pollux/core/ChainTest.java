package dev.pollux.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ChainTest {

  private static final int MILLION = 1_000_000;

  private final HandCrank crank = new HandCrank();

  @Test
  void aMillionFlatMapsOnTheLeftRunInConstantStack() throws Exception {
    Future<Integer> chain = Futures.ready(0);
    for (int i = 0; i < MILLION; i++) {
      chain = chain.flatMap(x -> Futures.ready(x + 1));
    }
    assertThat(crank.finish(chain)).isEqualTo(MILLION);
  }

  @Test
  void aRecursionAMillionDeepRunsInConstantStack() throws Exception {
    assertThat(crank.finish(countDown(MILLION))).isEqualTo("done");
  }

  private static Future<String> countDown(int n) {
    return n == 0
        ? Futures.ready("done")
        : Futures.ready(n).flatMap(x -> countDown(x - 1)).map(s -> s);
  }
}
