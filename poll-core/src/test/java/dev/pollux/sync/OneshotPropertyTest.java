package dev.pollux.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.Next;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.testing.PollHarness;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Programs of both sides of a oneshot, against a model; no value is lost or doubled. */
class OneshotPropertyTest {

  private enum State {
    OPEN,
    SENT,
    CLOSED,
    OVER
  }

  @Property(tries = 2000)
  void aOneshotIsAsItsModelSays(@ForAll @Size(max = 12) List<@IntRange(max = 6) Integer> program)
      throws Exception {
    PollHarness harness = PollHarness.create();
    Oneshot<Closeable> oneshot = Oneshot.create();
    State state = State.OPEN;
    boolean waits = false;
    List<Closeable> refused = new ArrayList<>();
    List<Closeable> received = new ArrayList<>();
    Closeable sent = null;
    for (int step : program) {
      long wakes = harness.wakes();
      boolean mustWake = false;
      switch (step) {
        case 0, 1 -> {
          if (state == State.OVER) {
            assertThatThrownBy(() -> harness.poll(oneshot.receiver()))
                .isInstanceOf(PollAfterEndException.class);
          } else if (state == State.CLOSED) {
            assertThatThrownBy(() -> harness.poll(oneshot.receiver()))
                .isInstanceOf(ChannelClosedException.class);
            state = State.OVER;
          } else {
            Poll<Closeable> answer = harness.poll(oneshot.receiver());
            assertThat(answer.isReady()).isEqualTo(state == State.SENT);
            if (state == State.SENT) {
              received.add(answer.value());
              state = State.OVER;
            } else {
              waits = true;
            }
          }
        }
        case 2 -> {
          Closeable value = new Closeable("value");
          boolean open = state == State.OPEN;
          assertThat(oneshot.sender().send(value)).isEqualTo(open);
          if (open) {
            sent = value;
            state = State.SENT;
            mustWake = waits;
          } else {
            refused.add(value);
          }
        }
        case 3, 4 -> {
          if (step == 3) {
            oneshot.sender().close();
          } else {
            oneshot.receiver().close();
          }
          if (state == State.OPEN) {
            state = State.CLOSED;
            mustWake = waits;
          }
        }
        case 5 -> {
          Next<Closeable> next = oneshot.receiver().tryRecv();
          assertThat(next.isItem()).isEqualTo(state == State.SENT);
          assertThat(next.isPending()).isEqualTo(state == State.OPEN);
          if (state == State.SENT) {
            received.add(next.value());
            state = State.OVER;
          }
        }
        default -> {
          oneshot.receiver().cancel();
          state = State.OVER;
        }
      }
      assertThat(harness.wakes() - wakes).isEqualTo(mustWake ? 1 : 0);
      assertThat(oneshot.sender().isClosed()).isEqualTo(state != State.OPEN);
    }
    oneshot.receiver().cancel();
    assertThat(refused).allMatch(value -> value.closes() == 0);
    assertThat(received).allMatch(value -> value.closes() == 0);
    if (sent != null) {
      assertThat(received.size() + sent.closes()).isEqualTo(1);
    }
  }
}
