package dev.pollux.executor;

import dev.pollux.core.Future;
import org.jspecify.annotations.Nullable;

/**
 * A task was not spawned: as many tasks are live as {@link RuntimeBuilder#maxTasks maxTasks}
 * allows.
 *
 * @param future what was to run, untouched: the caller still owns it, and may try again or cancel
 *     it
 * @param maxTasks the limit
 * @param <T> the output of the future
 */
public record SpawnRejected<T extends @Nullable Object>(Future<T> future, int maxTasks)
    implements SpawnAttempt<T> {}
