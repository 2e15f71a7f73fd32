package dev.pollux.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.Context;
import dev.pollux.core.Poll;
import dev.pollux.core.Poller;
import dev.pollux.core.RuntimeShutdownException;
import dev.pollux.core.Waker;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TimerEntryTest {

  /** A timer that only takes notes. */
  private static final class Notes extends AbstractTimer {
    final List<String> calls = new ArrayList<>();
    boolean closed;
    long now = 100;

    @Override
    public long nanoTime() {
      return now;
    }

    @Override
    public void arm(TimerEntry entry) {
      if (closed) {
        throw new RuntimeShutdownException("closed");
      }
      calls.add("arm " + entry.deadlineNanos());
    }

    @Override
    public void disarm(TimerEntry entry) {
      calls.add("disarm");
    }

    static @Nullable Waker firing(TimerEntry entry) {
      return fire(entry);
    }

    static @Nullable Waker closing(TimerEntry entry) {
      return close(entry);
    }
  }

  private static final class Entry extends TimerEntry {
    Entry(long delayNanos) {
      super(delayNanos);
    }
  }

  private final Notes timer = new Notes();
  private final Entry entry = new Entry(1);
  private final Waker first = () -> {};
  private final Waker second = () -> {};
  private final Poller poller =
      new Poller(
          new Services() {
            @Override
            public Timer timer() {
              return timer;
            }
          },
          1,
          true);

  private interface Body {
    boolean run(Context cx);
  }

  private boolean polled(Waker waker, Body body) {
    try {
      return poller.poll(cx -> Poll.ready(body.run(cx)), waker).value();
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aDelayOfZeroTakesNoTimer() {
    assertThat(polled(first, new Entry(0)::hasElapsed)).isTrue();
    assertThat(timer.calls).isEmpty();
  }

  @Test
  void firingHandsOutTheLatestWakerOnce() {
    assertThat(polled(first, entry::hasElapsed)).isFalse();
    assertThat(polled(second, entry::hasElapsed)).isFalse();
    assertThat(timer.calls).containsExactly("arm 101");
    assertThat(Notes.firing(entry)).isSameAs(second);
    assertThat(Notes.firing(entry)).isNull();
    assertThat(polled(first, entry::hasElapsed)).isTrue();
  }

  @Test
  void anEntryThatWasDisarmedHandsOutNothing() {
    assertThat(polled(first, entry::hasElapsed)).isFalse();
    assertThat(entry.disarm()).isTrue();
    assertThat(entry.disarm()).isFalse();
    assertThat(entry.isOver()).isTrue();
    assertThat(Notes.firing(entry)).isNull();
    assertThat(timer.calls).containsExactly("arm 101", "disarm");
    assertThatThrownBy(() -> polled(first, entry::hasElapsed))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("over");
  }

  @Test
  void anIdleEntryIsDisarmedWithoutTheTimer() {
    assertThat(entry.disarm()).isFalse();
    assertThat(timer.calls).isEmpty();
    assertThat(entry.isOver()).isTrue();
  }

  @Test
  void aTimerThatRefusesLeavesNoWakerBehind() {
    timer.closed = true;
    assertThatThrownBy(() -> polled(first, entry::hasElapsed))
        .isInstanceOf(RuntimeShutdownException.class);
    assertThat(entry.isArmed()).isFalse();
    assertThat(Notes.firing(entry)).isNull();
  }

  @Test
  void aTimerThatClosesFailsTheNextPoll() {
    assertThat(polled(first, entry::hasElapsed)).isFalse();
    assertThat(Notes.closing(entry)).isSameAs(first);
    assertThatThrownBy(() -> polled(first, entry::hasElapsed))
        .isInstanceOf(RuntimeShutdownException.class);
    assertThat(entry.isOver()).isTrue();
  }

  @Test
  void aPostponedEntryThatFiresByItsOldDeadlineIsArmedAnew() {
    assertThat(polled(first, entry::hasElapsed)).isFalse();
    entry.resetAt(150);
    assertThat(timer.calls).containsExactly("arm 101");
    timer.now = 101;
    assertThat(Notes.firing(entry)).isSameAs(first);
    assertThat(polled(first, entry::hasElapsed)).isFalse();
    assertThat(timer.calls).containsExactly("arm 101", "arm 150");
    timer.now = 150;
    assertThat(Notes.firing(entry)).isSameAs(first);
    assertThat(polled(first, entry::hasElapsed)).isTrue();
  }

  @Test
  void anEntryThatIsBroughtForwardIsArmedWithItsWaker() {
    Entry late = new Entry(50);
    assertThat(polled(first, late::hasElapsed)).isFalse();
    late.reset(10);
    assertThat(timer.calls).containsExactly("arm 150", "disarm", "arm 110");
    assertThat(Notes.firing(late)).isSameAs(first);
  }
}
