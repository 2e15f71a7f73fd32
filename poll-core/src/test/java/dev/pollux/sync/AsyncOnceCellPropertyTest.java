package dev.pollux.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.Poll;
import dev.pollux.core.Poller;
import dev.pollux.spi.Services;
import dev.pollux.testing.CountingWaker;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;

/**
 * Programs of futures that initialise one cell, fail, and are cancelled at any time. One
 * initialiser runs at a time, and the turn is never lost: as long as somebody who was polled is
 * left, one runs, or one was woken that will.
 */
class AsyncOnceCellPropertyTest {

  /** How an initialiser goes on at its next poll. */
  private enum Next {
    PENDING,
    FAIL,
    COMPLETE
  }

  private final class Initializing {
    final int number;
    final CountingWaker waker = new CountingWaker();
    final Future<Integer> future;
    Next next = Next.PENDING;
    boolean wasPolled;
    boolean runs;

    Initializing(int number) {
      this.number = number;
      this.future =
          cell.getOrInit(
              () -> {
                running++;
                runs = true;
                return Futures.pollFn(
                    cx -> {
                      if (next == Next.PENDING) {
                        return Poll.pending();
                      }
                      stop();
                      if (next == Next.FAIL) {
                        throw new IOException("torn");
                      }
                      return Poll.ready(number);
                    },
                    this::stop,
                    description -> {});
              });
    }

    private void stop() {
      running--;
      runs = false;
    }
  }

  private final Poller poller = new Poller(new Services() {}, 1, false);
  private AsyncOnceCell<Integer> cell = new AsyncOnceCell<>();
  private int running;

  @Property(tries = 2000)
  void theTurnIsNeitherLostNorDoubled(
      @ForAll @Size(max = 40) List<@IntRange(max = 9_999) Integer> program) throws Exception {
    cell = new AsyncOnceCell<>();
    running = 0;
    List<Initializing> all = new ArrayList<>();
    @Nullable Integer value = null;
    for (int step : program) {
      @Nullable Initializing chosen = all.isEmpty() ? null : all.get(step / 10 % all.size());
      switch (step % 10) {
        case 0, 1, 2 -> all.add(new Initializing(all.size()));
        case 3, 4, 5 -> {
          if (chosen != null) {
            chosen.wasPolled = true;
            Poll<Integer> answer = poller.poll(chosen.future, chosen.waker);
            if (answer.isReady()) {
              assertThat(value).isNotNull();
              assertThat(answer.value()).isEqualTo(value);
              all.remove(chosen);
            }
          }
        }
        case 6, 7 -> {
          if (chosen != null) {
            chosen.future.cancel();
            all.remove(chosen);
            assertThat(chosen.runs).isFalse();
          }
        }
        default -> {
          if (chosen != null && chosen.runs) {
            chosen.next = step % 10 == 8 ? Next.FAIL : Next.COMPLETE;
            all.remove(chosen);
            if (chosen.next == Next.FAIL) {
              assertThatThrownBy(() -> poller.poll(chosen.future, chosen.waker))
                  .isInstanceOf(IOException.class);
            } else {
              value = poller.poll(chosen.future, chosen.waker).value();
              assertThat(value).isEqualTo(chosen.number);
            }
          }
        }
      }
      assertThat(running).isLessThanOrEqualTo(1);
      assertThat(cell.isInitialized()).isEqualTo(value != null);
      boolean hasValue = value != null;
      if (all.stream().anyMatch(one -> one.wasPolled)) {
        assertThat(all).anyMatch(one -> one.runs || (one.wasPolled && one.waker.count() > 0));
      }
      if (hasValue) {
        assertThat(all).allMatch(one -> !one.wasPolled || one.waker.count() > 0);
      }
    }
    for (Initializing one : all) {
      one.future.cancel();
    }
    assertThat(running).isZero();
  }
}
