package dev.pollux.samples.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reactivex.rxjava3.core.Flowable;
import io.reactivex.rxjava3.disposables.Disposable;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** A runtime as the executor of other libraries. */
@Timeout(60)
class AsExecutorServiceTest {

  @RegisterExtension final DrivenRuntime driven = new DrivenRuntime();

  private final ScheduledExecutorService service = driven.runtime().asScheduledExecutorService();

  @AfterEach
  void shutDown() {
    service.shutdown();
  }

  private Thread here() {
    return Thread.currentThread();
  }

  // ---- CompletableFuture

  @Test
  void completableFutureRunsItsStagesOnTheRuntime() throws Exception {
    List<Thread> threads =
        CompletableFuture.supplyAsync(this::here, service)
            .thenApplyAsync(first -> List.of(first, here()), service)
            .get(30, TimeUnit.SECONDS);
    assertThat(threads).containsOnly(driven.thread());
  }

  @Test
  void theDelayOfCompletableFutureEndsOnTheRuntime() throws Exception {
    Executor delayed = CompletableFuture.delayedExecutor(5, TimeUnit.MILLISECONDS, service);
    assertThat(CompletableFuture.supplyAsync(this::here, delayed).get(30, TimeUnit.SECONDS))
        .isEqualTo(driven.thread());
  }

  @Test
  void aTimeOutMayBeScheduledOnTheRuntime() throws Exception {
    CompletableFuture<String> never = new CompletableFuture<>();
    ScheduledFuture<?> timeout =
        service.schedule(
            () -> never.completeExceptionally(new TimeoutException("late")),
            5,
            TimeUnit.MILLISECONDS);
    assertThatThrownBy(() -> never.get(30, TimeUnit.SECONDS)).hasRootCauseMessage("late");
    assertThat(timeout.get(30, TimeUnit.SECONDS)).isNull();
  }

  // ---- Reactor

  @Test
  void reactorRunsOnTheRuntime() {
    Scheduler scheduler = Schedulers.fromExecutorService(service);
    List<Integer> elements =
        Flux.range(0, 10_000)
            .publishOn(scheduler)
            .doOnNext(element -> assertThat(here()).isEqualTo(driven.thread()))
            .collectList()
            .block(Duration.ofSeconds(30));
    assertThat(elements).isEqualTo(IntStream.range(0, 10_000).boxed().toList());
    scheduler.dispose();
    assertThat(service.isShutdown()).isTrue();
  }

  @Test
  void reactorMeasuresTimeOnTheRuntime() {
    Scheduler scheduler = Schedulers.fromExecutorService(service);
    assertThat(
            Flux.interval(Duration.ofMillis(1), scheduler)
                .take(5)
                .map(tick -> here())
                .collectList()
                .block(Duration.ofSeconds(30)))
        .hasSize(5)
        .containsOnly(driven.thread());
    assertThatThrownBy(
            () ->
                Mono.never().timeout(Duration.ofMillis(5), scheduler).block(Duration.ofSeconds(30)))
        .hasCauseInstanceOf(TimeoutException.class);
    scheduler.dispose();
  }

  @Test
  void whatReactorHasDisposedOfDoesNotRun() throws Exception {
    Scheduler scheduler = Schedulers.fromExecutorService(service);
    CountDownLatch ran = new CountDownLatch(1);
    scheduler.schedule(ran::countDown, 1, TimeUnit.HOURS).dispose();
    scheduler.schedulePeriodically(ran::countDown, 1, 1, TimeUnit.HOURS).dispose();
    service.shutdown();
    assertThat(service.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
    assertThat(ran.getCount()).isEqualTo(1);
  }

  // ---- RxJava

  @Test
  void rxJavaRunsOnTheRuntime() {
    List<Integer> elements =
        Flowable.range(0, 10_000)
            .observeOn(io.reactivex.rxjava3.schedulers.Schedulers.from(service))
            .doOnNext(element -> assertThat(here()).isEqualTo(driven.thread()))
            .toList()
            .timeout(30, TimeUnit.SECONDS)
            .blockingGet();
    assertThat(elements).isEqualTo(IntStream.range(0, 10_000).boxed().toList());
  }

  @Test
  void rxJavaMeasuresTimeOnTheRuntime() {
    io.reactivex.rxjava3.core.Scheduler scheduler =
        io.reactivex.rxjava3.schedulers.Schedulers.from(service);
    List<Thread> threads =
        Flowable.interval(1, TimeUnit.MILLISECONDS, scheduler)
            .take(5)
            .map(tick -> here())
            .toList()
            .timeout(30, TimeUnit.SECONDS)
            .blockingGet();
    assertThat(threads).hasSize(5).containsOnly(driven.thread());
  }

  @Test
  void whatRxJavaHasDisposedOfDoesNotRunAndMayBeInterruptedOnTheBlockingPool() throws Exception {
    ScheduledExecutorService blocking = driven.runtime().asBlockingScheduledExecutorService();
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    Disposable running =
        io.reactivex.rxjava3.schedulers.Schedulers.from(blocking, true)
            .scheduleDirect(
                () -> {
                  begun.countDown();
                  try {
                    never.await();
                  } catch (InterruptedException e) {
                    interrupted.countDown();
                  }
                });
    assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
    running.dispose();
    assertThat(interrupted.await(30, TimeUnit.SECONDS)).isTrue();
    Disposable delayed =
        io.reactivex.rxjava3.schedulers.Schedulers.from(blocking)
            .scheduleDirect(never::countDown, 1, TimeUnit.HOURS);
    delayed.dispose();
    blocking.shutdown();
    assertThat(blocking.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
    assertThat(never.getCount()).isEqualTo(1);
  }
}
