package dev.pollux.executor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.core.Futures;
import dev.pollux.core.JoinHandle;
import dev.pollux.spi.RuntimeListener;
import dev.pollux.time.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What reaches a worker while it goes to sleep, or sleeps. */
@Timeout(60)
class MultiThreadSleepTest {

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void aTaskThatAListenerSpawnsWhenItsWorkerGoesToSleepRuns(int workers) throws Exception {
    AtomicReference<PolluxRuntime> built = new AtomicReference<>();
    CompletableFuture<String> ran = new CompletableFuture<>();
    RuntimeListener spawner =
        new RuntimeListener() {
          @Override
          public void threadParked() {
            PolluxRuntime runtime = built.getAndSet(null);
            if (runtime != null) {
              runtime.spawn(Futures.lazy(() -> ran.complete("ran"))).detach();
            }
          }
        };
    try (MultiThreadRuntime runtime =
        PolluxRuntime.builder().workers(workers).listener(spawner).multiThread()) {
      MultiThreading.awaitDormant(runtime);
      built.set(runtime);
      runtime.blockOn(Futures.lazy(() -> 1)); // wakes a worker, which goes to sleep again
      assertThat(ran.get(Waiting.LIMIT_SECONDS, TimeUnit.SECONDS)).isEqualTo("ran");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void anInterruptOfASleepingWorkerEndsOneSleepOnly(int workers) throws Exception {
    List<Thread> threads = new CopyOnWriteArrayList<>();
    try (MultiThreadRuntime runtime =
        PolluxRuntime.builder()
            .workers(workers)
            .threadFactory(
                body -> {
                  Thread thread = new Thread(body, "interrupted");
                  thread.setDaemon(true);
                  threads.add(thread);
                  return thread;
                })
            .multiThread()) {
      MultiThreading.awaitDormant(runtime);
      threads.forEach(Thread::interrupt);
      MultiThreading.awaitDormant(runtime); // it would never be quiet again
      int answer = runtime.blockOn(Futures.lazy(() -> 42));
      assertThat(answer).isEqualTo(42);
    }
  }

  @Test
  void aTaskMayTakeThePlaceOfOneThatWasJoined() throws Exception {
    try (MultiThreadRuntime runtime = PolluxRuntime.builder().maxTasks(1).multiThread()) {
      for (int i = 0; i < 20_000; i++) {
        int number = i;
        int answer = runtime.spawn(Futures.lazy(() -> number)).join();
        assertThat(answer).isEqualTo(i);
      }
    }
  }

  @Test
  void noTwoLiveTasksOrJobsHaveTheSameNumber() throws Exception {
    try (MultiThreadRuntime runtime = PolluxRuntime.builder().workers(2).multiThread()) {
      List<JoinHandle<?>> handles = new ArrayList<>();
      CompletableFuture<Void> release = new CompletableFuture<>();
      for (int i = 0; i < 100; i++) {
        handles.add(runtime.spawn(Time.sleep(Duration.ofHours(1))));
        handles.add(runtime.spawnPinned(() -> Time.sleep(Duration.ofHours(1))));
        handles.add(runtime.spawnBlocking(() -> release.get(30, TimeUnit.SECONDS)));
      }
      Set<Long> ids = new HashSet<>();
      handles.forEach(handle -> assertThat(ids.add(handle.id())).as("%s", handle).isTrue());
      release.complete(null);
      handles.forEach(JoinHandle::requestCancel);
      handles.forEach(JoinHandle::detach);
    }
  }
}
