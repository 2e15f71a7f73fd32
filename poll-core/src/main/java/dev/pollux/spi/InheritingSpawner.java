package dev.pollux.spi;

import dev.pollux.core.Future;
import dev.pollux.core.JoinHandle;
import org.jspecify.annotations.Nullable;

/** Spawns by another spawner what then runs with given task locals. */
final class InheritingSpawner implements Spawner {

  private final Spawner spawner;
  private final TaskLocals locals;

  InheritingSpawner(Spawner spawner, TaskLocals locals) {
    this.spawner = spawner;
    this.locals = locals;
  }

  @Override
  public <T extends @Nullable Object> JoinHandle<T> spawn(Future<T> future) {
    return spawner.spawn(future.withLocals(locals));
  }

  @Override
  public <T extends @Nullable Object> JoinHandle<T> spawn(String name, Future<T> future) {
    return spawner.spawn(name, future.withLocals(locals));
  }

  @Override
  public <T extends @Nullable Object> JoinHandle<T> spawnShielded(Future<T> future) {
    return spawner.spawnShielded(future.withLocals(locals));
  }
}
