package dev.pollux.time;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.core.Next;
import dev.pollux.testing.ManualClock;
import dev.pollux.testing.PollHarness;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Random programs of a delay queue, against a list that is sorted at every look. */
class DelayQueueModelTest {

  private static final class Entry {
    final int number;
    final DelayQueue.Key<Integer> key;
    long deadlineNanos;
    int order;

    Entry(int number, DelayQueue.Key<Integer> key, long deadlineNanos, int order) {
      this.number = number;
      this.key = key;
      this.deadlineNanos = deadlineNanos;
      this.order = order;
    }
  }

  private final ManualClock clock = new ManualClock();
  private final PollHarness harness = PollHarness.with(clock);
  private final DelayQueue<Integer> queue = new DelayQueue<>(clock);
  private final List<Entry> model = new ArrayList<>();
  private final List<Entry> gone = new ArrayList<>();
  private int order;
  private boolean polledPending;

  @Property(tries = 500)
  void itGivesWhatASortedListWould(
      @ForAll @Size(max = 120) List<@IntRange(max = 9_999) Integer> program) throws Exception {
    for (int step : program) {
      int argument = step / 10;
      switch (step % 10) {
        case 0, 1, 2 -> insert(argument % 50);
        case 3 -> reset(argument);
        case 4 -> remove(argument);
        case 5, 6 -> poll();
        case 7 -> clock.advance(Duration.ofNanos(argument % 20));
        case 8 -> {
          if (clock.advanceToNext() && polledPending) {
            assertThat(harness.woken()).isTrue();
          }
        }
        default -> {
          if (argument % 20 == 0) {
            clear();
          }
        }
      }
      check();
    }
    while (!model.isEmpty()) {
      poll();
      if (polledPending) {
        assertThat(clock.advanceToNext()).isTrue();
        assertThat(harness.woken()).isTrue();
      }
      check();
    }
  }

  private void insert(int delay) {
    Entry before = first();
    int number = order++;
    DelayQueue.Key<Integer> key = queue.insert(number, Duration.ofNanos(delay));
    model.add(new Entry(number, key, clock.nanoTime() + delay, number));
    expectWakeIfFirstChanged(before);
  }

  private void reset(int argument) {
    Entry before = first();
    if (model.isEmpty()) {
      gone.forEach(entry -> assertThat(queue.reset(entry.key, Duration.ZERO)).isFalse());
      return;
    }
    Entry entry = model.get(argument % model.size());
    long delay = argument / 7 % 50;
    long deadline = clock.nanoTime() + delay;
    boolean earlier = deadline < entry.deadlineNanos;
    entry.deadlineNanos = deadline;
    entry.order = order++;
    assertThat(queue.reset(entry.key, Duration.ofNanos(delay))).isTrue();
    if (earlier) {
      expectWakeIfFirstChanged(before);
    }
  }

  /** A task that waits is woken for what comes before that which it waits for. */
  private void expectWakeIfFirstChanged(Entry before) {
    if (polledPending && first() != before) {
      assertThat(harness.woken()).isTrue();
    }
  }

  private void remove(int argument) {
    if (model.isEmpty()) {
      gone.forEach(entry -> assertThat(queue.remove(entry.key)).isEmpty());
      return;
    }
    Entry entry = model.remove(argument % model.size());
    gone.add(entry);
    assertThat(queue.remove(entry.key)).contains(entry.number);
  }

  private void clear() {
    queue.clear();
    gone.addAll(model);
    model.clear();
  }

  private void poll() throws Exception {
    Entry first = first();
    Next<Integer> next = harness.pollNext(queue);
    polledPending = next.isPending();
    if (first == null || first.deadlineNanos > clock.nanoTime()) {
      assertThat(next.isPending()).isTrue();
      // One sleep at most, for the first.
      assertThat(clock.armed()).isEqualTo(first == null ? 0 : 1);
      if (first != null) {
        assertThat(clock.nextDeadlineNanos()).hasValue(first.deadlineNanos);
      }
      return;
    }
    assertThat(next.value()).isEqualTo(first.number);
    model.remove(first);
    gone.add(first);
  }

  private Entry first() {
    return model.stream()
        .min(
            Comparator.<Entry>comparingLong(entry -> entry.deadlineNanos)
                .thenComparingInt(entry -> entry.order))
        .orElse(null);
  }

  private void check() {
    Entry first = first();
    assertThat(queue.size()).isEqualTo(model.size());
    assertThat(queue.peek()).isEqualTo(Optional.ofNullable(first).map(entry -> entry.number));
    assertThat(model).allMatch(entry -> entry.key.isQueued());
    assertThat(model).allMatch(entry -> entry.key.deadlineNanos() == entry.deadlineNanos);
    assertThat(gone).noneMatch(entry -> entry.key.isQueued());
  }
}
