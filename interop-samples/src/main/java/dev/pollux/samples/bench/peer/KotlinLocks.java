package dev.pollux.samples.bench.peer;

import java.util.concurrent.atomic.AtomicLong;
import kotlin.coroutines.Continuation;
import kotlinx.coroutines.CoroutineScope;
import kotlinx.coroutines.YieldKt;
import kotlinx.coroutines.sync.Mutex;
import kotlinx.coroutines.sync.MutexKt;
import kotlinx.coroutines.sync.Semaphore;
import kotlinx.coroutines.sync.SemaphoreKt;
import org.jspecify.annotations.Nullable;

/** Kotlin's {@code Mutex} and {@code Semaphore}. */
final class KotlinLocks {

  private KotlinLocks() {}

  /** What is taken and given back. */
  private interface Lock {
    /** As a suspending function. */
    Object take(Continuation<Object> continuation);

    void giveBack();
  }

  /** What a mutex guards: nothing else keeps it right. */
  private static final class Counter {
    private long count;
  }

  static PeerWork.OnceEach<KotlinTasks> mutex(boolean yields) {
    return (peer, tasks, each) -> {
      Mutex mutex = MutexKt.Mutex(false);
      Lock lock =
          new Lock() {
            @Override
            public Object take(Continuation<Object> continuation) {
              return mutex.lock(null, continuation);
            }

            @Override
            public void giveBack() {
              mutex.unlock(null);
            }
          };
      Counter counter = new Counter();
      Counted counted = hold(tasks, each, yields, lock, () -> counter.count++);
      return new Counted(counted.nanos(), counter.count);
    };
  }

  static PeerWork.OnceEach<KotlinTasks> semaphore(boolean yields) {
    return (peer, tasks, each) -> {
      Semaphore semaphore = SemaphoreKt.Semaphore(PeerWorks.PERMITS, 0);
      Lock lock =
          new Lock() {
            @Override
            public Object take(Continuation<Object> continuation) {
              return semaphore.acquire(continuation);
            }

            @Override
            public void giveBack() {
              semaphore.release();
            }
          };
      AtomicLong count = new AtomicLong(); // several are there at once
      Counted counted = hold(tasks, each, yields, lock, count::incrementAndGet);
      return new Counted(counted.nanos(), count.get());
    };
  }

  private static Counted hold(int tasks, int each, boolean yields, Lock lock, Runnable section)
      throws InterruptedException {
    return Coroutine.runOnDefault(
        new Coroutines.SpawnAndJoin(
            tasks, i -> new Holder(lock, section, each, yields, null)));
  }

  /** {@code repeat(times) { lock.take(); section(); if (yields) yield(); lock.giveBack() }}. */
  private static final class Holder extends Coroutine<Integer> {
    private final Lock lock;
    private final Runnable section;
    private final int times;
    private final boolean yields;
    private int done;
    private At at = At.BEGIN;

    /** Where it goes on. */
    private enum At {
      BEGIN,
      TAKEN,
      YIELDED
    }

    Holder(
        Lock lock,
        Runnable section,
        int times,
        boolean yields,
        @Nullable Continuation<Object> completion) {
      super(completion);
      this.lock = lock;
      this.section = section;
      this.times = times;
      this.yields = yields;
    }

    @Override
    Coroutine<Integer> started(CoroutineScope scope, Continuation<Object> completion) {
      return new Holder(lock, section, times, yields, completion);
    }

    @Override
    Object step(Object value) {
      while (true) {
        switch (at) {
          case BEGIN -> {
            if (done == times) {
              return done;
            }
            at = At.TAKEN;
            if (lock.take(this) == SUSPENDED) {
              return SUSPENDED;
            }
          }
          case TAKEN -> {
            section.run();
            at = At.YIELDED;
            if (yields && YieldKt.yield(this) == SUSPENDED) {
              return SUSPENDED;
            }
          }
          case YIELDED -> {
            lock.giveBack();
            done++;
            at = At.BEGIN;
          }
        }
      }
    }
  }
}
