package dev.pollux.samples.bench.peer;

import dev.pollux.samples.bench.Millis;
import io.reactivex.rxjava3.core.Flowable;
import io.reactivex.rxjava3.core.Scheduler;
import io.reactivex.rxjava3.core.Single;
import io.reactivex.rxjava3.disposables.Disposable;
import io.reactivex.rxjava3.functions.Supplier;
import io.reactivex.rxjava3.schedulers.Schedulers;
import io.reactivex.rxjava3.subjects.SingleSubject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * RxJava. A task is a {@code Single} on the computation scheduler, and {@code flatMapSingle} joins
 * them; a one-shot is a {@code SingleSubject}, a channel the queue of {@code observeOn}, a timer
 * {@code Single.timer}, which calls back and is no task.
 */
final class RxTasks implements RunningPeer {

  static final Peer PEER =
      Peer.of(
          "rxjava",
          "RxJava's Single and Flowable on its own schedulers",
          17,
          RxTasks::new,
          List.of(
              PeerWorks.spawnJoin(PeerWorks.TASKS, RxTasks::spawnJoin),
              PeerWorks.spawnFromOutside(PeerWorks.TASKS, RxTasks::spawnFromOutside),
              PeerWorks.yields(RxTasks::yields),
              PeerWorks.pingPong(RxTasks::pingPong),
              // The next worker is another thread each time, so each hop wakes one.
              PeerWorks.chainedSpawn(10, RxTasks::chainedSpawn),
              PeerWorks.channel1024(RxTasks::channel),
              PeerWorks.channel1(10_000, RxTasks::channel),
              PeerWorks.timers(RxTasks::timers),
              PeerWorks.timerCancel(RxTasks::cancelAll, RxTasks::cancelEach),
              PeerWorks.memory(RxTasks::putToSleep),
              PeerWorks.streamSync((peer, size) -> RxStreams.sync(size)),
              PeerWorks.streamAsync((peer, size) -> RxStreams.async(size, peer.tasks)),
              PeerWorks.streamFlatMap((peer, side) -> RxStreams.flatMap(side))));

  private static final long MINUTE_MILLIS = 60_000;

  private final Scheduler tasks = Schedulers.computation();
  private final ExecutorService producerThread =
      Executors.newSingleThreadExecutor(new DaemonThreads("producer"));
  private final ExecutorService consumerThread =
      Executors.newSingleThreadExecutor(new DaemonThreads("consumer"));
  private final Scheduler producer = Schedulers.from(producerThread);
  private final Scheduler consumer = Schedulers.from(consumerThread);

  private RxTasks() {}

  private Counted spawnJoin(int count) {
    return timedInATask(() -> sumOfTasks(count).map(Integer::longValue));
  }

  private Counted spawnFromOutside(int count) {
    long begunNanos = System.nanoTime();
    return Counted.since(begunNanos, sumOfTasks(count).blockingGet());
  }

  /** From the first statement of the task that subscribes to {@code work} to its value. */
  private Counted timedInATask(Supplier<Single<Long>> work) {
    return Single.defer(
            () -> {
              long begunNanos = System.nanoTime();
              return work.get().map(sum -> Counted.since(begunNanos, sum));
            })
        .subscribeOn(tasks)
        .blockingGet();
  }

  private Single<Integer> sumOfTasks(int count) {
    return Flowable.range(0, count)
        .flatMapSingle(i -> Single.fromCallable(() -> 1).subscribeOn(tasks), false, count)
        .reduce(0, Integer::sum);
  }

  private Counted yields(int count, int each) throws InterruptedException {
    AtomicLong yields = new AtomicLong();
    Latch over = new Latch(count);
    execute(
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
    execute(
        () -> {
          over.begin();
          for (int i = 0; i < pairs; i++) {
            int ball = i;
            execute(() -> play(ball, right, over));
          }
        });
    over.await();
    return over.counted(right.get());
  }

  private void play(int ball, AtomicInteger right, Latch over) {
    SingleSubject<Integer> request = SingleSubject.create();
    SingleSubject<Integer> reply = SingleSubject.create();
    Disposable unused = request.observeOn(tasks).subscribe(value -> reply.onSuccess(value + 1));
    Disposable unusedToo =
        reply
            .observeOn(tasks)
            .subscribe(
                value -> {
                  right.addAndGet(value == ball + 1 ? 1 : 0);
                  over.countDown();
                });
    request.onSuccess(ball);
  }

  private Counted chainedSpawn(int chains, int depth) throws InterruptedException {
    return Chains.run(this::execute, chains, depth);
  }

  private void execute(Runnable task) {
    tasks.scheduleDirect(task);
  }

  private Counted channel(int items, int capacity) {
    // hide() keeps the two operators from being fused into none.
    Flowable<Integer> received =
        Flowable.range(0, items).hide().subscribeOn(producer).observeOn(consumer, false, capacity);
    return timedInATask(() -> RxStreams.summed(received));
  }

  private Counted timers(int count) throws InterruptedException {
    Latch over = new Latch(count);
    execute(
        () -> {
          over.begin();
          for (int i = 0; i < count; i++) {
            Disposable unused = timer(Millis.get(i)).subscribe(tick -> over.countDown());
          }
        });
    int woken = over.await();
    return over.counted(woken);
  }

  private Single<Long> timer(long millis) {
    return Single.timer(millis, TimeUnit.MILLISECONDS, tasks);
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
      asleep += timer(TimeUnit.HOURS.toMillis(1)).subscribe().isDisposed() ? 0 : 1;
    }
    return asleep;
  }

  /** The computation scheduler is everybody's, and stays. */
  @Override
  public void close() {
    producerThread.shutdownNow();
    consumerThread.shutdownNow();
  }
}
