package dev.pollux.executor.scheduler;

import dev.pollux.core.Poll;
import dev.pollux.executor.task.Task;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tasks that nobody runs, to be pushed from queue to queue. */
final class Tasks {

  private Tasks() {}

  /** One of several that are told apart. */
  static final class Numbered extends Task<Void> {
    final int number;

    Numbered(int number) {
      super(cx -> Poll.done());
      this.number = number;
    }

    @Override
    public String toString() {
      return "task " + number;
    }
  }

  static Task<?> task() {
    return new Numbered(0);
  }

  static int number(Task<?> task) {
    return ((Numbered) task).number;
  }

  static List<Task<?>> tasks(int count) {
    List<Task<?>> tasks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      tasks.add(new Numbered(i));
    }
    return tasks;
  }

  /** Pushes new tasks, which must fit. */
  static List<Task<?>> fill(Ring ring, int count) {
    List<Task<?>> tasks = tasks(count);
    for (Task<?> task : tasks) {
      if (!ring.tryPush(task)) {
        throw new AssertionError("full");
      }
    }
    return tasks;
  }

  /** Pops all. */
  static List<Task<?>> drain(Ring ring) {
    return with(null, ring);
  }

  /** A task, if it is one, and then all that can be popped. */
  static List<Task<?>> with(@Nullable Task<?> first, Ring ring) {
    List<Task<?>> tasks = new ArrayList<>();
    if (first != null) {
      tasks.add(first);
    }
    for (Task<?> task = ring.pop(); task != null; task = ring.pop()) {
      tasks.add(task);
    }
    return tasks;
  }
}
