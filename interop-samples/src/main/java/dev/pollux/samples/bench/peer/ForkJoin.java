package dev.pollux.samples.bench.peer;

import dev.pollux.samples.bench.Millis;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.RecursiveTask;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * {@link ForkJoinPool} and {@link CompletableFuture}. Tasks that are joined are forked in a pool
 * that runs the newest first; all else runs in one that runs the oldest first. A channel is a
 * {@link SubmissionPublisher}, a timer a future with a timeout, which runs no task.
 */
final class ForkJoin implements RunningPeer {

  static final Peer PEER =
      Peer.of(
          "fork-join",
          "ForkJoinPool and CompletableFuture",
          17,
          ForkJoin::new,
          List.of(
              PeerWorks.spawnJoin(PeerWorks.TASKS, ForkJoin::spawnJoin),
              PeerWorks.spawnFromOutside(PeerWorks.TASKS, ForkJoin::spawnFromOutside),
              PeerWorks.yields(ForkJoin::yields),
              PeerWorks.pingPong(ForkJoin::pingPong),
              PeerWorks.chainedSpawn(PeerWorks.CHAINS, ForkJoin::chainedSpawn),
              PeerWorks.channel1024(ForkJoin::channel),
              PeerWorks.channel1(PeerWorks.ITEMS_ONE_BY_ONE, ForkJoin::channel),
              PeerWorks.timers(ForkJoin::timers),
              PeerWorks.timerCancel(ForkJoin::cancelAll, ForkJoin::cancelEach),
              PeerWorks.memory(ForkJoin::putToSleep)));

  private static final long MINUTE_MILLIS = 60_000;

  private final ForkJoinPool newestFirst;
  private final ForkJoinPool oldestFirst;

  private ForkJoin() {
    int processors = Runtime.getRuntime().availableProcessors();
    newestFirst = new ForkJoinPool(processors);
    oldestFirst =
        new ForkJoinPool(processors, ForkJoinPool.defaultForkJoinWorkerThreadFactory, null, true);
  }

  /** Answers 1. */
  private static final class One extends RecursiveTask<Integer> {
    private static final long serialVersionUID = 1L;

    @Override
    protected Integer compute() {
      return 1;
    }
  }

  private Counted spawnJoin(int tasks) throws Exception {
    return newestFirst
        .submit(
            () -> {
              long begunNanos = System.nanoTime();
              List<ForkJoinTask<Integer>> all = new ArrayList<>(tasks);
              for (int i = 0; i < tasks; i++) {
                all.add(new One().fork());
              }
              return Counted.since(begunNanos, sum(all));
            })
        .get();
  }

  private Counted spawnFromOutside(int tasks) {
    long begunNanos = System.nanoTime();
    List<ForkJoinTask<Integer>> all = new ArrayList<>(tasks);
    for (int i = 0; i < tasks; i++) {
      all.add(oldestFirst.submit(new One()));
    }
    return Counted.since(begunNanos, sum(all));
  }

  private static long sum(List<ForkJoinTask<Integer>> tasks) {
    long sum = 0;
    for (ForkJoinTask<Integer> task : tasks) {
      sum += task.join();
    }
    return sum;
  }

  private Counted yields(int tasks, int each) throws InterruptedException {
    AtomicLong yields = new AtomicLong();
    Latch over = new Latch(tasks);
    oldestFirst.execute(
        () -> {
          over.begin();
          for (int i = 0; i < tasks; i++) {
            oldestFirst.execute(new Again(oldestFirst, each, yields, over::countDown));
          }
        });
    over.await();
    return over.counted(yields.get());
  }

  private Counted pingPong(int pairs) throws InterruptedException {
    AtomicInteger right = new AtomicInteger();
    Latch over = new Latch(pairs);
    oldestFirst.execute(
        () -> {
          over.begin();
          for (int i = 0; i < pairs; i++) {
            int ball = i;
            oldestFirst.execute(() -> play(ball, right, over));
          }
        });
    over.await();
    return over.counted(right.get());
  }

  @SuppressWarnings("FutureReturnValueIgnored") // what they lead to is awaited
  private void play(int ball, AtomicInteger right, Latch over) {
    CompletableFuture<Integer> request = new CompletableFuture<>();
    CompletableFuture<Integer> reply = new CompletableFuture<>();
    oldestFirst.execute(
        () -> request.thenAcceptAsync(value -> reply.complete(value + 1), oldestFirst));
    request.complete(ball);
    reply.thenAcceptAsync(
        value -> {
          right.addAndGet(value == ball + 1 ? 1 : 0);
          over.countDown();
        },
        oldestFirst);
  }

  private Counted chainedSpawn(int chains, int depth) throws InterruptedException {
    return Chains.run(oldestFirst, chains, depth);
  }

  private Counted channel(int items, int capacity) throws Exception {
    Summing consumer = new Summing(System.nanoTime());
    try (SubmissionPublisher<Integer> channel = new SubmissionPublisher<>(oldestFirst, capacity)) {
      channel.subscribe(consumer);
      for (int i = 0; i < items; i++) {
        channel.submit(i);
      }
    }
    return consumer.sum.get(60, TimeUnit.SECONDS);
  }

  /** Takes all that comes, and adds it up; the measured part ends with the last of it. */
  private static final class Summing implements Flow.Subscriber<Integer> {
    private final long begunNanos;
    private final CompletableFuture<Counted> sum = new CompletableFuture<>();
    private long soFar;

    Summing(long begunNanos) {
      this.begunNanos = begunNanos;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(Integer item) {
      soFar += item;
    }

    @Override
    public void onError(Throwable failure) {
      sum.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
      sum.complete(Counted.since(begunNanos, soFar));
    }
  }

  private Counted timers(int count) throws InterruptedException {
    Latch over = new Latch(count);
    oldestFirst.execute(
        () -> {
          over.begin();
          for (int i = 0; i < count; i++) {
            CompletableFuture.delayedExecutor(Millis.get(i), TimeUnit.MILLISECONDS, oldestFirst)
                .execute(over::countDown);
          }
        });
    int woken = over.await();
    return over.counted(woken);
  }

  private Counted cancelAll(int count) {
    long begunNanos = System.nanoTime();
    List<CompletableFuture<Integer>> timers = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      timers.add(timer(MINUTE_MILLIS + Millis.get(i)));
    }
    long cancelled = 0;
    for (CompletableFuture<Integer> timer : timers) {
      cancelled += timer.cancel(false) ? 1 : 0;
    }
    return Counted.since(begunNanos, cancelled);
  }

  private Counted cancelEach(int count) {
    long begunNanos = System.nanoTime();
    long cancelled = 0;
    for (int i = 0; i < count; i++) {
      cancelled += timer(MINUTE_MILLIS + Millis.get(i)).cancel(false) ? 1 : 0;
    }
    return Counted.since(begunNanos, cancelled);
  }

  private int putToSleep(int count) {
    int asleep = 0;
    for (int i = 0; i < count; i++) {
      asleep += timer(TimeUnit.HOURS.toMillis(1)).isDone() ? 0 : 1;
    }
    return asleep;
  }

  private static CompletableFuture<Integer> timer(long millis) {
    return new CompletableFuture<Integer>().completeOnTimeout(1, millis, TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    newestFirst.shutdownNow();
    oldestFirst.shutdownNow();
  }
}
