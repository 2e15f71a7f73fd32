package dev.pollux.streams.reactor;

import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.Poll;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.time.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.blockhound.BlockHound;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * What {@link BlockHoundTest} runs in a JVM of its own: says which blocking calls were found, one
 * on a line.
 */
final class BlockHoundProgram {

  private static final Queue<Throwable> FOUND = new ConcurrentLinkedQueue<>();

  private BlockHoundProgram() {}

  @SuppressWarnings({"SystemOut", "ThreadSleepMillis"})
  public static void main(String[] args) throws Exception {
    BlockHound.builder()
        .loadIntegrations()
        .blockingMethodCallback(
            method -> {
              Error error = new Error("Blocking call! " + method);
              FOUND.add(error);
              throw error;
            })
        .install();
    try (PolluxRuntime runtime = PolluxRuntime.builder().workers(3).multiThread()) {
      Scheduler parallel = PolluxScheduler.parallel(runtime);
      Scheduler single = PolluxScheduler.single(runtime);
      Scheduler elastic = PolluxScheduler.boundedElastic(runtime, 4, 1000);
      say("job", () -> Mono.fromCallable(BlockHoundProgram::sleep).subscribeOn(parallel).block());
      say("single", () -> Mono.fromCallable(BlockHoundProgram::sleep).subscribeOn(single).block());
      say("task", () -> runtime.blockOn(spawned(runtime, Futures.lazy(BlockHoundProgram::sleep))));
      say("pool", () -> Mono.fromCallable(BlockHoundProgram::sleep).subscribeOn(elastic).block());
      say(
          "in place",
          () ->
              runtime.blockOn(
                  spawned(
                      runtime,
                      Futures.lazy(() -> runtime.blockInPlace(BlockHoundProgram::sleep)))));
      say(
          "after it",
          () -> Mono.fromCallable(BlockHoundProgram::sleep).subscribeOn(parallel).block());
      say("own waits", () -> load(runtime, parallel, elastic));
    }
    System.out.println("end");
    System.exit(0);
  }

  private static <T> JoinHandle<T> spawned(PolluxRuntime runtime, Future<T> future) {
    return runtime.spawn(future);
  }

  private static int sleep() throws InterruptedException {
    Thread.sleep(1);
    return 1;
  }

  private interface Step {
    void run() throws Exception;
  }

  @SuppressWarnings("SystemOut")
  private static void say(String what, Step step) {
    FOUND.clear();
    String outcome = "returned";
    try {
      step.run();
    } catch (Throwable failure) {
      outcome = "failed";
      if (FOUND.isEmpty()) {
        failure.printStackTrace(System.out);
      }
    }
    System.out.println(what + ": " + outcome + ", found " + FOUND.size());
    if (what.equals("own waits")) {
      FOUND.forEach(found -> found.printStackTrace(System.out));
    }
  }

  /** Spawns, timers, wakes, pool jobs, disposals with interrupts: from workers and from outside. */
  private static void load(PolluxRuntime runtime, Scheduler parallel, Scheduler elastic)
      throws Exception {
    AtomicInteger done = new AtomicInteger();
    List<Thread> outside = new ArrayList<>();
    for (int t = 0; t < 2; t++) {
      Thread thread =
          new Thread(
              () -> {
                for (int i = 0; i < 3000; i++) {
                  Scheduler.Worker worker = parallel.createWorker();
                  worker.schedule(done::incrementAndGet);
                  worker.schedule(done::incrementAndGet, 1, TimeUnit.MILLISECONDS);
                  if (i % 2 == 0) {
                    worker.dispose();
                  }
                  elastic.schedule(done::incrementAndGet);
                }
              });
      outside.add(thread);
      thread.start();
    }
    CountDownLatch over = new CountDownLatch(2);
    Flux.range(0, 20_000)
        .flatMap(i -> Mono.fromCallable(() -> i).subscribeOn(i % 8 == 0 ? elastic : parallel))
        .publishOn(parallel)
        .doOnTerminate(over::countDown)
        .subscribe();
    List<Future<Integer>> children = new ArrayList<>();
    for (int i = 0; i < 2000; i++) {
      Future<Integer> child =
          Futures.defer(
              () ->
                  one(runtime)
                      .flatMap(unused -> runtime.spawnBlocking(() -> 1))
                      .flatMap(unused -> Time.sleep(Duration.ofMillis(1)).map(v -> 1)));
      children.add(spawned(runtime, child));
    }
    int sum = runtime.blockOn(Futures.joinAll(children)).size();
    over.countDown();
    over.await(60, TimeUnit.SECONDS);
    for (Thread thread : outside) {
      thread.join(60_000);
    }
    if (sum != 2000 || over.getCount() != 0) {
      throw new IllegalStateException("not done");
    }
  }

  private static Future<Integer> one(PolluxRuntime runtime) {
    return runtime.spawn(cx -> Poll.ready(1));
  }
}
