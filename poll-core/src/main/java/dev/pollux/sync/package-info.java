/**
 * Channels and locks for tasks. Nothing here blocks a thread that runs tasks, and nothing needs a
 * runtime: whatever polls the futures will do, and a plain thread may use the {@code blocking...}
 * methods.
 *
 * <p>Three laws hold everywhere. A value, permit or notification is neither lost nor doubled,
 * whenever a waiter is cancelled: what was granted to it goes to the next. Waiters are served in
 * the order in which they began to wait, unless a class says otherwise. A close wakes everybody.
 *
 * <p>A value that nobody will receive any more is {@linkplain dev.pollux.core.Discard discarded}.
 * Channels that say so discard what they hold also when all that could receive it was merely
 * forgotten, and is garbage. What holds one value only does not: that of a {@link Oneshot} or a
 * {@link Signal} is garbage then as well, and that of a {@link Watch}, a {@link SetOnce} or an
 * {@link AsyncOnceCell} is shared, and never discarded.
 */
@CheckReturnValue
@NullMarked
package dev.pollux.sync;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
