package dev.pollux.executor.scheduler;

import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.executor.task.Task;
import org.jspecify.annotations.Nullable;

/** Tasks that are told apart by a digit, so that what happened to them fits into a number. */
abstract class NumberedTasks {

  private static final Future<Void> NOTHING = cx -> Poll.done();

  private final @Nullable Task<?>[] tasks = new Task<?>[7];

  /** The task of a number; made by the constructors, or by one thread that asks for it. */
  final Task<?> task(int number) {
    Task<?> task = tasks[number];
    if (task == null) {
      task = new Task<>(NOTHING);
      tasks[number] = task;
    }
    return task;
  }

  /** Puts the digit of a task behind others, or 9 for one that nobody knows; nothing for null. */
  final int digits(int before, @Nullable Task<?> task) {
    if (task == null) {
      return before;
    }
    for (int i = 1; i < tasks.length; i++) {
      if (tasks[i] == task) {
        return before * 10 + i;
      }
    }
    return before * 10 + 9;
  }

  /** Puts the digits of all that can be popped behind others. */
  final int digits(int before, Ring ring) {
    int digits = before;
    while (!ring.isEmpty()) {
      Task<?> task = ring.pop();
      digits = task == null ? digits * 10 + 9 : digits(digits, task);
    }
    return digits;
  }

  /** All digits in ascending order. */
  static int sorted(int... numbers) {
    int[] counts = new int[10];
    for (int number : numbers) {
      for (int rest = number; rest > 0; rest /= 10) {
        counts[rest % 10]++;
      }
    }
    int sorted = 0;
    for (int digit = 1; digit < counts.length; digit++) {
      for (int i = 0; i < counts[digit]; i++) {
        sorted = sorted * 10 + digit;
      }
    }
    return sorted;
  }
}
