package dev.pollux.core;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * What became of a task of a {@link JoinMap}.
 *
 * @param key the key that the task was spawned with
 * @param result its output, its failure, or that it was cancelled
 * @param <K> the type of the keys
 * @param <T> the output of the task
 */
public record KeyedResult<K, T extends @Nullable Object>(K key, TaskResult<T> result) {

  /** Says that the task of {@code key} ended with {@code result}. */
  public KeyedResult {
    requireNonNull(key, "key");
    requireNonNull(result, "result");
  }

  /**
   * The output of the task.
   *
   * @throws TaskFailedException if the task failed; a fresh one at each call
   * @throws TaskCancelledException if it was cancelled; a fresh one at each call
   */
  public T value() {
    return result.value();
  }
}
