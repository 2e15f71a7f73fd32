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
import org.junit.jupiter.api.Test;

class TimerEntryTest {

  /** A timer that only takes notes. */
  private static final class Notes implements Timer {
    final List<String> calls = new ArrayList<>();
    boolean closed;

    @Override
    public long nanoTime() {
      return 100;
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
  }

  private static final class Entry extends TimerEntry {}

  private final Notes timer = new Notes();
  private final Entry entry = new Entry();
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
  void aDeadlineThatHasPassedTakesNoTimer() {
    assertThat(polled(first, cx -> entry.arm(cx, 100))).isTrue();
    assertThat(timer.calls).isEmpty();
    assertThat(entry.isFired()).isTrue();
  }

  @Test
  void firingHandsOutTheLatestWakerOnce() {
    assertThat(polled(first, cx -> entry.arm(cx, 101))).isFalse();
    assertThat(polled(second, entry::pollArmed)).isFalse();
    assertThat(timer.calls).containsExactly("arm 101");
    assertThat(entry.fire()).isSameAs(second);
    assertThat(entry.fire()).isNull();
    assertThat(polled(first, entry::pollArmed)).isTrue();
  }

  @Test
  void anEntryThatWasDisarmedHandsOutNothing() {
    assertThat(polled(first, cx -> entry.arm(cx, 101))).isFalse();
    assertThat(entry.disarm()).isTrue();
    assertThat(entry.disarm()).isFalse();
    assertThat(entry.fire()).isNull();
    assertThat(entry.isCancelled()).isTrue();
    assertThat(timer.calls).containsExactly("arm 101", "disarm");
    assertThatThrownBy(() -> polled(first, entry::pollArmed))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("cancelled");
    assertThatThrownBy(() -> polled(first, cx -> entry.arm(cx, 101)))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void anIdleEntryIsDisarmedWithoutTheTimer() {
    assertThat(entry.disarm()).isFalse();
    assertThat(timer.calls).isEmpty();
    assertThatThrownBy(() -> polled(first, entry::pollArmed))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aTimerThatRefusesLeavesNoWakerBehind() {
    timer.closed = true;
    assertThatThrownBy(() -> polled(first, cx -> entry.arm(cx, 101)))
        .isInstanceOf(RuntimeShutdownException.class);
    assertThat(entry.isArmed()).isFalse();
    assertThat(entry.fire()).isNull();
  }
}
