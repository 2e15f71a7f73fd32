package dev.pollux.executor;

import dev.pollux.core.JoinHandle;
import org.jspecify.annotations.Nullable;

/**
 * A task was spawned.
 *
 * @param handle its handle
 * @param <T> the output of the task
 */
public record Spawned<T extends @Nullable Object>(JoinHandle<T> handle)
    implements SpawnAttempt<T> {}
