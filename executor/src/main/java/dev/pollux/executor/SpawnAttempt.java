package dev.pollux.executor;

import org.jspecify.annotations.Nullable;

/**
 * What {@link PolluxRuntime#trySpawn} answers: the task was {@link Spawned}, or it was {@linkplain
 * SpawnRejected rejected} because there are too many.
 *
 * @param <T> the output of the task
 */
public sealed interface SpawnAttempt<T extends @Nullable Object> permits Spawned, SpawnRejected {

  /** Whether the task was spawned. */
  default boolean isSpawned() {
    return this instanceof Spawned;
  }
}
