package dev.pollux.executor.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.core.RuntimeShutdownException;
import dev.pollux.core.Waker;
import dev.pollux.testing.CountingWaker;
import dev.pollux.time.Sleep;
import dev.pollux.time.Time;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** The wheel turned by its holder. Ticks are 10 ns, unless it says otherwise. */
class TimerWheelTest {

  private static final long HOUR = Duration.ofHours(1).toNanos();

  private final Wheel wheel = new Wheel(10);
  private final List<String> log = new ArrayList<>();

  @CanIgnoreReturnValue
  private Sleep armed(long nanos, Waker waker) {
    Sleep sleep = Time.sleep(Duration.ofNanos(nanos));
    assertThat(wheel.poll(sleep, waker)).isFalse();
    return sleep;
  }

  @CanIgnoreReturnValue
  private Sleep armed(long nanos, String name) {
    return armed(nanos, () -> log.add(name));
  }

  @Test
  void aDeadlineIsRoundedUpToATickAndNeverEarly() {
    CountingWaker waker = new CountingWaker();
    Sleep sleep = armed(31, waker);
    assertThat(wheel.advanceTo(30)).isZero();
    assertThat(wheel.advanceTo(39)).isZero();
    assertThat(wheel.poll(sleep, waker)).isFalse();
    assertThat(wheel.advanceTo(40)).isEqualTo(1);
    assertThat(wheel.poll(sleep, waker)).isTrue();
  }

  @Test
  void aDeadlineOnATickIsThatTick() {
    armed(30, "a");
    assertThat(wheel.advanceTo(29)).isZero();
    assertThat(wheel.advanceTo(30)).isEqualTo(1);
  }

  @Test
  void neverEarlyThoughTheWheelLags() {
    wheel.now = 1_234_567; // nobody has turned the wheel since 0
    armed(100, "a");
    assertThat(wheel.advanceTo(1_234_666)).isZero();
    assertThat(wheel.advanceTo(1_234_669)).isZero();
    assertThat(wheel.advanceTo(1_234_670)).isEqualTo(1);
  }

  @Test
  void earlierTicksComeFirstAndWithinATickWhoWasFirst() {
    armed(5_000, "d");
    armed(45, "b1");
    armed(41, "b2");
    armed(20, "a");
    armed(50, "b3");
    armed(700, "c");
    assertThat(wheel.advanceTo(100_000)).isEqualTo(6);
    assertThat(log).containsExactly("a", "b1", "b2", "b3", "c", "d");
  }

  @Test
  void theOrderWithinATickOutlastsTheCascade() {
    for (int i = 0; i < 100; i++) {
      armed(300_000 - wheel.now - i % 10, "" + i);
      wheel.advanceTo(wheel.now + 2_990);
    }
    wheel.advanceTo(300_000);
    assertThat(log).hasSize(100);
    assertThat(log.stream().map(Integer::valueOf)).isSorted();
  }

  @Test
  void aJumpOfHoursFiresAllThatIsDueInOrder() {
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      long seconds = (i * 7_919L) % 1_000;
      armed(Duration.ofSeconds(10 * seconds + 1).toNanos(), "" + seconds);
      expected.add("" + i);
    }
    armed(5 * HOUR, "later");
    assertThat(wheel.advanceTo(3 * HOUR)).isEqualTo(1_000);
    assertThat(log).containsExactlyElementsOf(expected);
    assertThat(wheel.timer.size()).isEqualTo(1);
    assertThat(wheel.advanceTo(5 * HOUR)).isEqualTo(1);
  }

  @Test
  void entriesBeyondTheSpanWaitTheirTurnsOut() {
    long span = 10L << 36;
    for (long nanos : new long[] {span - 10, span, span + 10, 5 * span + 1_230, 64 * span + 77}) {
      CountingWaker waker = new CountingWaker();
      long deadline = wheel.now + nanos;
      Sleep sleep = armed(nanos, waker);
      long tick = Math.floorDiv(deadline + 9, 10) * 10;
      int turns = 0;
      while (wheel.timer.nextDeadlineNanos() < tick) {
        assertThat(wheel.advanceTo(wheel.timer.nextDeadlineNanos())).isZero();
        assertThat(++turns).isLessThan(100);
      }
      wheel.advanceTo(tick - 1);
      assertThat(waker.count()).isZero();
      wheel.advanceTo(tick);
      assertThat(waker.count()).isEqualTo(1);
      assertThat(wheel.poll(sleep, waker)).isTrue();
    }
  }

  @Test
  void whatNeverComesStaysAndCanBeCancelled() {
    Sleep never = Time.sleepUntil(Long.MAX_VALUE);
    assertThat(wheel.poll(never, Waker.noop())).isFalse();
    assertThat(wheel.advanceTo(Long.MAX_VALUE - 10)).isZero();
    assertThat(wheel.timer.size()).isEqualTo(1);
    never.cancel();
    assertThat(wheel.timer.size()).isZero();
    assertThat(wheel.timer.nextDeadlineNanos()).isEqualTo(Long.MAX_VALUE);
  }

  // ---- when to wake up

  @Test
  void anEmptyWheelHasNoDeadline() {
    assertThat(wheel.timer.nextDeadlineNanos()).isEqualTo(Long.MAX_VALUE);
    armed(100, "a").cancel();
    assertThat(wheel.timer.nextDeadlineNanos()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void theNextDeadlineIsExactWithinSixtyFourTicks() {
    wheel.advanceTo(640);
    armed(321, "a");
    armed(400, "b");
    assertThat(wheel.timer.nextDeadlineNanos()).isEqualTo(970);
    wheel.advanceTo(970);
    assertThat(wheel.timer.nextDeadlineNanos()).isEqualTo(1_040);
  }

  @Test
  void followingTheNextDeadlineFiresAFarEntryOnTimeInAFewSteps() {
    wheel.advanceTo(12_345_678_901L);
    for (long delay = 1; delay < HOUR / 6; delay = delay * 3 + 1) {
      long deadline = wheel.now + delay;
      armed(delay, "x");
      log.clear();
      int steps = 0;
      while (log.isEmpty()) {
        long next = wheel.timer.nextDeadlineNanos();
        assertThat(next).isGreaterThan(wheel.now).isLessThan(deadline + 10);
        wheel.advanceTo(next);
        steps++;
      }
      assertThat(wheel.now).isBetween(deadline, deadline + 9);
      assertThat(steps).isLessThanOrEqualTo(6);
    }
  }

  // ---- from inside a wake

  @Test
  void aWakeMayCancelWhatIsDueInTheSameTick() {
    AtomicReference<Sleep> second = new AtomicReference<>();
    armed(50, () -> second.get().cancel());
    second.set(armed(50, "second"));
    armed(50, "third");
    assertThat(wheel.advanceTo(50)).isEqualTo(2);
    assertThat(log).containsExactly("third");
    assertThat(wheel.timer.size()).isZero();
  }

  @Test
  void aWakeMayCancelAndArmWhatIsDueLaterInTheSameTurn() {
    Sleep cancelled = armed(70, "cancelled");
    wheel.now = 0;
    armed(
        50,
        () -> {
          cancelled.cancel();
          wheel.now = 50; // as if the clock stood still while the wheel catches up
          armed(20, "armed in between");
          wheel.now = 100;
        });
    armed(90, "last");
    assertThat(wheel.advanceTo(100)).isEqualTo(3);
    assertThat(log).containsExactly("armed in between", "last");
  }

  @Test
  void ifAWakeThrowsTheRestFollowsAtTheNextTurn() {
    armed(
        50,
        () -> {
          throw new IllegalStateException("from a waker");
        });
    armed(50, "b");
    armed(60, "c");
    assertThatThrownBy(() -> wheel.advanceTo(100)).hasMessage("from a waker");
    assertThat(log).isEmpty();
    assertThat(wheel.timer.nextDeadlineNanos()).isLessThanOrEqualTo(100);
    assertThat(wheel.advanceTo(100)).isEqualTo(2);
    assertThat(log).containsExactly("b", "c");
  }

  // ---- postponed

  @Test
  void aPostponedEntryIsMovedWithoutAWakeWhenItsOldTimeComes() {
    CountingWaker waker = new CountingWaker();
    Sleep sleep = armed(100, waker);
    wheel.now = 50;
    sleep.reset(Duration.ofNanos(1_000));
    assertThat(wheel.timer.nextDeadlineNanos()).isEqualTo(100);
    assertThat(wheel.advanceTo(100)).isZero();
    assertThat(wheel.poll(sleep, waker)).isFalse();
    assertThat(wheel.advanceTo(1_049)).isZero();
    assertThat(wheel.advanceTo(1_050)).isEqualTo(1);
    assertThat(wheel.poll(sleep, waker)).isTrue();
  }

  @Test
  void anEntryThatIsBroughtForwardIsMoved() {
    CountingWaker waker = new CountingWaker();
    Sleep sleep = armed(100_000, waker);
    sleep.reset(Duration.ofNanos(100));
    assertThat(wheel.timer.size()).isEqualTo(1);
    assertThat(wheel.timer.nextDeadlineNanos()).isEqualTo(100);
    assertThat(wheel.advanceTo(100)).isEqualTo(1);
    assertThat(wheel.poll(sleep, waker)).isTrue();
    assertThat(wheel.timer.size()).isZero();
  }

  // ---- what is left

  @Test
  void aHundredThousandCancelledSleepsLeaveNothing() {
    List<WeakReference<Object>> gone = new ArrayList<>();
    for (int i = 0; i < 100_000; i++) {
      Waker waker = new CountingWaker();
      Sleep sleep = armed(1 + (i * 2_654_435_761L) % HOUR, waker);
      if (i % 1_000 == 0) {
        gone.add(new WeakReference<>(waker));
        gone.add(new WeakReference<>(sleep));
      }
      if (i % 2 == 0) {
        sleep.cancel();
      } else {
        wheel.elsewhere(sleep::cancel);
      }
    }
    assertThat(wheel.timer.size()).isZero();
    assertThat(wheel.timer.nextDeadlineNanos()).isEqualTo(Long.MAX_VALUE);
    for (int i = 0; i < 100 && gone.stream().anyMatch(each -> each.get() != null); i++) {
      System.gc();
    }
    assertThat(gone).allMatch(each -> each.get() == null);
    assertThat(wheel.advanceTo(2 * HOUR)).isZero();
  }

  // ---- closing

  @Test
  void closeWakesEverybodyToFailAndRefusesWhoComesLater() {
    CountingWaker waker = new CountingWaker();
    Sleep linked = armed(100, waker);
    Sleep far = armed(10 * HOUR, waker);
    Sleep queued = Time.sleep(Duration.ofNanos(70));
    wheel.elsewhere(() -> assertThat(wheel.poll(queued, waker)).isFalse());
    Sleep cancelled = armed(100, waker);
    cancelled.cancel();

    wheel.timer.close(Waker::wake);
    wheel.timer.close(Waker::wake);

    assertThat(waker.count()).isEqualTo(3);
    assertThat(wheel.timer.size()).isZero();
    for (Sleep sleep : List.of(linked, far, queued)) {
      assertThatThrownBy(() -> wheel.poll(sleep, waker))
          .isInstanceOf(RuntimeShutdownException.class);
    }
    Runnable later =
        () -> {
          Sleep refused = Time.sleep(Duration.ofNanos(1));
          assertThatThrownBy(() -> wheel.poll(refused, waker))
              .isInstanceOf(RuntimeShutdownException.class);
        };
    later.run();
    wheel.elsewhere(later);
    assertThat(wheel.advanceTo(HOUR)).isZero();
    assertThat(wheel.timer.nextDeadlineNanos()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void closeLetsGoOfHusksForAnotherTimer() {
    Sleep sleep = armed(100, Waker.noop());
    wheel.elsewhere(sleep::cancel);
    wheel.timer.close(Waker::wake);
    Wheel other = new Wheel(10);
    CountingWaker waker = new CountingWaker();
    sleep.reset(Duration.ofNanos(50));
    assertThat(other.poll(sleep, waker)).isFalse();
    assertThat(other.timer.size()).isEqualTo(1);
    assertThat(other.advanceTo(50)).isEqualTo(1);
  }

  @Test
  void closeGoesOnAtASecondCallIfAWakeThrew() {
    armed(
        10,
        () -> {
          throw new IllegalStateException("from a waker");
        });
    CountingWaker waker = new CountingWaker();
    armed(20, waker);
    Sleep queued = Time.sleep(Duration.ofNanos(70));
    wheel.elsewhere(() -> assertThat(wheel.poll(queued, waker)).isFalse());
    assertThatThrownBy(() -> wheel.timer.close(Waker::wake)).hasMessage("from a waker");
    wheel.timer.close(Waker::wake);
    assertThat(waker.count()).isEqualTo(2);
  }

  // ---- holding

  @Test
  void oneThreadHoldsIt() {
    assertThat(wheel.timer.tryAcquire()).isFalse();
    assertThatThrownBy(wheel.timer::acquire)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(Thread.currentThread().getName());
    wheel.timer.release();
    assertThat(wheel.timer.tryAcquire()).isTrue();
  }

  @Test
  void refusesATickThatIsNotPositive() {
    assertThatThrownBy(() -> new TimerWheel(() -> 0, 0, () -> {}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("0");
  }
}
