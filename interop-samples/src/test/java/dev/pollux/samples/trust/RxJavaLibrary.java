package dev.pollux.samples.trust;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.MINUTES;

import dev.pollux.executor.PolluxRuntime;
import dev.pollux.samples.trust.Plan.Stage;
import dev.pollux.samples.trust.Recorder.InjectedException;
import dev.pollux.streams.rxjava.PolluxRxSchedulers;
import io.reactivex.rxjava3.core.BackpressureStrategy;
import io.reactivex.rxjava3.core.Flowable;
import io.reactivex.rxjava3.core.Scheduler;
import io.reactivex.rxjava3.exceptions.UndeliverableException;
import io.reactivex.rxjava3.plugins.RxJavaPlugins;
import io.reactivex.rxjava3.schedulers.Schedulers;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.reactivestreams.Publisher;

final class RxJavaLibrary implements Library {

  @Override
  public AutoCloseable install(PolluxRuntime runtime) {
    return PolluxRxSchedulers.install(runtime);
  }

  @Override
  public AutoCloseable watch(Consumer<Throwable> handler) {
    RxJavaPlugins.setErrorHandler(
        failure ->
            handler.accept(
                failure instanceof UndeliverableException ? failure.getCause() : failure));
    return () -> RxJavaPlugins.setErrorHandler(null);
  }

  @Override
  public Publisher<Integer> assemble(Plan plan, AtomicInteger live) {
    Flowable<Integer> flowable =
        source(plan)
            .doOnSubscribe(subscription -> live.incrementAndGet())
            .doFinally(live::decrementAndGet);
    if (plan.fails()) {
      AtomicInteger seen = new AtomicInteger();
      flowable =
          flowable.map(
              value -> {
                if (seen.getAndIncrement() == plan.failAt()) {
                  throw new InjectedException();
                }
                return value;
              });
    }
    for (Stage stage : plan.stages()) {
      flowable = with(flowable, stage);
    }
    return flowable;
  }

  private static Flowable<Integer> source(Plan plan) {
    int size = plan.size();
    return switch (plan.source()) {
      case RANGE -> Flowable.range(0, size);
      case ITERABLE -> Flowable.fromIterable(IntStream.range(0, size).boxed().toList());
      case TICKS ->
          Flowable.interval(1, MILLISECONDS).onBackpressureBuffer().take(size).map(Long::intValue);
      case PUSHED ->
          Flowable.create(
              emitter ->
                  emitter.setDisposable(
                      Schedulers.io()
                          .scheduleDirect(
                              () -> {
                                for (int i = 0; i < size && !emitter.isCancelled(); i++) {
                                  emitter.onNext(i);
                                }
                                emitter.onComplete();
                              })),
              BackpressureStrategy.BUFFER);
    };
  }

  private static Scheduler scheduler(int place) {
    return switch (place) {
      case 0 -> Schedulers.computation();
      case 1 -> Schedulers.io();
      default -> Schedulers.single();
    };
  }

  private static Flowable<Integer> with(Flowable<Integer> flowable, Stage stage) {
    int amount = stage.amount();
    Scheduler scheduler = scheduler(stage.place());
    return switch (stage.step()) {
      case MAP -> flowable.map(value -> value * 31 + 1);
      case FILTER -> flowable.filter(value -> value % 9 != amount);
      case SCAN -> flowable.scan(Integer::sum);
      case TAKE -> flowable.take(amount * 5L);
      case ZIP -> flowable.zipWith(Flowable.range(0, 10_000).observeOn(scheduler), (a, b) -> a ^ b);
      case RETRY -> retried(flowable, amount);
      case HOP -> flowable.observeOn(scheduler, true, amount);
      case SUBSCRIBE -> flowable.subscribeOn(scheduler);
      case FLAT_MAP ->
          flowable.flatMap(value -> Flowable.just(value, value + 7).subscribeOn(scheduler), amount);
      case CONCAT_MAP ->
          flowable.concatMap(value -> Flowable.just(value).subscribeOn(scheduler), amount);
      case BUFFER -> flowable.buffer(amount).concatMapIterable(list -> list);
      case BUFFER_TIME ->
          flowable
              .buffer(1, MILLISECONDS, amount)
              .onBackpressureBuffer()
              .concatMapIterable(list -> list);
      case WINDOW -> flowable.window(amount).flatMap(window -> window.observeOn(scheduler));
      case GROUP ->
          flowable.groupBy(value -> value & 3).flatMap(group -> group.observeOn(scheduler), 16);
      case PARALLEL ->
          flowable.parallel(amount).runOn(scheduler).map(value -> value + 1).sequential();
      case SHARE -> {
        Flowable<Integer> shared = flowable.publish().refCount(2);
        yield Flowable.merge(shared, shared.observeOn(scheduler));
      }
      case REPLAY -> {
        Flowable<Integer> replayed = flowable.replay().autoConnect();
        yield replayed.concatWith(replayed);
      }
      case DELAY_START -> flowable.delaySubscription(1, MILLISECONDS);
      case DELAY_EACH -> flowable.concatMap(value -> Flowable.just(value).delay(1, MILLISECONDS));
      case TIMEOUT_PASSED ->
          flowable.concatWith(
              Flowable.<Integer>never().timeout(1, MILLISECONDS, Flowable.just(-1)));
      case TIMEOUT_KEPT -> flowable.timeout(10, MINUTES);
      case SAMPLE -> flowable.sample(1, MILLISECONDS).onBackpressureBuffer();
    };
  }

  /** Fails once after some elements. */
  private static Flowable<Integer> retried(Flowable<Integer> flowable, int after) {
    AtomicInteger attempts = new AtomicInteger();
    return Flowable.defer(
            () ->
                attempts.getAndIncrement() == 0
                    ? flowable.take(after).concatWith(Flowable.error(new InjectedException()))
                    : flowable)
        .retry(1);
  }
}
