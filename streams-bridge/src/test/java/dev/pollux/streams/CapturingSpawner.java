package dev.pollux.streams;

import dev.pollux.core.Future;
import dev.pollux.core.JoinHandle;
import dev.pollux.spi.Spawner;
import org.jspecify.annotations.Nullable;

/** Spawns nothing, and keeps the future for the test to poll. */
public final class CapturingSpawner implements Spawner {

  private final TestSpawner handles = new TestSpawner();
  private @Nullable Future<?> captured;

  @Override
  public <T> JoinHandle<T> spawn(Future<T> future) {
    return spawn("", future);
  }

  @Override
  public <T> JoinHandle<T> spawn(String name, Future<T> future) {
    captured = future;
    return handles.new Task<>(name, null);
  }

  /** The future spawned last, which this then forgets. */
  @SuppressWarnings("unchecked") // as the test knows
  public <T> Future<T> take() {
    Future<T> taken = (Future<T>) captured;
    captured = null;
    return taken;
  }
}
