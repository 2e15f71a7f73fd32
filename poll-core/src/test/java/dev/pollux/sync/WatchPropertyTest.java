package dev.pollux.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.Future;
import dev.pollux.core.Poller;
import dev.pollux.spi.Services;
import dev.pollux.testing.CountingWaker;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;

/** Programs of a sender and its receivers, which wait and give up at any time, against a model. */
class WatchPropertyTest {

  /** A receiver, and what it should have seen. */
  private static final class Watching {
    final Watch.Receiver<Integer> receiver;
    int seen;
    CountingWaker waker = new CountingWaker();
    @Nullable Future<Void> changed;
    boolean waits;

    /** Whether something has happened since it waits that it has to look at. */
    boolean told;

    Watching(Watch.Receiver<Integer> receiver, int seen) {
      this.receiver = receiver;
      this.seen = seen;
    }

    void tell() {
      told |= waits;
    }
  }

  @Property(tries = 2000)
  void aWatchIsAsItsModelSays(@ForAll @Size(max = 60) List<@IntRange(max = 9_999) Integer> program)
      throws Exception {
    Poller poller = new Poller(new Services() {}, 1, false);
    int value = 0; // each value is greater than the one before by one
    boolean closed = false;
    Watch<Integer> watch = Watch.create(value);
    Future<Void> unwatched = watch.sender().whenClosed();
    CountingWaker senderWaker = new CountingWaker();
    assertThat(poller.poll(unwatched, senderWaker).isPending()).isTrue();
    List<Watching> all = new ArrayList<>(List.of(new Watching(watch.receiver(), value)));
    for (int step : program) {
      Watching chosen = all.get(step / 10 % all.size());
      switch (step % 10) {
        case 0, 1 -> {
          assertThat(watch.sender().send(value + 1)).isEqualTo(!closed);
          if (!closed) {
            value++;
            all.forEach(Watching::tell);
          }
        }
        case 2 -> {
          boolean modifies = step / 10 % 2 == 0;
          if (!closed) {
            assertThat(watch.sender().sendIfModified(v -> modifies ? v + 1 : v))
                .isEqualTo(modifies);
            if (modifies) {
              value++;
              all.forEach(Watching::tell);
            }
          }
        }
        case 3, 4, 5 -> {
          if (chosen.changed == null) {
            chosen.changed = chosen.receiver.changed();
          }
          if (!chosen.waits || chosen.told) {
            chosen.waker = new CountingWaker();
            chosen.told = false;
          }
          Future<Void> changed = chosen.changed;
          if (chosen.seen == value && closed) {
            assertThatThrownBy(() -> poller.poll(changed, chosen.waker))
                .isInstanceOf(ChannelClosedException.class);
            chosen.changed = null;
            chosen.waits = false;
          } else {
            boolean ready = poller.poll(changed, chosen.waker).isReady();
            assertThat(ready).isEqualTo(chosen.seen != value);
            chosen.waits = !ready;
            if (ready) {
              chosen.seen = value;
              chosen.changed = null;
            }
          }
        }
        case 6 -> {
          if (chosen.changed != null) {
            chosen.changed.cancel();
            chosen.changed = null;
            chosen.waits = false;
          }
        }
        case 7 -> { // also while it waits
          if (step / 10 % 3 == 0) {
            chosen.receiver.markChanged();
            chosen.seen = -1;
            chosen.tell();
          } else {
            assertThat(chosen.receiver.borrowAndUpdate()).isEqualTo(value);
            chosen.seen = value;
          }
        }
        case 8 -> {
          if (all.size() < 6) {
            all.add(
                step / 10 % 2 == 0
                    ? new Watching(chosen.receiver.another(), chosen.seen)
                    : new Watching(watch.sender().subscribe(), value));
          } else {
            watch.sender().close();
            if (!closed) {
              all.forEach(Watching::tell);
            }
            closed = true;
          }
        }
        default -> {
          if (all.size() > 1) {
            Future<Void> changed = chosen.changed;
            if (changed != null && step / 10 % 2 == 0) {
              changed.cancel();
              changed = null;
            }
            chosen.receiver.close();
            all.remove(chosen);
            if (changed != null) {
              Future<Void> left = changed;
              assertThat(chosen.waker.count()).isEqualTo(chosen.waits ? 1 : 0);
              assertThatThrownBy(() -> poller.poll(left, chosen.waker))
                  .isInstanceOf(IllegalStateException.class)
                  .hasMessage("this receiver of a watch is closed");
            }
          }
        }
      }
      assertThat(watch.sender().receiverCount()).isEqualTo(all.size());
      int waiting = 0;
      for (Watching watching : all) {
        assertThat(watching.receiver.borrow()).isEqualTo(value);
        assertThat(watching.receiver.hasChanged()).isEqualTo(watching.seen != value);
        if (watching.waits) {
          assertThat(watching.waker.count()).isEqualTo(watching.told ? 1 : 0);
          waiting += watching.told ? 0 : 1;
        }
      }
      assertThat(watch.receiver().state().waiting()).isEqualTo(waiting);
      assertThat(senderWaker.count()).isZero();
    }
    for (Watching watching : all) {
      if (watching.changed != null) {
        watching.changed.cancel();
      }
      watching.receiver.close();
    }
    assertThat(watch.receiver().state().waiting()).isZero();
    assertThat(senderWaker.count()).isEqualTo(1);
    assertThat(poller.poll(unwatched, senderWaker).isReady()).isTrue();
  }
}
