package dev.pollux.executor.time;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.core.Waker;
import dev.pollux.testing.CountingWaker;
import dev.pollux.time.Sleep;
import dev.pollux.time.Time;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What comes to a wheel from a thread that does not hold it. Ticks are 10 ns. */
class TimerWheelQueueTest {

  private final Wheel wheel = new Wheel(10);
  private final CountingWaker waker = new CountingWaker();

  @CanIgnoreReturnValue
  private Sleep armedElsewhere(long nanos) {
    Sleep sleep = Time.sleep(Duration.ofNanos(nanos));
    wheel.elsewhere(() -> assertThat(wheel.poll(sleep, waker)).isFalse());
    return sleep;
  }

  @CanIgnoreReturnValue
  private Sleep armedHere(long nanos) {
    Sleep sleep = Time.sleep(Duration.ofNanos(nanos));
    assertThat(wheel.poll(sleep, waker)).isFalse();
    return sleep;
  }

  // ---- arming

  @Test
  void anEntryArmedElsewhereComesInAtTheNextTurn() {
    Sleep sleep = armedElsewhere(50);
    assertThat(wheel.advanceTo(40)).isZero();
    assertThat(wheel.advanceTo(50)).isEqualTo(1);
    assertThat(wheel.poll(sleep, waker)).isTrue();
  }

  @Test
  void anEntryThatComesInOverdueFiresAtOnce() {
    Sleep sleep = armedElsewhere(50);
    wheel.now = 5_000;
    assertThat(wheel.timer.nextDeadlineNanos()).isLessThanOrEqualTo(5_000);
    assertThat(wheel.advanceTo(5_000)).isEqualTo(1);
    assertThat(wheel.poll(sleep, waker)).isTrue();
  }

  @Test
  void theLatestWakerIsWokenThoughItWasReplacedInTheQueue() {
    Sleep sleep = armedElsewhere(50);
    CountingWaker latest = new CountingWaker();
    wheel.elsewhere(() -> assertThat(wheel.poll(sleep, latest)).isFalse());
    assertThat(wheel.advanceTo(50)).isEqualTo(1);
    assertThat(waker.count()).isZero();
    assertThat(latest.count()).isEqualTo(1);
  }

  @Test
  void whoIsAwakeIsNotUnparked() {
    armedElsewhere(50);
    assertThat(wheel.unparks).isZero();
  }

  @Test
  void whoSleepsForLongerIsUnparkedOnce() {
    armedHere(1_000);
    assertThat(wheel.timer.nextDeadlineNanos()).isPositive();
    armedElsewhere(500);
    assertThat(wheel.unparks).isEqualTo(1);
    armedElsewhere(100);
    assertThat(wheel.unparks).isEqualTo(1);
    assertThat(wheel.timer.nextDeadlineNanos()).isEqualTo(100);
    armedElsewhere(70);
    assertThat(wheel.unparks).isEqualTo(2);
  }

  @Test
  void whoSleepsForEverIsUnparked() {
    assertThat(wheel.timer.nextDeadlineNanos()).isEqualTo(Long.MAX_VALUE);
    armedElsewhere(Long.MAX_VALUE / 2);
    assertThat(wheel.unparks).isEqualTo(1);
  }

  @Test
  void whoWakesUpEarlierAnywayIsNotUnparked() {
    armedHere(100);
    assertThat(wheel.timer.nextDeadlineNanos()).isEqualTo(100);
    armedElsewhere(100);
    armedElsewhere(5_000);
    wheel.elsewhere(() -> {});
    assertThat(wheel.unparks).isZero();
    assertThat(wheel.advanceTo(5_000)).isEqualTo(3);
  }

  @Test
  void aTurnEndsTheSleep() {
    assertThat(wheel.timer.nextDeadlineNanos()).isEqualTo(Long.MAX_VALUE);
    wheel.advanceTo(10);
    armedElsewhere(50);
    assertThat(wheel.unparks).isZero();
  }

  @Test
  void anEntryThatWasSettledWhileItsHomeWasArmingItIsNotLinkedAgain() {
    Sleep sleep = armedElsewhere(50);
    assertThat(wheel.timer.size()).isEqualTo(1);
    wheel.timer.makeHome();
    wheel.elsewhere(() -> wheel.timer.arm(sleep));
    assertThat(wheel.timer.size()).isEqualTo(1);
    assertThat(wheel.advanceTo(50)).isEqualTo(1);
    wheel.elsewhere(() -> wheel.timer.arm(sleep));
    assertThat(wheel.timer.size()).as("it has fired").isZero();
    assertThat(wheel.poll(sleep, waker)).isTrue();
  }

  // ---- cancelling

  @Test
  void anEntryCancelledElsewhereHoldsNoWakerAtOnceAndIsGoneAtTheNextTurn() {
    Waker weak = new CountingWaker();
    WeakReference<Waker> reference = new WeakReference<>(weak);
    Sleep sleep = Time.sleep(Duration.ofNanos(500));
    assertThat(wheel.poll(sleep, weak)).isFalse();
    weak = null;
    wheel.elsewhere(sleep::cancel);
    for (int i = 0; i < 100 && reference.get() != null; i++) {
      System.gc();
    }
    assertThat(reference.get()).isNull();
    assertThat(wheel.timer.size()).isZero();
    assertThat(wheel.advanceTo(1_000)).isZero();
  }

  @Test
  void aFewCancelsDoNotWakeTheHolderAndManyDo() {
    List<Sleep> sleeps = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      sleeps.add(armedHere(1_000_000));
    }
    assertThat(wheel.timer.nextDeadlineNanos()).isPositive();
    wheel.elsewhere(() -> sleeps.subList(0, 1_000).forEach(Sleep::cancel));
    assertThat(wheel.unparks).isZero();
    wheel.elsewhere(() -> sleeps.forEach(Sleep::cancel));
    assertThat(wheel.unparks).isEqualTo(1);
    assertThat(wheel.timer.size()).isZero();
  }

  @Test
  void armedAndCancelledElsewhereItNeverComesIn() {
    armedElsewhere(50).cancel(); // in the queue, so it does not matter where it is cancelled
    Sleep other = armedElsewhere(50);
    wheel.elsewhere(other::cancel);
    assertThat(wheel.timer.size()).isZero();
    assertThat(wheel.advanceTo(100)).isZero();
    assertThat(waker.count()).isZero();
  }

  @Test
  void theHolderMayCancelWhatIsStillInTheQueue() {
    Sleep sleep = armedElsewhere(50);
    sleep.cancel();
    assertThat(wheel.advanceTo(100)).isZero();
    assertThat(wheel.timer.size()).isZero();
  }

  @Test
  void theHolderMayArmAnewWhatIsStillInTheQueue() {
    Sleep sleep = armedElsewhere(50);
    sleep.cancel();
    sleep.reset(Duration.ofNanos(30));
    assertThat(wheel.poll(sleep, waker)).isFalse();
    assertThat(wheel.timer.nextDeadlineNanos()).isEqualTo(30);
    assertThat(wheel.advanceTo(30)).isEqualTo(1);
    assertThat(wheel.poll(sleep, waker)).isTrue();
  }

  @Test
  void cancelAfterTheDeadlineHasComeDoesNothing() {
    Sleep sleep = armedHere(50);
    assertThat(wheel.advanceTo(50)).isEqualTo(1);
    wheel.elsewhere(sleep::cancel);
    assertThat(wheel.timer.size()).isZero();
  }

  // ---- used again

  @Test
  void aHuskThatIsUsedAgainStaysWithItsWheelAndKeepsTime() {
    Wheel other = new Wheel(10);
    other.now = 70_000; // clocks that differ, as those of two runtimes do
    Sleep sleep = armedHere(5_000);
    wheel.elsewhere(sleep::cancel);
    sleep.reset(Duration.ofNanos(300));
    assertThat(other.poll(sleep, waker)).isFalse();
    assertThat(other.timer.size()).isZero();
    assertThat(wheel.timer.nextDeadlineNanos()).isEqualTo(300);
    assertThat(wheel.advanceTo(300)).isEqualTo(1);
    assertThat(other.poll(sleep, waker)).isTrue();
  }

  @Test
  void aHuskThatIsUsedAgainUnparksTheHolderIfItIsEarlier() {
    Sleep sleep = armedHere(5_000);
    assertThat(wheel.timer.nextDeadlineNanos()).isPositive();
    wheel.elsewhere(
        () -> {
          sleep.cancel();
          sleep.reset(Duration.ofNanos(300));
          assertThat(wheel.unparks).isZero();
          assertThat(wheel.poll(sleep, waker)).isFalse();
        });
    assertThat(wheel.unparks).isEqualTo(1);
    assertThat(wheel.advanceTo(300)).isEqualTo(1);
  }

  @Test
  void onceLetGoItGoesToTheWheelOfItsNextPoll() {
    Wheel other = new Wheel(10);
    Sleep sleep = armedHere(5_000);
    wheel.elsewhere(sleep::cancel);
    assertThat(wheel.timer.size()).isZero();
    sleep.reset(Duration.ofNanos(300));
    assertThat(other.poll(sleep, waker)).isFalse();
    assertThat(other.timer.size()).isEqualTo(1);
    assertThat(wheel.timer.size()).isZero();
    assertThat(other.advanceTo(300)).isEqualTo(1);
  }

  @Test
  void broughtForwardElsewhereItIsMovedAndUnparksTheHolder() {
    Sleep sleep = armedHere(5_000);
    assertThat(wheel.timer.nextDeadlineNanos()).isPositive();
    wheel.elsewhere(() -> sleep.reset(Duration.ofNanos(300)));
    assertThat(wheel.unparks).isEqualTo(1);
    assertThat(wheel.advanceTo(290)).isZero();
    assertThat(wheel.advanceTo(300)).isEqualTo(1);
    assertThat(wheel.poll(sleep, waker)).isTrue();
    assertThat(wheel.timer.size()).isZero();
  }

  @Test
  void postponedElsewhereItTakesNoWayThroughTheQueue() {
    Sleep sleep = armedHere(500);
    assertThat(wheel.timer.nextDeadlineNanos()).isPositive();
    wheel.elsewhere(() -> sleep.reset(Duration.ofNanos(5_000)));
    assertThat(wheel.unparks).isZero();
    assertThat(wheel.advanceTo(4_990)).isZero();
    assertThat(wheel.advanceTo(5_000)).isEqualTo(1);
  }
}
