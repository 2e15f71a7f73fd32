package dev.pollux.samples.sample;

import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.JoinHandle;
import dev.pollux.executor.LocalSet;
import dev.pollux.executor.MultiThreadRuntime;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.samples.exercise.MiniExecutor;
import dev.pollux.spi.Spawner;
import java.util.ArrayList;
import java.util.List;

/**
 * An executor of {@link ExecutorsSample}.
 *
 * @param name what it is called there
 * @param body runs tasks
 */
record ComparedExecutor(String name, Body body) {

  /** How many tasks the arena has places for. */
  static final int PLACES = 4;

  /** Runs tasks. */
  @FunctionalInterface
  interface Body {

    /** Spawns a task for each, in that order, and waits until all are over. */
    void run(List<? extends Future<?>> futures) throws Exception;
  }

  /** Tokio's default: several workers, of which each takes from the others when it has nothing. */
  static ComparedExecutor workStealing(MultiThreadRuntime runtime) {
    return new ComparedExecutor("work-stealing", futures -> spawnAndJoin(runtime, futures));
  }

  /** Tokio's {@code current_thread}: the tasks run on the thread that waits for them. */
  static ComparedExecutor currentThread(PolluxRuntime runtime) {
    return new ComparedExecutor(
        "current-thread", futures -> runtime.blockOn(Futures.joinAll(spawned(runtime, futures))));
  }

  /** The one of exercise 1, some 50 lines. */
  static ComparedExecutor mini(MiniExecutor executor) {
    return new ComparedExecutor(
        "mini",
        futures -> {
          for (Future<?> future : futures) {
            executor.spawn(future);
          }
          executor.run();
        });
  }

  /** The one of embassy: as many places as were made, and nothing more. */
  static ComparedExecutor arena(ArenaExecutor executor) {
    return new ComparedExecutor(
        "arena",
        futures -> {
          for (Future<?> future : futures) {
            if (!executor.spawn(future)) {
              throw new IllegalStateException("the arena is full");
            }
          }
          executor.run();
        });
  }

  /** Tokio's {@code LocalSet}: tasks of a work-stealing runtime that stay on one worker. */
  static ComparedExecutor pinned(MultiThreadRuntime runtime) {
    return new ComparedExecutor(
        "pinned",
        futures -> {
          LocalSet set = runtime.localSet();
          // Spawned by a task of the set, so that none of them begins before all are there.
          List<JoinHandle<?>> handles =
              set.spawnWith(() -> Futures.lazy(() -> spawned(set, futures))).join();
          join(handles);
        });
  }

  private static void spawnAndJoin(Spawner spawner, List<? extends Future<?>> futures)
      throws InterruptedException {
    join(spawned(spawner, futures));
  }

  private static List<JoinHandle<?>> spawned(Spawner spawner, List<? extends Future<?>> futures) {
    List<JoinHandle<?>> handles = new ArrayList<>(futures.size());
    for (Future<?> future : futures) {
      handles.add(spawner.spawn(future));
    }
    return handles;
  }

  private static void join(List<JoinHandle<?>> handles) throws InterruptedException {
    for (JoinHandle<?> handle : handles) {
      handle.join();
    }
  }
}
