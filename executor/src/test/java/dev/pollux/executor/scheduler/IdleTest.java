package dev.pollux.executor.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

@SuppressWarnings("CheckReturnValue") // where the state tells
class IdleTest {

  private static final class Sleeper implements Idle.Sleeper {
    boolean asleep;
    boolean lastChoice;

    @Override
    public boolean isAsleep() {
      return asleep;
    }

    @Override
    public void setAsleep(boolean asleep) {
      this.asleep = asleep;
    }

    @Override
    public boolean isLastChoice() {
      return lastChoice;
    }
  }

  private final Sleeper a = new Sleeper();
  private final Sleeper b = new Sleeper();
  private final Sleeper c = new Sleeper();

  @Test
  void inTheBeginningAllAreAwakeAndNobodyIsWoken() {
    Idle<Sleeper> idle = new Idle<>(2);
    assertThat(idle).hasToString("Idle[2 awake, 0 searching]");
    assertThat(idle.anyAsleep()).isFalse();
    assertThat(idle.allAsleep()).isFalse();
    assertThat(idle.wantsSearcher()).isFalse();
    assertThat(idle.wakeForWork()).isNull();
    assertThat(idle.anySleeper()).isNull();
    assertThat(idle.wakeUp(a)).isFalse();
  }

  @Test
  void whoeverIsWokenForWorkIsSearchingAndNobodyElseIsWokenUntilItStops() {
    Idle<Sleeper> idle = new Idle<>(2);
    assertThat(idle.fallAsleep(a, false)).as("nobody searches: look again").isTrue();
    assertThat(idle.fallAsleep(b, false)).isTrue();
    assertThat(idle.allAsleep()).isTrue();
    assertThat(idle.wakeForWork()).as("the shortest asleep").isSameAs(b);
    assertThat(idle).hasToString("Idle[1 awake, 1 searching]");
    assertThat(b.asleep).isFalse();
    assertThat(idle.wakeUp(b)).as("woken by somebody").isFalse();
    assertThat(idle.wantsSearcher()).isFalse();
    assertThat(idle.wakeForWork()).isNull();
    assertThat(idle.stopSearching()).as("was the last").isTrue();
    assertThat(idle.wantsSearcher()).isTrue();
    assertThat(idle.wakeForWork()).isSameAs(a);
    assertThat(idle.anyAsleep()).isFalse();
    assertThat(idle).hasToString("Idle[2 awake, 1 searching]");
  }

  @Test
  void theLastChoiceIsWokenOnlyIfThereIsNoOther() {
    Idle<Sleeper> idle = new Idle<>(3);
    c.lastChoice = true;
    idle.fallAsleep(a, false);
    idle.fallAsleep(b, false);
    idle.fallAsleep(c, false);
    assertThat(idle.anySleeper()).as("the longest asleep").isSameAs(a);
    assertThat(idle.wakeForWork()).isSameAs(b);
    assertThat(idle.stopSearching()).isTrue();
    assertThat(idle.wakeForWork()).isSameAs(a);
    assertThat(idle.stopSearching()).isTrue();
    assertThat(idle.wakeForWork()).isSameAs(c);
  }

  @Test
  void whoWakesUpByItselfIsNotSearching() {
    Idle<Sleeper> idle = new Idle<>(3);
    idle.fallAsleep(a, false);
    idle.fallAsleep(b, false);
    idle.fallAsleep(c, false);
    assertThat(idle.wakeUp(b)).isTrue();
    assertThat(idle.wakeUp(b)).isFalse();
    assertThat(idle).hasToString("Idle[1 awake, 0 searching]");
    assertThat(idle.wantsSearcher()).isTrue();
    assertThat(idle.wakeForWork()).isSameAs(c);
    assertThat(idle.stopSearching()).isTrue();
    assertThat(idle.wakeForWork()).isSameAs(a);
  }

  @Test
  void halfOfTheWorkersMaySearch() {
    Idle<Sleeper> idle = new Idle<>(5);
    assertThat(idle.tryStartSearching()).isTrue();
    assertThat(idle.tryStartSearching()).isTrue();
    assertThat(idle.tryStartSearching()).isTrue();
    assertThat(idle.tryStartSearching()).isFalse();
    assertThat(idle.searching()).isEqualTo(3);
    assertThat(idle.stopSearching()).isFalse();
    assertThat(idle.tryStartSearching()).isTrue();
    assertThat(new Idle<>(1).tryStartSearching()).as("the only one").isTrue();
  }

  @Test
  void onlyTheLastSearcherLooksAgain() {
    Idle<Sleeper> idle = new Idle<>(4);
    assertThat(idle.tryStartSearching()).isTrue();
    assertThat(idle.tryStartSearching()).isTrue();
    assertThat(idle.fallAsleep(a, false)).as("two are searching").isFalse();
    assertThat(idle.fallAsleep(b, true)).as("one is searching").isFalse();
    assertThat(idle.wantsSearcher()).isFalse();
    assertThat(idle.fallAsleep(c, true)).as("nobody is searching").isTrue();
    assertThat(idle.wantsSearcher()).isTrue();
  }

  @Test
  void asManyWorkersAsCanBeCountedFit() {
    Idle<Sleeper> idle = new Idle<>(Idle.MOST_WORKERS);
    assertThat(idle).hasToString("Idle[" + Idle.MOST_WORKERS + " awake, 0 searching]");
    assertThat(idle.wantsSearcher()).isFalse();
    assertThat(idle.fallAsleep(a, false)).isTrue();
    assertThat(idle.wantsSearcher()).isTrue();
    assertThat(idle.wakeForWork()).isSameAs(a);
    assertThat(idle).hasToString("Idle[" + Idle.MOST_WORKERS + " awake, 1 searching]");
  }
}
