package dev.pollux.io.process;

import dev.pollux.core.Futures;
import dev.pollux.core.JoinHandle;
import dev.pollux.spi.Blocking;
import dev.pollux.spi.Spawner;
import java.util.concurrent.Callable;

/** A blocking pool whose jobs run when the tasks of a harness do. */
final class HandBlocking implements Blocking {

  private final Spawner spawner;

  HandBlocking(Spawner spawner) {
    this.spawner = spawner;
  }

  @Override
  public <T> JoinHandle<T> spawnBlocking(Callable<T> job) {
    return spawner.spawn(Futures.lazy(job));
  }

  @Override
  public <T> JoinHandle<T> spawnBlocking(String name, Callable<T> job) {
    return spawner.spawn(name, Futures.lazy(job));
  }

  @Override
  public <T> JoinHandle<T> spawnInterruptible(Callable<T> job) {
    return spawnBlocking(job);
  }

  @Override
  public <T> JoinHandle<T> spawnInterruptible(String name, Callable<T> job) {
    return spawnBlocking(name, job);
  }
}
