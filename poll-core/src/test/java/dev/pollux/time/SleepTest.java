package dev.pollux.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.Budget;
import dev.pollux.core.Description;
import dev.pollux.core.MissingServiceException;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.core.Poller;
import dev.pollux.core.RuntimeShutdownException;
import dev.pollux.core.Waker;
import dev.pollux.spi.AbstractTimer;
import dev.pollux.spi.Services;
import dev.pollux.spi.Timer;
import dev.pollux.spi.TimerEntry;
import dev.pollux.testing.CountingWaker;
import dev.pollux.testing.ManualClock;
import dev.pollux.testing.PollHarness;
import java.lang.ref.WeakReference;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class SleepTest {

  private final ManualClock clock = new ManualClock();
  private final PollHarness harness = PollHarness.with(clock);

  private static Duration nanos(long nanos) {
    return Duration.ofNanos(nanos);
  }

  private boolean isReady(Sleep sleep) throws Exception {
    return harness.poll(sleep).isReady();
  }

  @Test
  void completesAtItsDeadlineAndNotANanosecondEarlier() throws Exception {
    Sleep sleep = Time.sleep(nanos(100));
    assertThat(isReady(sleep)).isFalse();
    clock.advance(nanos(99));
    assertThat(harness.woken()).isFalse();
    assertThat(isReady(sleep)).isFalse();
    clock.advance(nanos(1));
    assertThat(harness.woken()).isTrue();
    assertThat(isReady(sleep)).isTrue();
  }

  @Test
  void countsFromItsFirstPoll() throws Exception {
    Sleep sleep = Time.sleep(nanos(100));
    clock.advance(nanos(1_000));
    assertThat(isReady(sleep)).isFalse();
    clock.advance(nanos(99));
    assertThat(isReady(sleep)).isFalse();
    clock.advance(nanos(1));
    assertThat(isReady(sleep)).isTrue();
  }

  @Test
  void zeroAndNegativeDurationsCompleteAtTheFirstPollWithoutATimer() throws Exception {
    Poller withoutTimer = new Poller(new Services() {}, 0, true);
    for (Duration duration :
        List.of(Duration.ZERO, nanos(-1), Duration.ofSeconds(Long.MIN_VALUE))) {
      assertThat(withoutTimer.poll(Time.sleep(duration), Waker.noop()).isReady()).isTrue();
    }
  }

  @Test
  void saysWhatIsMissingWithoutATimer() {
    Poller withoutTimer = new Poller(new Services() {}, 0, true);
    assertThatThrownBy(() -> withoutTimer.poll(Time.sleep(nanos(1)), Waker.noop()))
        .isInstanceOf(MissingServiceException.class)
        .hasMessageContaining("timer");
  }

  @Test
  void centuriesCanBeSlept() throws Exception {
    Sleep threeCenturies = Time.sleep(Duration.ofDays(365L * 300));
    Sleep longest = Time.sleep(Duration.ofSeconds(Long.MAX_VALUE, 999_999_999));
    clock.advance(nanos(7));
    assertThat(isReady(threeCenturies)).isFalse();
    assertThat(isReady(longest)).isFalse();
    clock.advance(Duration.ofDays(365L * 290));
    assertThat(harness.woken()).isFalse();
    assertThat(isReady(longest)).isFalse();
    assertThat(longest.deadlineNanos()).isEqualTo(Long.MAX_VALUE);
    assertThat(Description.of(longest).waitsFor()).contains("never");
  }

  @Test
  void sleepUntilCompletesAtThatTimeOfTheTimer() throws Exception {
    clock.advance(nanos(50));
    assertThat(isReady(Time.sleepUntil(50))).isTrue();
    assertThat(isReady(Time.sleepUntil(-50))).isTrue();
    Sleep sleep = Time.sleepUntil(60);
    assertThat(isReady(sleep)).isFalse();
    clock.advance(nanos(10));
    assertThat(isReady(sleep)).isTrue();
    assertThat(isReady(Time.sleepUntil(Long.MAX_VALUE))).isFalse();
  }

  @Test
  void isOverAfterItsEndAndAfterCancel() throws Exception {
    Sleep completed = Time.sleep(nanos(1));
    assertThat(isReady(completed)).isFalse();
    clock.advance(nanos(1));
    assertThat(isReady(completed)).isTrue();
    Sleep atOnce = Time.sleep(Duration.ZERO);
    assertThat(isReady(atOnce)).isTrue();
    Sleep cancelled = Time.sleep(nanos(5));
    assertThat(isReady(cancelled)).isFalse();
    cancelled.cancel();
    cancelled.cancel();
    Sleep neverPolled = Time.sleep(nanos(5));
    neverPolled.cancel();
    for (Sleep over : List.of(completed, atOnce, cancelled, neverPolled)) {
      assertThatThrownBy(() -> isReady(over))
          .isInstanceOf(PollAfterEndException.class)
          .hasMessageContaining("sleep");
    }
  }

  @Test
  void cancelLeavesNothingInTheTimerAndReachesNoWaker() throws Exception {
    Poller poller = new Poller(harness.services(), 0, false);
    Sleep sleep = Time.sleep(nanos(5));
    Waker waker = new CountingWaker();
    WeakReference<Waker> reference = new WeakReference<>(waker);
    assertThat(poller.poll(sleep, waker).isPending()).isTrue();
    assertThat(clock.armed()).isEqualTo(1);
    waker = null;
    sleep.cancel();
    assertThat(clock.armed()).isZero();
    for (int i = 0; i < 100 && reference.get() != null; i++) {
      System.gc();
    }
    assertThat(reference.get()).isNull();
    assertThat(sleep.deadlineNanos()).isPositive(); // alive to here
  }

  @Test
  void wakesTheWakerOfTheLatestPoll() throws Exception {
    Sleep sleep = Time.sleep(nanos(10));
    assertThat(isReady(sleep)).isFalse();
    CountingWaker first = harness.replaceWaker();
    assertThat(isReady(sleep)).isFalse();
    clock.advance(nanos(10));
    assertThat(first.count()).isZero();
    assertThat(harness.wakes()).isEqualTo(1);
  }

  @Test
  void takesAUnitOfBudgetOnlyWhenItCompletes() throws Exception {
    Sleep sleep = Time.sleep(nanos(10));
    List<Integer> left = new ArrayList<>();
    harness.poll(
        cx -> {
          assertThat(sleep.poll(cx).isPending()).isTrue();
          left.add(cx.budget().remaining());
          return Poll.done();
        });
    clock.advance(nanos(10));
    harness.poll(
        cx -> {
          assertThat(sleep.poll(cx).isReady()).isTrue();
          left.add(cx.budget().remaining());
          return Poll.done();
        });
    assertThat(left).containsExactly(Budget.UNITS, Budget.UNITS - 1);
  }

  @Test
  void withoutBudgetItGivesWayAndCompletesInTheNextTurn() throws Exception {
    for (Sleep sleep : List.of(Time.sleep(Duration.ZERO), Time.sleepUntil(0))) {
      harness.poll(
          cx -> {
            while (cx.budget().tryConsume()) {}
            assertThat(sleep.poll(cx).isPending()).isTrue();
            return Poll.done();
          });
      assertThat(harness.woken()).isTrue();
      assertThat(isReady(sleep)).isTrue();
    }
  }

  // ---- reset

  @Test
  void aPostponedSleepWakesAtTheNewTimeOnly() throws Exception {
    Sleep sleep = Time.sleep(nanos(10));
    assertThat(isReady(sleep)).isFalse();
    clock.advance(nanos(6));
    sleep.reset(nanos(10));
    clock.advance(nanos(9));
    assertThat(harness.woken()).isFalse();
    assertThat(isReady(sleep)).isFalse();
    clock.advance(nanos(1));
    assertThat(harness.woken()).isTrue();
    assertThat(isReady(sleep)).isTrue();
  }

  @Test
  void aSleepThatIsBroughtForwardWakesAtTheNewTimeWithoutAnotherPoll() throws Exception {
    Sleep sleep = Time.sleep(nanos(1_000));
    assertThat(isReady(sleep)).isFalse();
    sleep.reset(nanos(10));
    clock.advance(nanos(9));
    assertThat(harness.woken()).isFalse();
    clock.advance(nanos(1));
    assertThat(harness.woken()).isTrue();
    assertThat(isReady(sleep)).isTrue();
    assertThat(clock.armed()).isZero();
  }

  @Test
  void aSleepThatIsPostponedAgainAndAgainCompletesAtTheLastTime() throws Exception {
    Sleep idle = Time.sleep(nanos(30));
    assertThat(isReady(idle)).isFalse();
    for (int i = 0; i < 1_000; i++) {
      clock.advance(nanos(29));
      idle.reset(nanos(30));
      assertThat(harness.woken()).isFalse();
    }
    clock.advance(nanos(29));
    assertThat(isReady(idle)).isFalse();
    clock.advance(nanos(1));
    assertThat(isReady(idle)).isTrue();
  }

  @Test
  void aSleepThatIsOverIsAsGoodAsNewAfterReset() throws Exception {
    Sleep sleep = Time.sleep(nanos(10));
    for (int i = 0; i < 3; i++) {
      assertThat(isReady(sleep)).isFalse();
      clock.advance(nanos(10));
      assertThat(isReady(sleep)).isTrue();
      sleep.reset(nanos(10));
      clock.advance(nanos(100)); // counts from the next poll
    }
    assertThat(isReady(sleep)).isFalse();
    sleep.cancel();
    sleep.reset(nanos(20));
    assertThat(isReady(sleep)).isFalse();
    clock.advance(nanos(19));
    assertThat(isReady(sleep)).isFalse();
    clock.advance(nanos(1));
    assertThat(isReady(sleep)).isTrue();
  }

  @Test
  void resetBeforeTheFirstPollReplacesTheDuration() throws Exception {
    Sleep sleep = Time.sleep(nanos(10));
    sleep.reset(nanos(50));
    assertThat(isReady(sleep)).isFalse();
    clock.advance(nanos(49));
    assertThat(isReady(sleep)).isFalse();
    clock.advance(nanos(1));
    assertThat(isReady(sleep)).isTrue();
  }

  @Test
  void resetOfASleepWhoseEndWasNotSeenCountsFromTheReset() throws Exception {
    Sleep sleep = Time.sleep(nanos(10));
    assertThat(isReady(sleep)).isFalse();
    clock.advance(nanos(10));
    sleep.reset(nanos(10));
    clock.advance(nanos(4));
    assertThat(isReady(sleep)).isFalse();
    clock.advance(nanos(6));
    assertThat(harness.woken()).isTrue();
    assertThat(isReady(sleep)).isTrue();
  }

  @Test
  void aTimerThatFiresByTheOldDeadlineDoesNotMakeAPostponedSleepEarly() throws Exception {
    BlindTimer timer = new BlindTimer();
    Poller poller = new Poller(new TimerOnly(timer), 0, true);
    CountingWaker waker = new CountingWaker();
    Sleep sleep = Time.sleep(nanos(10));
    assertThat(poller.poll(sleep, waker).isPending()).isTrue();
    sleep.reset(nanos(25));
    timer.now = 10;
    timer.fireAll();
    assertThat(waker.count()).isEqualTo(1);
    assertThat(poller.poll(sleep, waker).isPending()).isTrue();
    timer.now = 24;
    assertThat(poller.poll(sleep, waker).isPending()).isTrue();
    timer.now = 25;
    timer.fireAll();
    assertThat(waker.count()).isEqualTo(2);
    assertThat(poller.poll(sleep, waker).isReady()).isTrue();
    assertThat(timer.entries).isEmpty();
  }

  @Test
  void aPostponedSleepThatFiredGoesOnOnTheTimerOfItsNextPoll() throws Exception {
    BlindTimer first = new BlindTimer();
    Sleep sleep = Time.sleep(nanos(10));
    assertThat(new Poller(new TimerOnly(first), 0, true).poll(sleep, Waker.noop()).isPending())
        .isTrue();
    sleep.reset(nanos(25));
    first.now = 10;
    first.fireAll();
    BlindTimer second = new BlindTimer();
    second.now = 1_000; // another clock, on which the remaining 15 ns end at 1,015
    Poller poller = new Poller(new TimerOnly(second), 0, true);
    assertThat(poller.poll(sleep, Waker.noop()).isPending()).isTrue();
    assertThat(first.entries).isEmpty();
    assertThat(second.entries).containsExactly(sleep);
    assertThat(sleep.deadlineNanos()).isEqualTo(1_015);
  }

  // ---- a timer that refuses

  @Test
  void failsIfTheTimerIsClosedAndIsOverThen() {
    BlindTimer closed = new BlindTimer();
    closed.closed = true;
    Poller poller = new Poller(new TimerOnly(closed), 0, true);
    Sleep sleep = Time.sleep(nanos(10));
    assertThatThrownBy(() -> poller.poll(sleep, Waker.noop()))
        .isInstanceOf(RuntimeShutdownException.class);
    assertThatThrownBy(() -> poller.poll(sleep, Waker.noop()))
        .isInstanceOf(PollAfterEndException.class);
  }

  @Test
  void failsIfTheTimerIsClosedUnderIt() throws Exception {
    BlindTimer timer = new BlindTimer();
    Poller poller = new Poller(new TimerOnly(timer), 0, true);
    CountingWaker waker = new CountingWaker();
    Sleep sleep = Time.sleep(nanos(10));
    assertThat(poller.poll(sleep, waker).isPending()).isTrue();
    timer.closeAll();
    assertThat(waker.count()).isEqualTo(1);
    assertThatThrownBy(() -> poller.poll(sleep, waker))
        .isInstanceOf(RuntimeShutdownException.class);
    assertThatThrownBy(() -> poller.poll(sleep, waker)).isInstanceOf(PollAfterEndException.class);
  }

  @Test
  void bringingForwardOnAClosedTimerWakesForTheFailure() throws Exception {
    BlindTimer timer = new BlindTimer();
    Poller poller = new Poller(new TimerOnly(timer), 0, true);
    CountingWaker waker = new CountingWaker();
    Sleep sleep = Time.sleep(nanos(10));
    assertThat(poller.poll(sleep, waker).isPending()).isTrue();
    timer.closed = true;
    sleep.reset(nanos(5));
    assertThat(waker.count()).isEqualTo(1);
    assertThatThrownBy(() -> poller.poll(sleep, waker))
        .isInstanceOf(RuntimeShutdownException.class);
  }

  // ---- what it says of itself, and weighs

  @Test
  void saysWhatItWaitsFor() throws Exception {
    Sleep sleep = Time.sleep(Duration.ofSeconds(3));
    assertThat(Description.of(sleep).toString()).startsWith("sleep").contains("not waiting");
    assertThat(isReady(sleep)).isFalse();
    clock.advance(Duration.ofSeconds(1));
    assertThat(Description.of(sleep).waitsFor()).isEqualTo("a deadline in PT2S");
    sleep.cancel();
    assertThat(Description.of(sleep).toString()).contains("over");
  }

  @Test
  void isOneObjectOfFortyBytes() {
    // Header 12, a long and five references of 4 bytes each are 40 bytes with compressed
    // references: no room for more.
    assertThat(instanceFields(Sleep.class)).isEmpty();
    List<String> types =
        instanceFields(TimerEntry.class).stream()
            .map(field -> field.getType().isPrimitive() ? field.getType().getName() : "reference")
            .sorted()
            .toList();
    assertThat(types)
        .containsExactly("long", "reference", "reference", "reference", "reference", "reference");
  }

  private static List<Field> instanceFields(Class<?> type) {
    return Arrays.stream(type.getDeclaredFields())
        .filter(field -> !Modifier.isStatic(field.getModifiers()))
        .toList();
  }

  private record TimerOnly(Timer timer) implements Services {}

  /** A timer that never looks at a deadline: the test says when it fires. */
  private static final class BlindTimer extends AbstractTimer {
    final List<TimerEntry> entries = new ArrayList<>();
    long now;
    boolean closed;

    @Override
    public long nanoTime() {
      return now;
    }

    @Override
    public void arm(TimerEntry entry) {
      if (closed) {
        throw new RuntimeShutdownException("closed");
      }
      entries.add(entry);
    }

    @Override
    public void disarm(TimerEntry entry) {
      entries.remove(entry);
    }

    void fireAll() {
      List<TimerEntry> all = List.copyOf(entries);
      entries.clear();
      all.forEach(entry -> fire(entry).wake());
    }

    void closeAll() {
      closed = true;
      List<TimerEntry> all = List.copyOf(entries);
      entries.clear();
      all.forEach(entry -> close(entry).wake());
    }
  }
}
