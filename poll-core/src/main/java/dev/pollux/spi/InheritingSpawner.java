package dev.pollux.spi;

import dev.pollux.core.Future;
import dev.pollux.core.JoinHandle;
import org.jspecify.annotations.Nullable;

/** Spawns by another spawner what then runs with given task locals. */
class InheritingSpawner implements Spawner {

  /** One over a runtime, which remains a way into it: whoever closes a set or a scope drives it. */
  private static final class OverRuntime extends InheritingSpawner implements BlockOn {

    private final BlockOn runtime;
    private final TaskLocals locals;

    OverRuntime(Spawner spawner, BlockOn runtime, TaskLocals locals) {
      super(spawner, locals);
      this.runtime = runtime;
      this.locals = locals;
    }

    @Override
    public <T extends @Nullable Object> T blockOn(Future<T> future) throws Exception {
      return runtime.blockOn(future.withLocals(locals));
    }
  }

  private final Spawner spawner;
  private final TaskLocals locals;

  private InheritingSpawner(Spawner spawner, TaskLocals locals) {
    this.spawner = spawner;
    this.locals = locals;
  }

  static Spawner of(Spawner spawner, TaskLocals locals) {
    return spawner instanceof BlockOn runtime
        ? new OverRuntime(spawner, runtime, locals)
        : new InheritingSpawner(spawner, locals);
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
