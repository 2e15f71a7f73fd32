package dev.pollux.executor.time;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.core.Waker;
import dev.pollux.time.Sleep;
import dev.pollux.time.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.LongRange;
import org.opentest4j.AssertionFailedError;

/**
 * The wheel against a sorted map, on one thread: every entry fires once, at the first turn at or
 * after the tick of its deadline, in the order of ticks and, within one, of arrival; a cancelled
 * one never does. Some steps are made as from a thread that does not hold the wheel.
 */
class TimerWheelModelTest {

  private static final int STEPS = 300;

  @Property(tries = 400, shrinking = ShrinkingMode.OFF)
  @Label("the wheel does what a sorted map does")
  void theWheelDoesWhatASortedMapDoes(@ForAll long seed) {
    walk(seed, false);
  }

  @Property(tries = 400, shrinking = ShrinkingMode.OFF)
  @Label("so it does with resets")
  void soItDoesWithResets(@ForAll @LongRange(min = 0) long seed) {
    walk(seed, true);
  }

  @Example
  void aWalkReachesEveryKindOfStep() {
    Walk walk = new Walk(42, true);
    for (int i = 0; i < 5_000; i++) {
      walk.step();
    }
    walk.finish();
    assertThat(walk.fired).isGreaterThan(100);
    assertThat(walk.cancelled).isGreaterThan(100);
    assertThat(walk.cascaded).isGreaterThan(100);
  }

  private static void walk(long seed, boolean resets) {
    try {
      Walk walk = new Walk(seed, resets);
      for (int i = 0; i < STEPS; i++) {
        walk.step();
      }
      walk.finish();
    } catch (RuntimeException | AssertionError failure) {
      throw new AssertionFailedError("seed " + seed + ", resets " + resets, failure);
    }
  }

  private static final class Walk {
    private static final long[] TICKS = {1, 7, 1_000, 1_000_000};

    final java.util.Random random;
    final boolean resets;
    final long tickNanos;
    final Wheel wheel;

    /** The entries that wait, and of these the ones that are still in the queue. */
    final List<Armed> model = new ArrayList<>();

    final List<Armed> queued = new ArrayList<>();
    long arrivals;
    int fired;
    int cancelled;
    int cascaded;
    List<Armed> turn = new ArrayList<>();

    Walk(long seed, boolean resets) {
      this.random = new java.util.Random(seed);
      this.resets = resets;
      this.tickNanos = TICKS[random.nextInt(TICKS.length)];
      this.wheel = new Wheel(tickNanos);
    }

    void step() {
      switch (random.nextInt(resets ? 12 : 9)) {
        case 0, 1, 2 -> arm(false);
        case 3 -> wheel.elsewhere(() -> arm(true));
        case 4 -> cancel();
        case 5 -> wheel.elsewhere(this::cancel);
        case 6 -> wheel.now += random.nextInt(3) * tickNanos / 2; // the wheel lags
        case 7, 8 -> advance();
        case 9 -> reset();
        case 10 -> wheel.elsewhere(this::reset);
        default -> repoll();
      }
    }

    /** From less than a tick to beyond the span, evenly over the levels. */
    long someDelay() {
      long ticks = random.nextLong() >>> (26 + random.nextInt(38));
      return 1 + ticks / 4 * tickNanos + random.nextInt((int) tickNanos);
    }

    void arm(boolean elsewhere) {
      Armed armed = new Armed(Time.sleep(Duration.ofNanos(someDelay())));
      assertThat(wheel.poll(armed.sleep, armed)).isFalse();
      armed.deadline = armed.sleep.deadlineNanos();
      if (elsewhere) {
        queued.add(armed);
      } else {
        armed.arrival = arrivals++;
      }
      model.add(armed);
    }

    void cancel() {
      if (!model.isEmpty()) {
        Armed armed = model.remove(random.nextInt(model.size()));
        armed.sleep.cancel();
        armed.isCancelled = true;
        cancelled++;
      }
    }

    void reset() {
      if (!model.isEmpty()) {
        Armed armed = model.get(random.nextInt(model.size()));
        armed.sleep.reset(Duration.ofNanos(someDelay()));
        armed.deadline = armed.sleep.deadlineNanos();
        armed.wasReset = true;
      }
    }

    /** Polls one that is pending, as a task does that was woken by something else. */
    void repoll() {
      if (!model.isEmpty()) {
        Armed armed = model.get(random.nextInt(model.size()));
        assertThat(wheel.poll(armed.sleep, armed)).isFalse();
      }
    }

    void advance() {
      switch (random.nextInt(4)) {
        case 0 -> advanceTo(wheel.now);
        case 1 -> advanceTo(wheel.now + random.nextInt(100) * tickNanos / 3);
        case 2 -> advanceTo(wheel.now + someDelay());
        default -> {
          long next = nextDeadline();
          if (next != Long.MAX_VALUE) {
            int before = fired;
            advanceTo(Math.max(wheel.now, next));
            cascaded += before == fired ? 1 : 0;
          }
        }
      }
    }

    long nextDeadline() {
      long next = wheel.timer.nextDeadlineNanos();
      arrive();
      long first = model.stream().mapToLong(this::due).min().orElse(Long.MAX_VALUE);
      assertThat(next).isLessThanOrEqualTo(first);
      if (model.isEmpty()) {
        assertThat(wheel.timer.size()).isZero();
        assertThat(next).isEqualTo(Long.MAX_VALUE);
      }
      return next;
    }

    long due(Armed armed) {
      return (armed.deadline + tickNanos - 1) / tickNanos * tickNanos;
    }

    void arrive() {
      queued.forEach(armed -> armed.arrival = arrivals++);
      queued.clear();
    }

    void advanceTo(long now) {
      arrive();
      TreeMap<Long, List<Armed>> expected = new TreeMap<>();
      for (Armed armed : model) {
        if (due(armed) <= now) {
          expected.computeIfAbsent(due(armed), tick -> new ArrayList<>()).add(armed);
        }
      }
      turn = new ArrayList<>();
      wheel.advanceTo(now);
      fired += turn.size();
      List<Armed> seen = turn;
      int from = 0;
      for (List<Armed> tick : expected.values()) {
        List<Armed> part = seen.subList(from, Math.min(seen.size(), from + tick.size()));
        assertThat(part).containsExactlyInAnyOrderElementsOf(tick);
        assertThat(part.stream().filter(armed -> !armed.wasReset).map(armed -> armed.arrival))
            .isSorted();
        from += tick.size();
      }
      assertThat(seen).hasSize(from);
      model.removeAll(seen);
      for (Armed armed : seen) {
        assertThat(wheel.poll(armed.sleep, armed)).isTrue();
      }
      assertThat(wheel.timer.size()).isEqualTo(model.size());
    }

    void finish() {
      while (!model.isEmpty()) {
        advanceTo(Math.max(wheel.now, nextDeadline()));
      }
      assertThat(wheel.timer.size()).isZero();
    }

    /** A sleep and its waker. */
    private final class Armed implements Waker {
      final Sleep sleep;
      long deadline;
      long arrival = -1;
      boolean wasReset;
      boolean isCancelled;

      Armed(Sleep sleep) {
        this.sleep = sleep;
      }

      @Override
      public void wake() {
        assertThat(isCancelled).isFalse();
        turn.add(this);
      }

      @Override
      public String toString() {
        return "entry " + arrival + " at " + deadline + (wasReset ? ", reset" : "");
      }
    }
  }
}
