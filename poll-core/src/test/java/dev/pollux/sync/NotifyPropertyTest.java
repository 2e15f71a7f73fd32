package dev.pollux.sync;

import static org.assertj.core.api.Assertions.assertThat;

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

/**
 * Programs of waiters that come and are cancelled at any time, and of notifications, against a
 * model that is a list and a flag.
 */
class NotifyPropertyTest {

  private enum By {
    ONE,
    LAST,
    ALL
  }

  private static final class Waiting {
    final Notified future;
    final CountingWaker waker = new CountingWaker();

    /** By what it is notified, if it is. */
    @Nullable By by;

    /** Whether it was polled before it was notified. */
    boolean waits;

    Waiting(Notify notify) {
      this.future = notify.notified();
    }
  }

  /** What a Notify should be. */
  private static final class Model {
    final List<Waiting> queue = new ArrayList<>();
    boolean permit;

    void notify(By by, List<Waiting> made) {
      if (by == By.ALL) {
        for (Waiting waiting : made) {
          if (waiting.by == null) {
            waiting.by = By.ALL;
          }
        }
        queue.clear();
      } else if (queue.isEmpty()) {
        permit = true;
      } else {
        queue.remove(by == By.ONE ? 0 : queue.size() - 1).by = by;
      }
    }
  }

  @Property(tries = 2000)
  void aNotifyIsAsItsModelSays(@ForAll @Size(max = 60) List<@IntRange(max = 9_999) Integer> program)
      throws Exception {
    Poller poller = new Poller(new Services() {}, 1, false);
    Notify notify = new Notify();
    Model model = new Model();
    List<Waiting> made = new ArrayList<>();
    for (int step : program) {
      @Nullable Waiting chosen = made.isEmpty() ? null : made.get(step / 10 % made.size());
      switch (step % 10) {
        case 0 -> made.add(new Waiting(notify));
        case 1 -> {
          if (chosen != null) {
            if (chosen.by == null && !model.queue.contains(chosen)) {
              if (model.permit) {
                model.permit = false;
                chosen.by = By.ONE;
              } else {
                model.queue.add(chosen);
              }
            }
            assertThat(chosen.future.enable()).isEqualTo(chosen.by != null);
          }
        }
        case 2, 3, 4 -> {
          if (chosen != null) {
            boolean ready = chosen.by != null;
            if (!ready && !model.queue.contains(chosen)) {
              if (model.permit) {
                model.permit = false;
                ready = true;
              } else {
                model.queue.add(chosen);
              }
            }
            chosen.waits = !ready;
            assertThat(poller.poll(chosen.future, chosen.waker).isReady()).isEqualTo(ready);
            if (ready) {
              made.remove(chosen);
            }
          }
        }
        case 5, 6 -> {
          if (chosen != null) {
            made.remove(chosen);
            chosen.future.cancel();
            model.queue.remove(chosen);
            By by = chosen.by;
            if (by != null && by != By.ALL) {
              model.notify(by, made); // it passes that on
            }
          }
        }
        case 7 -> {
          notify.notifyOne();
          model.notify(By.ONE, made);
        }
        case 8 -> {
          notify.notifyLast();
          model.notify(By.LAST, made);
        }
        default -> {
          notify.notifyWaiters();
          model.notify(By.ALL, made);
        }
      }
      assertThat(notify)
          .hasToString(
              "Notify[" + (model.permit ? "a permit" : model.queue.size() + " waiting") + "]");
      for (Waiting waiting : made) {
        boolean told = waiting.waits && waiting.by != null;
        assertThat(waiting.waker.count()).isEqualTo(told ? 1 : 0);
      }
    }
    for (Waiting waiting : made) {
      waiting.future.cancel();
    }
    assertThat(notify.waiting()).isZero();
  }
}
