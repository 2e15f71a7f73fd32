package dev.pollux.samples.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.core.AsyncIterator;
import dev.pollux.executor.CurrentThreadRuntime;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.streams.Streams;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A runtime that a thread of its own drives, so that a test may block in another library. After the
 * test nothing may be left in it, and nothing may have been reported that the test did not take.
 */
final class DrivenRuntime implements AfterEachCallback {

  private final List<String> uncaught = Collections.synchronizedList(new ArrayList<>());
  private final CurrentThreadRuntime runtime =
      PolluxRuntime.builder()
          .name("driven")
          .uncaughtFailureHandler((failure, origin) -> uncaught.add(origin + ": " + failure))
          .currentThread();
  private final CompletableFuture<Integer> stop = new CompletableFuture<>();
  private final CompletableFuture<Integer> driver = new CompletableFuture<>();
  private final Thread thread = new Thread(this::drive, "driver");

  DrivenRuntime() {
    thread.start();
  }

  private void drive() {
    try {
      driver.complete(runtime.blockOn(Streams.fromCompletionStage(stop)));
    } catch (Throwable failure) {
      driver.completeExceptionally(failure);
    }
  }

  CurrentThreadRuntime runtime() {
    return runtime;
  }

  /** The thread on which all tasks run. */
  Thread thread() {
    return thread;
  }

  /** All elements, in order. */
  <T> List<T> collect(AsyncIterator<T> elements) throws Exception {
    return runtime.spawn(elements.collect(Collectors.toList())).join();
  }

  /** What was reported without an owner so far, which the test has expected. */
  List<String> takeUncaught() {
    synchronized (uncaught) {
      List<String> taken = List.copyOf(uncaught);
      uncaught.clear();
      return taken;
    }
  }

  /** Waits until no task is left, as after a cancel, which does not wait itself. */
  void awaitNoTasks() {
    int own = 1; // the one that drives
    while (runtime.liveTasks() > own) {
      Thread.onSpinWait();
    }
  }

  @Override
  public void afterEach(ExtensionContext context) throws Exception {
    awaitNoTasks();
    stop.complete(0);
    driver.get(30, TimeUnit.SECONDS);
    runtime.close();
    assertThat(uncaught).isEmpty();
  }
}
