package dev.pollux.samples.exercise;

import dev.pollux.core.TaskInfo;
import dev.pollux.spi.RuntimeListener;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A listener of a runtime that adds up how long the polls of each task take, by its name, and knows
 * when it was polled last.
 *
 * @threading any thread
 */
final class PollTimes implements RuntimeListener {

  private final ThreadLocal<Long> begun = new ThreadLocal<>();
  private final Map<String, Polled> tasks = new ConcurrentHashMap<>();

  @Override
  public void pollStarted(TaskInfo task) {
    begun.set(System.nanoTime());
  }

  @Override
  public void pollEnded(TaskInfo task) {
    Long begin = begun.get(); // the calls of one poll are told by one thread
    if (begin != null) {
      add(nameOf(task), System.nanoTime() - begin, System.nanoTime());
    }
  }

  /** A poll of a task has taken so long, and ended then. */
  void add(String name, long nanos, long endNanos) {
    tasks.merge(name, new Polled(1, nanos, nanos, endNanos), Polled::plus);
  }

  @Override
  public void taskEnded(TaskInfo task, Outcome outcome) {
    ended(nameOf(task));
  }

  /** It waits for nothing any more. */
  void ended(String name) {
    tasks.remove(name);
  }

  private static String nameOf(TaskInfo task) {
    return task.name().orElse("task " + task.id());
  }

  /** The tasks that have not ended, by their names. */
  Map<String, Polled> tasks() {
    return Map.copyOf(tasks);
  }

  /** The task whose polls have taken the longest time together; empty if there is none. */
  Optional<String> hottest() {
    return tasks.entrySet().stream()
        .max((a, b) -> Long.compare(a.getValue().totalNanos(), b.getValue().totalNanos()))
        .map(Map.Entry::getKey);
  }

  /** The task that was polled last the longest time ago; empty if there is none. */
  Optional<String> longestPending() {
    return tasks.entrySet().stream()
        .min((a, b) -> Long.compare(a.getValue().lastEndNanos() - b.getValue().lastEndNanos(), 0))
        .map(Map.Entry::getKey);
  }

  /**
   * What is known of one task.
   *
   * @param polls how many
   * @param totalNanos how long they took together
   * @param longestNanos how long the longest took
   * @param lastEndNanos when the last was over
   */
  record Polled(long polls, long totalNanos, long longestNanos, long lastEndNanos) {

    private Polled plus(Polled next) {
      return new Polled(
          polls + next.polls,
          totalNanos + next.totalNanos,
          Math.max(longestNanos, next.longestNanos),
          next.lastEndNanos - lastEndNanos > 0 ? next.lastEndNanos : lastEndNanos);
    }
  }
}
