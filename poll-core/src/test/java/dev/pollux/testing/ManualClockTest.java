package dev.pollux.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.Future;
import dev.pollux.core.Poller;
import dev.pollux.core.Waker;
import dev.pollux.spi.Services;
import dev.pollux.spi.Timer;
import dev.pollux.time.Sleep;
import dev.pollux.time.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ManualClockTest {

  private final ManualClock clock = new ManualClock();
  private final Poller poller =
      new Poller(
          new Services() {
            @Override
            public Timer timer() {
              return clock;
            }
          },
          0,
          true);

  private void sleepUntil(long deadlineNanos, Waker waker) throws Exception {
    assertThat(poller.poll(Time.sleepUntil(deadlineNanos), waker).isPending()).isTrue();
  }

  @Test
  void timeStandsStill() {
    assertThat(clock.nanoTime()).isZero();
    assertThat(clock.nanoTime()).isZero();
  }

  @Test
  void nothingFiresBeforeItsDeadline() throws Exception {
    sleepUntil(10, new PanicWaker());
    clock.advanceTo(9);
    assertThat(clock.armed()).isEqualTo(1);
    assertThatThrownBy(() -> clock.advance(Duration.ofNanos(1))).isInstanceOf(AssertionError.class);
    assertThat(clock.armed()).isZero();
  }

  @Test
  void entriesFireInTheOrderOfTheirDeadlinesAndOfTheirArming() throws Exception {
    List<String> fired = new ArrayList<>();
    sleepUntil(20, () -> fired.add("late"));
    sleepUntil(10, () -> fired.add("early"));
    sleepUntil(20, () -> fired.add("late too"));
    clock.advance(Duration.ofSeconds(1));
    assertThat(fired).containsExactly("early", "late", "late too");
  }

  @Test
  void whileAnEntryFiresTheTimeIsItsDeadline() throws Exception {
    List<Long> times = new ArrayList<>();
    sleepUntil(10, () -> times.add(clock.nanoTime()));
    sleepUntil(30, () -> times.add(clock.nanoTime()));
    clock.advanceTo(100);
    assertThat(times).containsExactly(10L, 30L);
    assertThat(clock.nanoTime()).isEqualTo(100);
  }

  @Test
  void aCancelledEntryIsForgotten() throws Exception {
    Sleep sleep = Time.sleepUntil(10);
    assertThat(poller.poll(sleep, new PanicWaker()).isPending()).isTrue();
    sleep.cancel();
    assertThat(clock.armed()).isZero();
    clock.advanceTo(100);
  }

  @Test
  void aPostponedEntryFiresAtItsNewDeadline() throws Exception {
    CountingWaker waker = new CountingWaker();
    Sleep sleep = Time.sleepUntil(10);
    assertThat(poller.poll(sleep, waker).isPending()).isTrue();
    sleep.resetUntil(50);
    assertThat(clock.nextDeadlineNanos()).hasValue(50);
    clock.advanceTo(49);
    assertThat(waker.count()).isZero();
    clock.advanceTo(50);
    assertThat(waker.count()).isEqualTo(1);
  }

  @Test
  void advanceToNextGoesFromDeadlineToDeadline() throws Exception {
    CountingWaker waker = new CountingWaker();
    sleepUntil(10, waker);
    sleepUntil(20, waker);
    sleepUntil(Long.MAX_VALUE, new PanicWaker());
    assertThat(clock.advanceToNext()).isTrue();
    assertThat(clock.nanoTime()).isEqualTo(10);
    assertThat(clock.advanceToNext()).isTrue();
    assertThat(clock.nanoTime()).isEqualTo(20);
    assertThat(clock.advanceToNext()).isFalse();
    assertThat(waker.count()).isEqualTo(2);
    assertThat(clock.armed()).isEqualTo(1);
  }

  @Test
  void timeEndsBeforeADeadlineThatNeverComes() throws Exception {
    sleepUntil(Long.MAX_VALUE, new PanicWaker());
    clock.advance(Duration.ofDays(365_000_000));
    clock.advance(Duration.ofDays(365_000_000));
    assertThat(clock.nanoTime()).isLessThan(Long.MAX_VALUE);
  }

  @Test
  void timeCanNotGoBack() {
    clock.advanceTo(10);
    assertThatThrownBy(() -> clock.advance(Duration.ofNanos(-1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> clock.advanceTo(9)).isInstanceOf(IllegalArgumentException.class);
    assertThat(clock.nanoTime()).isEqualTo(10);
  }

  @Test
  void aWakerThatThrowsKeepsNobodyFromBeingWoken() throws Exception {
    CountingWaker waker = new CountingWaker();
    sleepUntil(10, new PanicWaker());
    sleepUntil(11, waker);
    sleepUntil(
        12,
        () -> {
          throw new IllegalStateException("second");
        });
    assertThatThrownBy(() -> clock.advanceTo(20))
        .isInstanceOf(AssertionError.class)
        .satisfies(thrown -> assertThat(thrown.getSuppressed()).hasSize(1));
    assertThat(waker.count()).isEqualTo(1);
  }

  @Property(tries = 200)
  void firesWhatASortedListSays(
      @ForAll @Size(max = 40) List<@IntRange(min = 1, max = 50) Integer> deadlines,
      @ForAll @Size(max = 10) List<@IntRange(min = 0, max = 20) Integer> steps)
      throws Exception {
    ManualClock clock = new ManualClock();
    PollHarness harness = PollHarness.with(clock);
    List<Integer> fired = new ArrayList<>();
    for (int i = 0; i < deadlines.size(); i++) {
      int index = i;
      Future<Void> sleep = Time.sleepUntil(deadlines.get(i));
      // Polled inside another future, so that each has a waker of its own.
      harness.poll(cx -> sleep.poll(cx.withWaker(() -> fired.add(index))));
    }
    List<Integer> order =
        IntStream.range(0, deadlines.size())
            .boxed()
            .sorted(Comparator.comparing(deadlines::get))
            .toList();
    for (int step : steps) {
      clock.advance(Duration.ofNanos(step));
      long due = deadlines.stream().filter(deadline -> deadline <= clock.nanoTime()).count();
      assertThat(fired).isEqualTo(order.subList(0, (int) due));
      assertThat(clock.armed()).isEqualTo(deadlines.size() - (int) due);
    }
  }
}
