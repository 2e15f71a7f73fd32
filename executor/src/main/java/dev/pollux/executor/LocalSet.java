package dev.pollux.executor;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.JoinHandle;
import dev.pollux.spi.Spawner;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Spawns tasks that all stay on one worker of a runtime: no two of them are ever polled at the same
 * time, and each sees what the others wrote, so they may share what is made for one thread.
 *
 * <pre>{@code
 * LocalSet set = runtime.localSet();
 * JoinHandle<Report> report = set.spawnWith(() -> new Session(notThreadSafe).run());
 * }</pre>
 *
 * <p>They take turns with the other tasks of that worker, and are not stolen: a long poll on the
 * worker delays all of them. What they spawn through their context is not pinned; what they {@link
 * Future#shielded() shield} is. The thread behind the worker stays the same as long as no other
 * task of it calls {@link PolluxRuntime#blockInPlace}; what is bound to the thread itself, as a
 * {@code ThreadLocal} is, belongs on a {@link CurrentThreadRuntime}.
 *
 * <p>Source: {@code LocalSet} and {@code LocalPoolHandle} of Tokio.
 *
 * @threading spawning: any thread
 */
public final class LocalSet implements Spawner {

  /** Spawns on the chosen worker. */
  @FunctionalInterface
  interface PinnedSpawner {
    <T extends @Nullable Object> JoinHandle<T> spawn(
        @Nullable String name, Future<T> future, boolean shielded);
  }

  private final PinnedSpawner spawner;

  LocalSet(PinnedSpawner spawner) {
    this.spawner = spawner;
  }

  /**
   * Spawns a task whose future is made on the worker, so that even its making is confined.
   *
   * @param future makes what the task runs
   * @param <T> the output of the task
   * @return the handle, which may be used anywhere
   * @throws dev.pollux.core.RuntimeShutdownException if the runtime was shut down
   */
  public <T extends @Nullable Object> JoinHandle<T> spawnWith(
      Supplier<? extends Future<T>> future) {
    return spawner.spawn(null, Futures.defer(requireNonNull(future, "future")), false);
  }

  @Override
  public <T extends @Nullable Object> JoinHandle<T> spawn(Future<T> future) {
    return spawner.spawn(null, requireNonNull(future, "future"), false);
  }

  @Override
  public <T extends @Nullable Object> JoinHandle<T> spawn(String name, Future<T> future) {
    return spawner.spawn(requireNonNull(name, "name"), requireNonNull(future, "future"), false);
  }

  @Override
  public <T extends @Nullable Object> JoinHandle<T> spawnShielded(Future<T> future) {
    return spawner.spawn(null, requireNonNull(future, "future"), true);
  }
}
