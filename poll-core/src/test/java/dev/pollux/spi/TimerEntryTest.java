package dev.pollux.spi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.core.Context;
import dev.pollux.core.Poll;
import dev.pollux.core.Poller;
import dev.pollux.core.Waker;
import dev.pollux.testing.CountingWaker;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Walks the protocol step by step on one thread: the owner's verbs as a thread that does not hold
 * the timer, and between any two of them the holder's single steps.
 */
class TimerEntryTest {

  private final List<StepTimer> timers = new ArrayList<>(List.of(new StepTimer(), new StepTimer()));
  private final Entry entry = new Entry(10);

  private static CountingWaker waker() {
    return new CountingWaker();
  }

  @Test
  void armedElsewhereItIsInTheQueueUntilTheHolderSettlesIt() throws Exception {
    StepTimer timer = timers.get(0);
    CountingWaker waker = waker();
    assertThat(entry.poll(timer, waker)).isFalse();
    assertThat(timer.queue).containsExactly(entry);
    timer.takeOne();
    assertThat(timer.list).containsExactly(entry);
    timer.now = 10;
    timer.expire();
    assertThat(waker.count()).isEqualTo(1);
    assertThat(entry.poll(timer, waker)).isTrue();
  }

  @Test
  void theLatestWakerIsWokenThoughItWasReplacedInTheQueue() throws Exception {
    StepTimer timer = timers.get(0);
    CountingWaker first = waker();
    CountingWaker second = waker();
    assertThat(entry.poll(timer, first)).isFalse();
    assertThat(entry.poll(timer, second)).isFalse();
    assertThat(entry.poll(timer, second)).isFalse();
    assertThat(timer.queue).hasSize(1);
    timer.takeOne();
    timer.now = 10;
    timer.expire();
    assertThat(first.count()).isZero();
    assertThat(second.count()).isEqualTo(1);
  }

  @Test
  void armedAndDisarmedElsewhereItIsLetGoInOneStep() throws Exception {
    StepTimer timer = timers.get(0);
    CountingWaker waker = waker();
    assertThat(entry.poll(timer, waker)).isFalse();
    assertThat(entry.disarm()).isTrue();
    assertThat(timer.queue).hasSize(1);
    timer.takeOne();
    assertThat(timer.list).isEmpty();
    timer.now = 100;
    timer.expire();
    assertThat(waker.count()).isZero();
  }

  @Test
  void aHuskWhoseDeadlineComesIsDroppedFromTheListAndStaysInTheQueue() throws Exception {
    StepTimer timer = timers.get(0);
    CountingWaker waker = waker();
    assertThat(entry.poll(timer, waker)).isFalse();
    timer.takeOne();
    assertThat(entry.disarm()).isTrue();
    timer.now = 10;
    timer.expire(); // before the queue is looked at, as in a race
    assertThat(waker.count()).isZero();
    assertThat(timer.list).isEmpty();
    assertThat(timer.queue).containsExactly(entry);
    timer.takeOne();
    assertThat(entry.isOver()).isTrue();
  }

  @Test
  void aHuskThatIsResetAndPolledElsewhereStaysWithItsTimer() throws Exception {
    StepTimer first = timers.get(0);
    StepTimer second = timers.get(1);
    second.now = 1_000;
    CountingWaker waker = waker();
    assertThat(entry.poll(first, waker())).isFalse();
    first.takeOne();
    assertThat(entry.disarm()).isTrue();
    entry.reset(50);
    assertThat(entry.poll(second, waker)).isFalse();
    assertThat(second.queue).isEmpty();
    assertThat(first.queue).containsExactly(entry);
    assertThat(first.told).isEqualTo(2); // armed twice, and told so each time
    first.takeOne();
    first.now = 49;
    first.expire();
    assertThat(waker.count()).isZero();
    first.now = 50;
    first.expire();
    assertThat(waker.count()).isEqualTo(1);
  }

  @Test
  void aHuskThatWasLetGoGoesToTheTimerOfItsNextPoll() throws Exception {
    StepTimer first = timers.get(0);
    StepTimer second = timers.get(1);
    assertThat(entry.poll(first, waker())).isFalse();
    assertThat(entry.disarm()).isTrue();
    entry.reset(50);
    first.takeOne();
    assertThat(entry.poll(second, waker())).isFalse();
    assertThat(first.queue).isEmpty();
    assertThat(second.queue).containsExactly(entry);
  }

  @Test
  void aHuskCanBeCancelledAndResetAgainAndAgain() throws Exception {
    StepTimer timer = timers.get(0);
    CountingWaker waker = waker();
    assertThat(entry.poll(timer, waker())).isFalse();
    for (int i = 0; i < 5; i++) {
      assertThat(entry.disarm()).isTrue();
      assertThat(entry.disarm()).isFalse();
      entry.reset(20 + i);
      assertThat(entry.poll(timer, waker)).isFalse();
      assertThat(timer.queue).hasSize(1);
    }
    timer.takeOne();
    timer.now = 24;
    timer.expire();
    assertThat(waker.count()).isEqualTo(1);
  }

  /**
   * Any order of steps: the entry is in one queue or list of one timer at most, wakes only when its
   * deadline has passed, and wakes then.
   */
  @Test
  void everyOrderOfStepsKeepsTheInvariants() throws Exception {
    for (int seed = 0; seed < 20_000; seed++) {
      try {
        walk(new Random(seed));
      } catch (Throwable failure) {
        throw new AssertionError("seed " + seed, failure);
      }
    }
  }

  private static void walk(Random random) throws Exception {
    Walk walk = new Walk(random);
    for (int step = 0; step < 40; step++) {
      walk.step();
      walk.check();
    }
    walk.finish();
  }

  /** One entry, two timers with one clock, and what should be true of them. */
  private static final class Walk {
    final Random random;
    final StepTimer[] timers = {new StepTimer(), new StepTimer()};
    final Entry entry;
    CountingWaker waker = waker();
    boolean
        waiting; // the last poll answered Pending, and neither disarm nor a true answer came since
    boolean over;
    long deadline = -1;
    long delay;

    /** The wakers of entries that were armed when they were disarmed, and their counts then. */
    final Map<CountingWaker, Long> quiet = new HashMap<>();

    Walk(Random random) {
      this.random = random;
      this.delay = random.nextInt(20);
      this.entry = new Entry(delay);
    }

    void step() throws Exception {
      StepTimer timer = timers[random.nextInt(2)];
      switch (random.nextInt(8)) {
        case 0, 1 -> poll(timer);
        case 2 -> {
          if (entry.disarm()) {
            quiet.put(waker, waker.count());
            waker = waker();
          }
          waiting = false;
          over = true;
        }
        case 3 -> {
          delay = random.nextInt(20);
          entry.reset(delay);
          if (waiting) {
            deadline = timer.now + delay;
          } else {
            deadline = -1;
          }
          over = false;
        }
        case 4, 5 -> timer.takeOne();
        case 6 -> timer.expire();
        default -> {
          long now = timers[0].now + random.nextInt(8);
          for (StepTimer each : timers) {
            each.now = now;
          }
        }
      }
    }

    void poll(StepTimer timer) throws Exception {
      if (over) {
        return;
      }
      if (random.nextBoolean()) {
        waker = waker();
      }
      if (deadline < 0) {
        deadline = timer.now + delay;
      }
      boolean elapsed = entry.poll(timer, waker);
      if (elapsed) {
        assertThat(timer.now).isGreaterThanOrEqualTo(deadline);
        entry.disarm();
        over = true;
        waiting = false;
      } else {
        waiting = true;
        waker.reset();
      }
    }

    void check() {
      quiet.forEach((disarmed, count) -> assertThat(disarmed.count()).isEqualTo(count));
      int places = 0;
      for (StepTimer timer : timers) {
        places += timer.queue.size();
        assertThat(timer.queue.size()).isLessThanOrEqualTo(1);
        assertThat(timer.list.size()).isLessThanOrEqualTo(1);
      }
      assertThat(places).isLessThanOrEqualTo(1);
      assertThat(timers[0].list.isEmpty() || timers[1].list.isEmpty()).isTrue();
      for (int i = 0; i < 2; i++) {
        StepTimer other = timers[1 - i];
        assertThat(timers[i].list.isEmpty() || other.queue.isEmpty()).isTrue();
      }
    }

    /** Time goes on until all is done: who still waits is woken, and nothing is left anywhere. */
    void finish() throws Exception {
      long end = timers[0].now + 100;
      for (StepTimer timer : timers) {
        timer.now = end;
        while (!timer.queue.isEmpty()) {
          timer.takeOne();
        }
        timer.expire();
        assertThat(timer.list).isEmpty();
      }
      check();
      if (waiting) {
        assertThat(waker.count()).isPositive();
        assertThat(entry.poll(timers[0], waker)).isTrue();
      }
    }
  }

  /**
   * A timer that is nobody's: all arms and disarms come from elsewhere, and each step is called by
   * name.
   */
  private static final class StepTimer extends AbstractTimer {
    final Deque<TimerEntry> queue = new ArrayDeque<>();
    final List<TimerEntry> list = new ArrayList<>();
    long now;
    int told;

    @Override
    public long nanoTime() {
      return now;
    }

    @Override
    public void arm(TimerEntry entry) {
      if (enterQueueToArm(entry)) {
        queue.addLast(entry);
      }
      told++;
    }

    @Override
    public void disarm(TimerEntry entry) {
      enterQueueToDisarm(entry);
      queue.addLast(entry);
    }

    void takeOne() {
      TimerEntry first = queue.pollFirst();
      if (first == null) {
        return;
      }
      list.remove(first);
      if (settle(first)) {
        list.add(first);
      }
    }

    void expire() {
      List<TimerEntry> due = list.stream().filter(entry -> entry.deadlineNanos() <= now).toList();
      for (TimerEntry entry : due) {
        list.remove(entry);
        Waker waker = fire(entry);
        if (waker != null) {
          waker.wake();
        }
      }
    }
  }

  private static final class Entry extends TimerEntry {
    Entry(long delayNanos) {
      super(delayNanos);
    }

    boolean poll(StepTimer timer, Waker waker) throws Exception {
      Poller poller = new Poller(new TimerOnly(timer), 0, false);
      return poller.poll((Context cx) -> Poll.ready(hasElapsed(cx)), waker).value();
    }
  }

  private record TimerOnly(Timer timer) implements Services {}
}
