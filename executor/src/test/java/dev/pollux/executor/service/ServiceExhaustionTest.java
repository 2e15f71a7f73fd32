package dev.pollux.executor.service;

import static dev.pollux.executor.service.Host.awaitLatch;
import static dev.pollux.executor.service.Host.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.JoinHandle;
import dev.pollux.executor.BlockingExhaustion;
import dev.pollux.executor.BlockingPoolExhaustedException;
import dev.pollux.executor.PolluxRuntime;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Commands that wait for commands which no thread of the blocking pool is left for. */
@Timeout(60)
class ServiceExhaustionTest {

  private final List<Throwable> reports = new CopyOnWriteArrayList<>();
  private PolluxRuntime runtime;
  private ScheduledExecutorService service;

  @AfterEach
  void close() throws Exception {
    service.shutdownNow();
    assertThat(service.awaitTermination(Host.LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
    runtime.close();
  }

  private void open(int threads, BlockingExhaustion exhaustion) {
    runtime =
        PolluxRuntime.builder()
            .name("narrow")
            .workers(2)
            .maxBlockingThreads(threads)
            .blockingExhaustion(exhaustion)
            .uncaughtFailureHandler((failure, origin) -> reports.add(failure))
            .multiThread();
    service = runtime.asBlockingScheduledExecutorService();
  }

  /** What a command does that waits for others. */
  private interface Wait {
    int in(ScheduledExecutorService service) throws Exception;
  }

  private static final Callable<Integer> ONE = () -> 1;

  static Stream<Wait> waits() {
    return Stream.of(
        service -> service.submit(ONE).get(),
        service -> service.submit(ONE).get(Host.LIMIT_SECONDS, TimeUnit.SECONDS),
        service -> service.invokeAll(List.of(ONE, ONE)).get(1).get(),
        service -> service.invokeAll(List.of(ONE), 30, TimeUnit.SECONDS).get(0).get(),
        service -> service.invokeAny(List.of(ONE, ONE)),
        service -> service.invokeAny(List.of(ONE), Host.LIMIT_SECONDS, TimeUnit.SECONDS));
  }

  @ParameterizedTest
  @MethodSource("waits")
  void aThreadIsAddedForACommandThatWaitsForQueuedOnes(Wait wait) throws Exception {
    open(1, BlockingExhaustion.GROW);
    assertThat(get(service.submit(() -> wait.in(service)))).isEqualTo(1);
    assertThat(reports).isNotEmpty();
    assertThat(reports).allMatch(report -> report instanceof BlockingPoolExhaustedException);
  }

  @ParameterizedTest
  @MethodSource("waits")
  void theWaitFailsWhereNoThreadMayBeAdded(Wait wait) throws Exception {
    open(1, BlockingExhaustion.FAIL);
    Future<Integer> outer = service.submit(() -> wait.in(service));
    assertThatThrownBy(() -> get(outer))
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOf(BlockingPoolExhaustedException.class)
        .hasMessageContaining("\"narrow\"");
    assertThat(reports).singleElement().isInstanceOf(BlockingPoolExhaustedException.class);
  }

  @Test
  void aCommandWhoseWaitFailedGoesOnAndSoDoesTheOther() throws Exception {
    open(1, BlockingExhaustion.FAIL);
    List<Future<Integer>> kept = new CopyOnWriteArrayList<>();
    Future<Boolean> outer =
        service.submit(
            () -> {
              Future<Integer> inner = service.submit(ONE);
              assertThatThrownBy(inner::get).isInstanceOf(BlockingPoolExhaustedException.class);
              return kept.add(inner);
            });
    assertThat(get(outer)).isTrue();
    assertThat(get(kept.get(0))).isEqualTo(1);
  }

  @Test
  void aWaiterThatSleptBeforeFindsOutWhenTheLastThreadWaits() throws Exception {
    open(2, BlockingExhaustion.FAIL);
    CountDownLatch secondRuns = new CountDownLatch(1);
    CountDownLatch firstSleeps = new CountDownLatch(1);
    Future<Integer> second =
        service.submit(
            () -> {
              secondRuns.countDown();
              awaitLatch(firstSleeps);
              return runtime.spawnBlocking(ONE).join(); // or this one fails
            });
    awaitLatch(secondRuns);
    Future<Integer> first = service.submit(() -> second.get() + 1);
    TimeUnit.MILLISECONDS.sleep(50); // it waits for one that runs; that is fine so far
    firstSleeps.countDown();
    assertThatThrownBy(() -> get(first)).isInstanceOf(ExecutionException.class);
    assertThat(reports).isNotEmpty();
  }

  @Test
  void aSleepingWaiterOfAQueuedCommandIsWokenToFail() throws Exception {
    open(2, BlockingExhaustion.FAIL);
    Host.Held held = new Host.Held();
    JoinHandle<Object> other =
        runtime.spawnBlocking(
            () -> {
              assertThat(held.call()).isEqualTo("held");
              return get(service.submit(ONE));
            });
    awaitLatch(held.begun);
    Future<Boolean> waiter =
        service.submit(
            () -> {
              try {
                return service.submit(ONE).get() == 1;
              } catch (BlockingPoolExhaustedException exhausted) {
                return false;
              }
            });
    TimeUnit.MILLISECONDS.sleep(50);
    held.release();
    boolean got = get(waiter);
    boolean otherGot;
    try {
      otherGot = other.join().equals(1);
    } catch (dev.pollux.core.TaskFailedException exhausted) {
      otherGot = false;
    }
    assertThat(got && otherGot).as("neither of two waits failed").isFalse();
    assertThat(got || otherGot).as("both waits failed").isTrue();
  }

  @Test
  void aBlockingJobThatWaitsForACommandOfTheWorkersIsMadeUpFor() throws Exception {
    open(1, BlockingExhaustion.GROW);
    ScheduledExecutorService workers = runtime.asScheduledExecutorService();
    JoinHandle<Integer> outer =
        runtime.spawnBlocking(
            () ->
                workers
                    .submit(
                        () -> {
                          runtime.spawnBlocking(ONE).detach();
                          return 1;
                        })
                    .get());
    assertThat(outer.join()).isEqualTo(1);
    workers.shutdown();
  }

  @Test
  void aCommandMayAwaitTheTerminationOfAnotherService() throws Exception {
    open(1, BlockingExhaustion.GROW);
    ScheduledExecutorService other = runtime.asBlockingScheduledExecutorService();
    Future<Boolean> outer =
        service.submit(
            () -> {
              other.execute(() -> {});
              other.shutdown();
              return other.awaitTermination(Host.LIMIT_SECONDS, TimeUnit.SECONDS);
            });
    assertThat(get(outer)).isTrue();
  }
}
