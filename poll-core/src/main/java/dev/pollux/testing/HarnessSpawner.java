package dev.pollux.testing;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.Discard;
import dev.pollux.core.Future;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.Poller;
import dev.pollux.spi.Spawner;
import dev.pollux.spi.Unpolled;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Spawns tasks that run one poll at a time, when the harness says so, in the order in which they
 * were woken.
 *
 * @threading {@code spawn} and wakes come from any thread; {@code runOne} from the thread that
 *     cranks
 */
final class HarnessSpawner implements Spawner {

  private final Poller poller;
  private final Discard discard;
  private final Object lock = new Object();

  // Guarded by lock.
  private final Deque<HarnessTask<?>> queue = new ArrayDeque<>();
  private long lastId;
  private int live;

  HarnessSpawner(Poller poller, Discard discard) {
    this.poller = poller;
    this.discard = discard;
  }

  @Override
  public <T extends @Nullable Object> JoinHandle<T> spawn(Future<T> future) {
    return start(null, future);
  }

  @Override
  public <T extends @Nullable Object> JoinHandle<T> spawn(String name, Future<T> future) {
    return start(requireNonNull(name, "name"), future);
  }

  private <T extends @Nullable Object> JoinHandle<T> start(
      @Nullable String name, Future<T> future) {
    requireNonNull(future, "future");
    Unpolled.used(future);
    synchronized (lock) {
      HarnessTask<T> task = new HarnessTask<>(this, ++lastId, name, future, discard);
      live++;
      queue.addLast(task);
      return task;
    }
  }

  /** Takes in a task that is owed a poll. */
  void push(HarnessTask<?> task) {
    synchronized (lock) {
      queue.addLast(task);
    }
  }

  void ended() {
    synchronized (lock) {
      live--;
    }
  }

  int live() {
    synchronized (lock) {
      return live;
    }
  }

  /** Gives the task that waits longest its turn; false if none is owed one. */
  boolean runOne() {
    HarnessTask<?> task;
    synchronized (lock) {
      task = queue.pollFirst();
    }
    if (task == null) {
      return false;
    }
    Poller outer = poller.attach();
    try {
      task.run(poller);
    } finally {
      Poller.reattach(outer);
    }
    return true;
  }
}
