package dev.pollux.io.net;

import dev.pollux.core.Futures;
import dev.pollux.core.JoinHandle;
import dev.pollux.spi.Blocking;
import dev.pollux.spi.Spawner;
import java.util.concurrent.Callable;

/** Runs what blocks as tasks, one after the other, when the test says so. */
final class SpawnedBlocking implements Blocking {

  private final Spawner spawner;

  SpawnedBlocking(Spawner spawner) {
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
