package dev.pollux.samples.sample;

import dev.pollux.core.Context;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.Poll;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Two tasks: one blocks its thread until the other has run, or for a while.
 *
 * @threading any thread
 */
final class Neighbours {

  private final CountDownLatch neighbourRan = new CountDownLatch(1);
  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
  private final int millis;
  private volatile boolean inTime;

  /** A pair of which one waits no longer than that. */
  Neighbours(int millis) {
    this.millis = millis;
  }

  /** The task that blocks, as none should. */
  Future<Boolean> blocking() {
    return Futures.lazy(this::block);
  }

  /** The call that blocks; answers whether the neighbour has run meanwhile. */
  Boolean block() throws InterruptedException {
    threads.add(Thread.currentThread());
    inTime = neighbourRan.await(millis, TimeUnit.MILLISECONDS);
    return inTime;
  }

  /** The task that has something else to do. */
  Future<Void> neighbour() {
    return Futures.pollFn(this::run);
  }

  private Poll<Void> run(Context cx) {
    threads.add(Thread.currentThread());
    neighbourRan.countDown();
    return Poll.done();
  }

  /** Whether it could do that while the other was blocked. */
  boolean wasNotHeldUp() {
    return inTime;
  }

  /** How many threads they took. */
  int threads() {
    return threads.size();
  }

  /** What has happened. */
  String outcome() {
    return (inTime ? "the neighbour ran meanwhile" : "the neighbour waited")
        + (threads() == 1 ? ", on the same thread" : ", on another thread");
  }
}
