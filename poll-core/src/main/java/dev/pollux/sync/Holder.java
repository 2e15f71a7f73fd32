package dev.pollux.sync;

import dev.pollux.core.Context;
import dev.pollux.core.Poller;
import dev.pollux.core.TaskInfo;
import dev.pollux.spi.TaskWaker;
import java.util.Collection;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Says who has a lock, or waits for one: the task, a {@link TaskInfo}, or else the {@link Thread}
 * that polled or called.
 */
final class Holder {

  private Holder() {}

  /** Who polls with {@code cx}. */
  static Object of(Context cx) {
    TaskInfo task = cx.task();
    return task == null ? Thread.currentThread() : task;
  }

  /** Who calls, in a poll or outside any. */
  static Object ofCaller() {
    Poller poller = Poller.attached();
    if (poller != null && poller.polledFor() instanceof TaskWaker waker) {
      TaskInfo task = waker.task();
      if (task != null) {
        return task;
      }
    }
    return Thread.currentThread();
  }

  /** In a few words: {@code task 7 "writer"}. */
  static String describe(@Nullable Object holder) {
    if (holder instanceof TaskInfo task) {
      return TaskInfo.describe(task);
    }
    return holder instanceof Thread thread
        ? "thread \"" + thread.getName() + "\""
        : String.valueOf(holder == null ? "somebody" : holder);
  }

  /** Several of them. */
  static String describeAll(Collection<?> holders) {
    return holders.stream().map(Holder::describe).collect(Collectors.joining(", "));
  }

  /** The phrase by which a message names a lock: its kind, and its name if it has one. */
  static String label(String kind, @Nullable String name, Object lock) {
    return name == null
        ? kind + " @" + Integer.toHexString(System.identityHashCode(lock))
        : kind + " \"" + name + "\"";
  }

  /** The end of such a phrase: how many wait. */
  static String waiting(int count) {
    return count == 0 ? "" : count == 1 ? ", 1 waits" : ", " + count + " wait";
  }
}
