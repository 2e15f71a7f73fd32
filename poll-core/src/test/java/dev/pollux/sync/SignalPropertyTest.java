package dev.pollux.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.Future;
import dev.pollux.core.Next;
import dev.pollux.core.Poll;
import dev.pollux.testing.PollHarness;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;

/** Programs of a signal and its consumer, against a model; no value is lost or doubled. */
class SignalPropertyTest {

  @Property(tries = 2000)
  void aSignalIsAsItsModelSays(@ForAll @Size(max = 30) List<@IntRange(max = 9) Integer> program)
      throws Exception {
    PollHarness harness = PollHarness.create();
    Signal<Closeable> signal = new Signal<>();
    @Nullable Closeable held = null;
    @Nullable Future<Closeable> take = null;
    boolean waits = false;
    boolean closed = false;
    List<Closeable> replaced = new ArrayList<>();
    List<Closeable> kept = new ArrayList<>(); // received, or refused
    for (int step : program) {
      long wakes = harness.wakes();
      boolean mustWake = false;
      switch (step) {
        case 0, 1, 2 -> {
          Closeable value = new Closeable("value");
          assertThat(signal.signal(value)).isEqualTo(!closed);
          if (closed) {
            kept.add(value);
          } else {
            if (held != null) {
              replaced.add(held);
            }
            held = value;
            mustWake = waits;
            waits = false;
          }
        }
        case 3, 4, 5 -> {
          if (take == null) {
            take = signal.take();
          }
          Future<Closeable> polled = take;
          if (closed) {
            assertThatThrownBy(() -> harness.poll(polled))
                .isInstanceOf(ChannelClosedException.class);
            take = null;
          } else {
            Poll<Closeable> answer = harness.poll(polled);
            assertThat(answer.isReady()).isEqualTo(held != null);
            if (answer.isReady()) {
              assertThat(answer.value()).isSameAs(held);
              kept.add(answer.value());
              held = null;
              take = null;
            } else {
              waits = true;
            }
          }
        }
        case 6, 7 -> {
          if (take != null) {
            take.cancel();
            take = null;
            waits = false;
          }
        }
        case 8 -> {
          Next<Closeable> next = signal.tryTake();
          assertThat(next.isItem()).isEqualTo(held != null);
          assertThat(next.isEnd()).isEqualTo(closed);
          if (next.isItem()) {
            assertThat(next.value()).isSameAs(held);
            kept.add(next.value());
            held = null;
          }
        }
        default -> {
          if (program.size() % 2 == 0) { // else it stays open
            signal.close();
            if (held != null) {
              replaced.add(held);
              held = null;
            }
            mustWake = waits;
            waits = false;
            closed = true;
          }
        }
      }
      assertThat(harness.wakes() - wakes).isEqualTo(mustWake ? 1 : 0);
      assertThat(signal.isSignalled()).isEqualTo(held != null);
    }
    assertThat(replaced).allMatch(value -> value.closes() == 1);
    assertThat(kept).allMatch(value -> value.closes() == 0);
    if (held != null) {
      assertThat(held.closes()).isZero();
    }
  }
}
