package dev.pollux.samples.trust;

import dev.pollux.executor.PolluxRuntime;
import dev.pollux.samples.trust.Plan.Stage;
import dev.pollux.samples.trust.Recorder.InjectedException;
import dev.pollux.streams.reactor.PolluxSchedulers;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.GroupedFlux;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.ParallelFlux;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

final class ReactorLibrary implements Library {

  private static final Duration SHORT = Duration.ofMillis(1);
  private static final Duration LONG = Duration.ofMinutes(10);

  @Override
  public AutoCloseable install(PolluxRuntime runtime) {
    return PolluxSchedulers.install(runtime);
  }

  @Override
  public AutoCloseable watch(Consumer<Throwable> handler) {
    Hooks.onErrorDropped(handler);
    return Hooks::resetOnErrorDropped;
  }

  @Override
  public Publisher<Integer> assemble(Plan plan, AtomicInteger live) {
    Flux<Integer> flux =
        source(plan)
            .doOnSubscribe(subscription -> live.incrementAndGet())
            .doFinally(signal -> live.decrementAndGet());
    if (plan.fails()) {
      AtomicInteger seen = new AtomicInteger();
      flux =
          flux.map(
              value -> {
                if (seen.getAndIncrement() == plan.failAt()) {
                  throw new InjectedException();
                }
                return value;
              });
    }
    for (Stage stage : plan.stages()) {
      flux = with(flux, stage);
    }
    return flux;
  }

  private static Flux<Integer> source(Plan plan) {
    int size = plan.size();
    return switch (plan.source()) {
      case RANGE -> Flux.range(0, size);
      case ITERABLE -> Flux.fromIterable(IntStream.range(0, size).boxed().toList());
      case TICKS -> Flux.interval(SHORT).take(size).map(Long::intValue).onBackpressureBuffer();
      case PUSHED ->
          Flux.create(
              sink ->
                  sink.onDispose(
                      Schedulers.boundedElastic()
                          .schedule(
                              () -> {
                                for (int i = 0; i < size && !sink.isCancelled(); i++) {
                                  sink.next(i);
                                }
                                sink.complete();
                              })));
    };
  }

  private static Scheduler scheduler(int place) {
    return switch (place) {
      case 0 -> Schedulers.parallel();
      case 1 -> Schedulers.boundedElastic();
      default -> Schedulers.single();
    };
  }

  private static Flux<Integer> with(Flux<Integer> flux, Stage stage) {
    int amount = stage.amount();
    Scheduler scheduler = scheduler(stage.place());
    return switch (stage.step()) {
      case MAP -> flux.map(value -> value * 31 + 1);
      case FILTER -> flux.filter(value -> value % 9 != amount);
      case SCAN -> flux.scan(Integer::sum);
      case TAKE -> flux.take(amount * 5L);
      case ZIP -> flux.zipWith(Flux.range(0, 10_000).publishOn(scheduler), (a, b) -> a ^ b);
      case RETRY -> retried(flux, amount);
      case HOP -> flux.publishOn(scheduler, amount);
      case SUBSCRIBE -> flux.subscribeOn(scheduler);
      case FLAT_MAP ->
          flux.flatMap(value -> Flux.just(value, value + 7).subscribeOn(scheduler), amount);
      case CONCAT_MAP -> flux.concatMap(value -> Flux.just(value).subscribeOn(scheduler), amount);
      case BUFFER -> flux.buffer(amount).flatMapIterable(list -> list);
      case BUFFER_TIME ->
          flux.bufferTimeout(amount, SHORT).onBackpressureBuffer().flatMapIterable(list -> list);
      case WINDOW -> flux.window(amount).flatMap(window -> window.publishOn(scheduler));
      case GROUP ->
          flux.groupBy(value -> value & 3)
              .flatMap((GroupedFlux<Integer, Integer> group) -> group.publishOn(scheduler), 16);
      case PARALLEL -> {
        ParallelFlux<Integer> rails = flux.parallel(amount).runOn(scheduler);
        yield rails.map(value -> value + 1).sequential();
      }
      case SHARE -> {
        Flux<Integer> shared = flux.publish().refCount(2);
        yield Flux.merge(shared, shared.publishOn(scheduler));
      }
      case REPLAY -> {
        Flux<Integer> replayed = flux.replay().autoConnect();
        yield replayed.concatWith(replayed);
      }
      case DELAY_START -> flux.delaySubscription(SHORT);
      case DELAY_EACH -> flux.delayElements(SHORT);
      case TIMEOUT_PASSED -> flux.concatWith(Flux.<Integer>never().timeout(SHORT, Flux.just(-1)));
      case TIMEOUT_KEPT -> flux.timeout(LONG);
      // It does not ask what was requested, at its end not even to fail.
      case SAMPLE -> flux.sample(SHORT).onBackpressureBuffer();
    };
  }

  /** Fails once after some elements. */
  private static Flux<Integer> retried(Flux<Integer> flux, int after) {
    AtomicInteger attempts = new AtomicInteger();
    return Flux.defer(
            () ->
                attempts.getAndIncrement() == 0
                    ? flux.take(after).concatWith(Flux.error(new InjectedException()))
                    : flux)
        .retry(1);
  }
}
