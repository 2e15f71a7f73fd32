package dev.pollux.executor.scheduler;

import dev.pollux.core.Poller;
import dev.pollux.core.TaskInfo;
import dev.pollux.core.Waker;
import dev.pollux.executor.task.Task;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A look at a poll that lasts.
 *
 * @param task what is polled
 * @param thread where
 * @param frames what the thread does, down to the poll of the future; unmodifiable
 */
record StuckPoll(TaskInfo task, Thread thread, List<StackTraceElement> frames) {

  private static final String TASK = Task.class.getName();
  private static final String POLLER = Poller.class.getName();

  /** A thread that polls, and what it polls with. */
  record PollingThread(Thread thread, Poller poller) {

    /** Looks, from another thread. */
    StuckPoll sample() {
      // The walk of the stack first: it meets the thread, which has written by then what it polls.
      List<StackTraceElement> frames = withoutOurs(thread.getStackTrace());
      Waker waker = poller.polledFor();
      Task<?> task = waker == null ? null : Task.of(waker);
      return new StuckPoll(task == null ? Ended.TASK : task, thread, frames);
    }
  }

  /**
   * Cuts off what lies below the poll of the future: the turn of the task, and all that led to it.
   */
  static List<StackTraceElement> withoutOurs(StackTraceElement[] frames) {
    int end = frames.length;
    for (int i = frames.length - 1; i >= 0; i--) {
      if (frames[i].getClassName().equals(TASK) && frames[i].getMethodName().equals("run")) {
        end = i;
        break;
      }
    }
    while (end > 0 && isOurs(frames[end - 1].getClassName())) {
      end--;
    }
    return List.copyOf(Arrays.asList(frames).subList(0, end));
  }

  private static boolean isOurs(String className) {
    return className.equals(TASK) || className.equals(POLLER);
  }

  /** Stands for a task that has ended in the poll that lasts. */
  private static final class Ended implements TaskInfo {

    static final TaskInfo TASK = new Ended();

    @Override
    public long id() {
      return 0;
    }

    @Override
    public Optional<String> name() {
      return Optional.of("which has just ended");
    }

    @Override
    public Optional<StackTraceElement> spawnSite() {
      return Optional.empty();
    }
  }
}
