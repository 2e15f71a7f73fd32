package dev.pollux.samples.bench.peer;

import dev.pollux.samples.bench.Millis;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Reactor. A task is a {@code Mono} subscribed on a parallel scheduler, each by itself: a {@code
 * flatMap} of as many at once takes time that grows with the square of their number. A one-shot is
 * a {@code Sinks.One}, a channel the queue of {@code publishOn}, a timer {@code Mono.delay}, which
 * calls back and is no task.
 */
final class ReactorTasks implements RunningPeer {

  static final Peer PEER =
      Peer.of(
          "reactor",
          "Reactor's Mono and Flux on its own schedulers",
          17,
          ReactorTasks::new,
          List.of(
              PeerWorks.spawnJoin(PeerWorks.TASKS, ReactorTasks::spawnJoin),
              PeerWorks.spawnFromOutside(PeerWorks.TASKS, ReactorTasks::spawnFromOutside),
              PeerWorks.yields(ReactorTasks::yields),
              PeerWorks.pingPong(ReactorTasks::pingPong),
              // The next worker is another thread each time, so each hop wakes one.
              PeerWorks.chainedSpawn(10, ReactorTasks::chainedSpawn),
              PeerWorks.channel1024(ReactorTasks::channel),
              PeerWorks.channel1(10_000, ReactorTasks::channel),
              PeerWorks.timers(ReactorTasks::timers),
              PeerWorks.timerCancel(ReactorTasks::cancelAll, ReactorTasks::cancelEach),
              PeerWorks.memory(ReactorTasks::putToSleep),
              PeerWorks.streamSync((peer, size) -> ReactorStreams.sync(size)),
              PeerWorks.streamAsync((peer, size) -> ReactorStreams.async(size, peer.consumer)),
              PeerWorks.streamFlatMap((peer, side) -> ReactorStreams.flatMap(side))));

  private static final long MINUTE_MILLIS = 60_000;

  private final Scheduler tasks =
      Schedulers.newParallel("tasks", Runtime.getRuntime().availableProcessors(), true);

  private final Scheduler producer = Schedulers.newSingle("producer", true);
  private final Scheduler consumer = Schedulers.newSingle("consumer", true);

  private ReactorTasks() {}

  private Counted spawnJoin(int count) throws InterruptedException {
    AtomicInteger sum = new AtomicInteger();
    Latch over = new Latch(count);
    tasks.schedule(
        () -> {
          over.begin();
          spawn(count, sum, over);
        });
    over.await();
    return over.counted(sum.get());
  }

  private Counted spawnFromOutside(int count) throws InterruptedException {
    AtomicInteger sum = new AtomicInteger();
    Latch over = new Latch(count);
    long begunNanos = System.nanoTime();
    spawn(count, sum, over);
    over.await();
    return Counted.since(begunNanos, sum.get());
  }

  private void spawn(int count, AtomicInteger sum, Latch over) {
    for (int i = 0; i < count; i++) {
      Mono.fromCallable(() -> 1)
          .subscribeOn(tasks)
          .subscribe(
              one -> {
                sum.addAndGet(one);
                over.countDown();
              });
    }
  }

  private Counted yields(int count, int each) throws InterruptedException {
    AtomicLong yields = new AtomicLong();
    Latch over = new Latch(count);
    tasks.schedule(
        () -> {
          over.begin();
          for (int i = 0; i < count; i++) {
            Scheduler.Worker worker = tasks.createWorker();
            worker.schedule(
                new Again(
                    worker::schedule,
                    each,
                    yields,
                    () -> {
                      over.countDown();
                      worker.dispose();
                    }));
          }
        });
    over.await();
    return over.counted(yields.get());
  }

  private Counted pingPong(int pairs) throws InterruptedException {
    AtomicInteger right = new AtomicInteger();
    Latch over = new Latch(pairs);
    tasks.schedule(
        () -> {
          over.begin();
          for (int i = 0; i < pairs; i++) {
            int ball = i;
            tasks.schedule(() -> play(ball, right, over));
          }
        });
    over.await();
    return over.counted(right.get());
  }

  private void play(int ball, AtomicInteger right, Latch over) {
    Sinks.One<Integer> request = Sinks.one();
    Sinks.One<Integer> reply = Sinks.one();
    request.asMono().publishOn(tasks).subscribe(value -> reply.tryEmitValue(value + 1));
    reply
        .asMono()
        .publishOn(tasks)
        .subscribe(
            value -> {
              right.addAndGet(value == ball + 1 ? 1 : 0);
              over.countDown();
            });
    request.tryEmitValue(ball);
  }

  private Counted chainedSpawn(int chains, int depth) throws InterruptedException {
    return Chains.run(tasks::schedule, chains, depth);
  }

  private Counted channel(int items, int capacity) {
    // hide() keeps the two operators from being fused into none.
    Flux<Integer> received =
        Flux.range(0, items).hide().subscribeOn(producer).publishOn(consumer, capacity);
    return Objects.requireNonNull(
        Mono.defer(
                () -> {
                  long begunNanos = System.nanoTime();
                  return ReactorStreams.summed(received).map(sum -> Counted.since(begunNanos, sum));
                })
            .subscribeOn(tasks)
            .block());
  }

  private Counted timers(int count) throws InterruptedException {
    Latch over = new Latch(count);
    tasks.schedule(
        () -> {
          over.begin();
          for (int i = 0; i < count; i++) {
            timer(Millis.get(i)).subscribe(tick -> over.countDown());
          }
        });
    int woken = over.await();
    return over.counted(woken);
  }

  private Mono<Long> timer(long millis) {
    return Mono.delay(Duration.ofMillis(millis), tasks);
  }

  private Counted cancelAll(int count) {
    long begunNanos = System.nanoTime();
    List<Disposable> timers = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      timers.add(timer(MINUTE_MILLIS + Millis.get(i)).subscribe());
    }
    long cancelled = 0;
    for (Disposable timer : timers) {
      cancelled += cancel(timer);
    }
    return Counted.since(begunNanos, cancelled);
  }

  private Counted cancelEach(int count) {
    long begunNanos = System.nanoTime();
    long cancelled = 0;
    for (int i = 0; i < count; i++) {
      cancelled += cancel(timer(MINUTE_MILLIS + Millis.get(i)).subscribe());
    }
    return Counted.since(begunNanos, cancelled);
  }

  private static int cancel(Disposable timer) {
    timer.dispose();
    return timer.isDisposed() ? 1 : 0;
  }

  private int putToSleep(int count) {
    int asleep = 0;
    for (int i = 0; i < count; i++) {
      asleep += timer(Duration.ofHours(1).toMillis()).subscribe().isDisposed() ? 0 : 1;
    }
    return asleep;
  }

  @Override
  public void close() {
    tasks.dispose();
    producer.dispose();
    consumer.dispose();
  }
}
