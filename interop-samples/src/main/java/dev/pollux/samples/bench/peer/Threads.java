package dev.pollux.samples.bench.peer;

import dev.pollux.samples.bench.Millis;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Threads, virtual ones or those of the operating system. A task is a {@link FutureTask} in a
 * thread of its own, a one-shot is a {@link CompletableFuture}, a channel an {@link
 * ArrayBlockingQueue}.
 */
final class Threads implements RunningPeer {

  private static final int JDK_WITH_VIRTUAL = 21;
  private static final int ANY_JDK = 17;
  private static final long HOUR_MILLIS = 3_600_000;

  static final Peer VIRTUAL =
      Peer.of(
          "virtual-threads",
          "the JDK's virtual threads, and java.util.concurrent",
          JDK_WITH_VIRTUAL,
          () -> new Threads(ThreadStart.virtual(), false),
          List.of(
              PeerWorks.spawnJoin(PeerWorks.TASKS, Threads::spawnJoin),
              PeerWorks.spawnFromOutside(PeerWorks.TASKS, Threads::spawnAndJoin),
              PeerWorks.yields(Threads::yields),
              PeerWorks.pingPong(Threads::pingPong),
              PeerWorks.chainedSpawn(PeerWorks.CHAINS, Threads::chainedSpawn),
              PeerWorks.channel1024(Threads::channel),
              PeerWorks.channel1(PeerWorks.ITEMS_ONE_BY_ONE, Threads::channel),
              PeerWorks.notifyPair(PeerWorks.ROUND_TRIPS, Threads::notifyPair),
              PeerWorks.timers(Threads::timers),
              PeerWorks.memory(Threads::putToSleep),
              PeerWorks.mostUnits(100_000, 50_000_000, Threads::putToSleep)));

  /** With fewer of everything, since each costs so much more. */
  static final Peer OF_THE_SYSTEM =
      Peer.of(
          "os-threads",
          "threads of the operating system, with fewer of everything",
          ANY_JDK,
          () -> new Threads(ThreadStart.ofTheSystem(), true),
          List.of(
              PeerWorks.spawnJoin(10_000, Threads::spawnJoin),
              PeerWorks.spawnFromOutside(10_000, Threads::spawnAndJoin),
              PeerWorks.yields(Threads::yields),
              PeerWorks.pingPong(Threads::pingPong),
              PeerWorks.chainedSpawn(10, Threads::chainedSpawn),
              PeerWorks.channel1024(Threads::channel),
              PeerWorks.channel1(10_000, Threads::channel),
              PeerWorks.notifyPair(5_000, Threads::notifyPair),
              PeerWorks.memoryOutsideHeap(2_000, Threads::putToSleep),
              PeerWorks.mostUnits(500, 10_000, Threads::putToSleep)));

  private final ThreadStart threads;

  /** Whether sleepers are remembered, which costs memory of its own, to be woken at the end. */
  private final boolean remembers;

  private final ConcurrentLinkedQueue<Thread> asleep = new ConcurrentLinkedQueue<>();

  private Threads(ThreadStart threads, boolean remembers) {
    this.threads = threads;
    this.remembers = remembers;
  }

  private <T> FutureTask<T> start(Callable<T> body) {
    FutureTask<T> task = new FutureTask<>(body);
    threads.start(task);
    return task;
  }

  private Counted spawnJoin(int tasks) throws Exception {
    return start(() -> spawnAndJoin(tasks)).get();
  }

  private Counted spawnAndJoin(int tasks) throws Exception {
    long begunNanos = System.nanoTime();
    List<FutureTask<Integer>> all = new ArrayList<>(tasks);
    for (int i = 0; i < tasks; i++) {
      all.add(start(() -> 1));
    }
    return Counted.since(begunNanos, sum(all));
  }

  private static long sum(List<FutureTask<Integer>> tasks) throws Exception {
    long sum = 0;
    for (FutureTask<Integer> task : tasks) {
      sum += task.get();
    }
    return sum;
  }

  private Counted yields(int tasks, int each) throws Exception {
    return start(
            () -> {
              long begunNanos = System.nanoTime();
              List<FutureTask<Integer>> all = new ArrayList<>(tasks);
              for (int i = 0; i < tasks; i++) {
                all.add(start(() -> yieldOften(each)));
              }
              return Counted.since(begunNanos, sum(all));
            })
        .get();
  }

  @SuppressWarnings("ThreadPriorityCheck") // it is what is measured
  private static int yieldOften(int times) {
    int done = 0;
    while (done < times) {
      Thread.yield();
      done++;
    }
    return done;
  }

  private Counted pingPong(int pairs) throws Exception {
    return start(
            () -> {
              AtomicInteger right = new AtomicInteger();
              Latch over = new Latch(pairs);
              long begunNanos = System.nanoTime();
              for (int i = 0; i < pairs; i++) {
                int ball = i;
                threads.start(
                    () -> {
                      right.addAndGet(play(ball) == ball + 1 ? 1 : 0);
                      over.countDown();
                    });
              }
              over.await();
              return Counted.since(begunNanos, right.get());
            })
        .get();
  }

  private int play(int ball) {
    CompletableFuture<Integer> request = new CompletableFuture<>();
    CompletableFuture<Integer> reply = new CompletableFuture<>();
    threads.start(() -> reply.complete(request.join() + 1));
    request.complete(ball);
    return reply.join();
  }

  private Counted chainedSpawn(int chains, int depth) throws Exception {
    return start(() -> Hop.chains(threads::start, chains, depth)).get();
  }

  private Counted channel(int items, int capacity) throws Exception {
    BlockingQueue<Integer> channel = new ArrayBlockingQueue<>(capacity);
    long begunNanos = System.nanoTime();
    FutureTask<Integer> producer =
        start(
            () -> {
              for (int i = 0; i < items; i++) {
                channel.put(i);
              }
              return items;
            });
    FutureTask<Long> consumer =
        start(
            () -> {
              long sum = 0;
              for (int i = 0; i < items; i++) {
                sum += channel.take();
              }
              return sum;
            });
    producer.get();
    return Counted.since(begunNanos, consumer.get());
  }

  private Counted notifyPair(int roundTrips) throws Exception {
    Turns turns = new Turns();
    long begunNanos = System.nanoTime();
    FutureTask<Long> first = start(() -> turns.play(0, roundTrips));
    FutureTask<Long> second = start(() -> turns.play(1, roundTrips));
    return Counted.since(begunNanos, first.get() + second.get());
  }

  private Counted timers(int count) throws Exception {
    return start(
            () -> {
              Latch over = new Latch(count);
              long begunNanos = System.nanoTime();
              for (int i = 0; i < count; i++) {
                int millis = Millis.get(i);
                threads.start(
                    () -> {
                      if (sleep(millis)) {
                        over.countDown();
                      }
                    });
              }
              int woken = over.await();
              return Counted.since(begunNanos, woken);
            })
        .get();
  }

  private int putToSleep(int count) throws InterruptedException {
    Latch begun = new Latch(count);
    Runnable body = // one for all, or it would be counted for each
        () -> {
          begun.countDown();
          sleep(HOUR_MILLIS);
        };
    for (int i = 0; i < count; i++) {
      Thread sleeper = threads.start(body);
      if (remembers) {
        asleep.add(sleeper);
      }
    }
    return begun.await();
  }

  /** Returns false if it was interrupted. */
  private static boolean sleep(long millis) {
    try {
      Thread.sleep(millis);
      return true;
    } catch (InterruptedException over) {
      return false;
    }
  }

  @Override
  public void close() {
    asleep.forEach(Thread::interrupt);
  }
}
