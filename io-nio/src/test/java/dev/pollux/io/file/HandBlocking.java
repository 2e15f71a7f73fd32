package dev.pollux.io.file;

import dev.pollux.core.Future;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.Poll;
import dev.pollux.spi.Blocking;
import dev.pollux.spi.Spawner;
import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;

/** A blocking pool whose jobs run when the tasks of a harness do. */
final class HandBlocking implements Blocking {

  private final Spawner spawner;

  /** How many jobs were taken so far. */
  int jobs;

  /** Whether it takes no more. */
  boolean full;

  HandBlocking(Spawner spawner) {
    this.spawner = spawner;
  }

  @Override
  public <T> JoinHandle<T> spawnBlocking(Callable<T> job) {
    return spawnBlocking("a job", job);
  }

  @Override
  public <T> JoinHandle<T> spawnBlocking(String name, Callable<T> job) {
    if (full) {
      throw new RejectedExecutionException("full");
    }
    jobs++;
    Future<T> task = cx -> Poll.ready(job.call());
    return spawner.spawn(name, task);
  }

  @Override
  public <T> JoinHandle<T> spawnInterruptible(Callable<T> job) {
    throw new AssertionError("an interrupt would close the channel");
  }

  @Override
  public <T> JoinHandle<T> spawnInterruptible(String name, Callable<T> job) {
    throw new AssertionError("an interrupt would close the channel");
  }
}
