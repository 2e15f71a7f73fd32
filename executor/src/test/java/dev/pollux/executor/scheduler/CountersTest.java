package dev.pollux.executor.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CountersTest {

  private static final int[] ALL = {
    Counters.LIFO_POLLS,
    Counters.STEALS,
    Counters.STOLEN,
    Counters.INJECTED,
    Counters.OVERFLOWS,
    Counters.PARKS,
    Counters.IDLE_WAKES,
    Counters.RESCUES
  };

  @Test
  void eachCounterCountsForItself() {
    Counters counters = new Counters();
    for (int i = 0; i < ALL.length; i++) {
      assertThat(counters.get(ALL[i])).isZero();
      counters.add(ALL[i], i);
      counters.increment(ALL[i]);
    }
    for (int i = 0; i < ALL.length; i++) {
      assertThat(counters.get(ALL[i])).isEqualTo(i + 1);
    }
  }
}
