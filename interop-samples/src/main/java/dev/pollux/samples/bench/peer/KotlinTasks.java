package dev.pollux.samples.bench.peer;

import dev.pollux.samples.bench.Millis;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import kotlin.coroutines.EmptyCoroutineContext;
import kotlinx.coroutines.BuildersKt;
import kotlinx.coroutines.CoroutineStart;
import kotlinx.coroutines.Deferred;
import kotlinx.coroutines.GlobalScope;
import kotlinx.coroutines.Job;

/**
 * Kotlin's coroutines on {@code Dispatchers.Default}, their bodies written as the compiler would
 * make them. A one-shot is a {@code CompletableDeferred}.
 */
final class KotlinTasks implements RunningPeer {

  static final Peer PEER =
      Peer.of(
          "kotlin",
          "Kotlin's coroutines, channels and flows",
          17,
          KotlinTasks::new,
          List.of(
              PeerWorks.spawnJoin(PeerWorks.TASKS, KotlinTasks::spawnJoin),
              PeerWorks.spawnFromOutside(PeerWorks.TASKS, KotlinTasks::spawnFromOutside),
              PeerWorks.yields(KotlinTasks::yields),
              PeerWorks.pingPong(KotlinTasks::pingPong),
              PeerWorks.chainedSpawn(PeerWorks.CHAINS, KotlinTasks::chainedSpawn),
              PeerWorks.channel1024(KotlinTasks::channel),
              PeerWorks.channel1(PeerWorks.ITEMS_ONE_BY_ONE, KotlinTasks::channel),
              PeerWorks.uncontended("mutex_uncontended", KotlinLocks.mutex(false)),
              PeerWorks.contended("mutex_contended", KotlinLocks.mutex(false)),
              PeerWorks.held("mutex_held", KotlinLocks.mutex(true)),
              PeerWorks.uncontended("semaphore_uncontended", KotlinLocks.semaphore(false)),
              PeerWorks.contended("semaphore_contended", KotlinLocks.semaphore(false)),
              PeerWorks.held("semaphore_held", KotlinLocks.semaphore(true)),
              PeerWorks.timers(KotlinTasks::timers),
              PeerWorks.timerCancel(KotlinTasks::cancelAll, KotlinTasks::cancelEach),
              PeerWorks.memory(KotlinTasks::putToSleep),
              PeerWorks.streamSync((peer, size) -> KotlinStreams.sync(size)),
              PeerWorks.streamAsync((peer, size) -> KotlinStreams.async(size)),
              PeerWorks.streamFlatMap((peer, side) -> KotlinStreams.flatMap(side))));

  private static final long MINUTE_MILLIS = 60_000;

  private KotlinTasks() {}

  private Counted spawnJoin(int tasks) throws InterruptedException {
    return spawnAndJoin(tasks, i -> new Coroutines.One());
  }

  private Counted yields(int tasks, int each) throws InterruptedException {
    return spawnAndJoin(tasks, i -> new Coroutines.Yields(each));
  }

  private static Counted spawnAndJoin(int tasks, IntFunction<Coroutine<Integer>> body)
      throws InterruptedException {
    return Coroutine.runOnDefault(new Coroutines.SpawnAndJoin(tasks, body));
  }

  private Counted spawnFromOutside(int tasks) throws InterruptedException {
    long begunNanos = System.nanoTime();
    List<Deferred<Integer>> all = new ArrayList<>(tasks);
    for (int i = 0; i < tasks; i++) {
      all.add(Coroutine.async(GlobalScope.INSTANCE, new Coroutines.One()));
    }
    long sum = BuildersKt.runBlocking(EmptyCoroutineContext.INSTANCE, new Coroutines.AwaitAll(all));
    return Counted.since(begunNanos, sum);
  }

  private Counted pingPong(int pairs) throws InterruptedException {
    AtomicInteger right = new AtomicInteger();
    Latch over = new Latch(pairs);
    Coroutine.launch(
        new Coroutines.Launches(over::begin, pairs, ball -> player(ball, right, over)));
    over.await();
    return over.counted(right.get());
  }

  private static Coroutines.Player player(int ball, AtomicInteger right, Latch over) {
    return new Coroutines.Player(
        ball,
        isRight -> {
          right.addAndGet(isRight ? 1 : 0);
          over.countDown();
        });
  }

  private Counted chainedSpawn(int chains, int depth) throws InterruptedException {
    return Coroutine.runOnDefault(new Coroutines.Chains(chains, depth));
  }

  private Counted channel(int items, int capacity) throws InterruptedException {
    return Coroutine.runOnDefault(new KotlinChannel.Both(items, capacity));
  }

  private Counted timers(int count) throws InterruptedException {
    Latch over = new Latch(count);
    Coroutine.launch(
        new Coroutines.Launches(
            over::begin, count, i -> new Coroutines.Delayed(Millis.get(i), over)));
    int woken = over.await();
    return over.counted(woken);
  }

  private Counted cancelAll(int count) throws InterruptedException {
    Latch over = new Latch(count);
    over.begin();
    List<Job> timers = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      timers.add(minute(i, over));
    }
    int cancelled = 0;
    for (Job timer : timers) {
      cancelled += cancel(timer);
    }
    return ended(over, cancelled);
  }

  private Counted cancelEach(int count) throws InterruptedException {
    Latch over = new Latch(count);
    over.begin();
    int cancelled = 0;
    for (int i = 0; i < count; i++) {
      cancelled += cancel(minute(i, over));
    }
    return ended(over, cancelled);
  }

  /** Sleeps already when this returns. */
  private static Job minute(int index, Latch over) {
    return Coroutine.launch(
        new Coroutines.Delayed(MINUTE_MILLIS + Millis.get(index), over),
        CoroutineStart.UNDISPATCHED);
  }

  /** Only tells it, and has its end dispatched. */
  private static int cancel(Job job) {
    job.cancel(null);
    return job.isCancelled() ? 1 : 0;
  }

  /** Waits until the cancelled have ended, which is part of what is measured. */
  private static Counted ended(Latch over, int cancelled) throws InterruptedException {
    int ended = over.await();
    return over.counted(Math.min(ended, cancelled));
  }

  private int putToSleep(int count) throws InterruptedException {
    Latch asleep = new Latch(count);
    Coroutines.Sleeper body = new Coroutines.Sleeper(asleep);
    for (int i = 0; i < count; i++) {
      Coroutine.launch(body);
    }
    return asleep.await();
  }

  /** The dispatcher is everybody's, and stays. */
  @Override
  public void close() {}
}
