package dev.pollux.samples.bench;

import dev.pollux.benchmarks.OneShot;
import dev.pollux.executor.CurrentThreadRuntime;
import dev.pollux.executor.PolluxRuntime;
import java.util.concurrent.CompletableFuture;

/**
 * Drives a current-thread runtime on a thread of its own until it is closed. A multi-thread runtime
 * needs nobody: then it does nothing.
 */
final class DrivingThread implements AutoCloseable {

  private final OneShot<Integer> stop = new OneShot<>();
  private final CompletableFuture<Integer> stopped;

  DrivingThread(PolluxRuntime runtime) {
    this.stopped =
        runtime instanceof CurrentThreadRuntime
            ? CompletableFuture.supplyAsync(() -> drive(runtime), DrivingThread::onNewThread)
            : CompletableFuture.completedFuture(0);
  }

  private static void onNewThread(Runnable body) {
    Thread thread = new Thread(body, "driver");
    thread.setDaemon(true);
    thread.start();
  }

  private int drive(PolluxRuntime runtime) {
    try {
      return runtime.blockOn(stop);
    } catch (Exception failure) {
      throw new IllegalStateException(failure);
    }
  }

  @Override
  public void close() {
    stop.send(0);
    stopped.join();
  }
}
