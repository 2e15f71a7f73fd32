package dev.pollux.streams.bridge;

import dev.pollux.core.Discard;
import dev.pollux.core.Poll;
import dev.pollux.core.Poller;
import dev.pollux.core.Waker;
import dev.pollux.spi.Services;
import dev.pollux.streams.bridge.RingSubscriber.Found;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.jetbrains.lincheck.datastructures.verifier.EpsilonVerifier;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;

/**
 * Every interleaving of an upstream that emits and ends with a consumer that takes and cancels: no
 * element is lost, doubled or overtaken by the end, and nobody sleeps beside something to take.
 */
public final class RingLincheckTest {

  private static final int CAPACITY = 2;

  private final AtomicIntegerArray ends = new AtomicIntegerArray(16);
  private final AtomicInteger demand = new AtomicInteger();
  private final RingSubscriber<Integer> ring =
      new RingSubscriber<>(
          CAPACITY,
          CAPACITY - CAPACITY / 4,
          Discard.closing(
              item -> ends.incrementAndGet((Integer) item),
              (failure, origin) -> {
                throw new AssertionError(origin, failure);
              }));
  private final Poller poller = new Poller(new Services() {}, 0, false);

  // The upstream's.

  private volatile int emitted;
  private boolean completed;

  // The consumer's.

  private int taken;
  private boolean sawTerminal;
  private boolean cancelled;
  private boolean sleeps;

  private volatile boolean woken;
  private volatile String wrong;
  private final Waker waker = () -> woken = true;

  public RingLincheckTest() throws Exception {
    ring.onSubscribe(
        new Subscription() {
          @Override
          public void request(long n) {
            demand.addAndGet((int) n);
          }

          @Override
          public void cancel() {}
        });
    poll(); // makes the first request
    woken = false;
  }

  @Operation(nonParallelGroup = "upstream")
  public void emit() {
    if (!completed && demand.get() > 0) {
      demand.decrementAndGet();
      int item = emitted;
      ring.onNext(item);
      emitted = item + 1;
    }
  }

  @Operation(nonParallelGroup = "upstream", runOnce = true)
  public void complete() {
    completed = true;
    ring.onComplete();
  }

  @Operation(nonParallelGroup = "consumer")
  public void poll() throws Exception {
    if (cancelled || sawTerminal) {
      return;
    }
    woken = false;
    Found found = poller.poll(cx -> Poll.ready(ring.look(cx)), waker).value();
    sleeps = found == Found.NOTHING;
    sawTerminal = found == Found.TERMINAL;
    if (found == Found.ELEMENT) {
      int item = ring.take();
      if (item != taken) {
        wrong = "took " + item + " instead of " + taken;
      }
      ends.incrementAndGet(item);
      taken++;
    }
  }

  @Operation(nonParallelGroup = "consumer", runOnce = true)
  public void cancel() {
    if (!sawTerminal) {
      cancelled = true;
      sleeps = false;
      ring.cancel();
    }
  }

  @Validate
  public void nothingIsLostAndNobodySleepsInVain() {
    int gone = 0;
    for (int item = 0; item < emitted; item++) {
      if (ends.get(item) > 1) {
        wrong = item + " ended twice";
      }
      gone += ends.get(item);
    }
    if (gone + ring.held() != emitted) {
      wrong = "of " + emitted + " emitted " + gone + " are gone, " + ring.held() + " held";
    } else if ((cancelled || sawTerminal) && ring.held() > 0) {
      wrong = ring.held() + " left behind";
    } else if (sleeps && !woken && (ring.held() > 0 || completed)) {
      wrong = "asleep beside something to take";
    }
    if (wrong != null) {
      throw new AssertionError(wrong);
    }
  }

  @Test
  void everyElementIsTakenOrDiscardedOnceAndEveryArrivalWakes() {
    new ModelCheckingOptions()
        .threads(2)
        .actorsBefore(0)
        .actorsPerThread(3)
        .actorsAfter(0)
        .iterations(40)
        .invocationsPerIteration(500)
        .verifier(EpsilonVerifier.class)
        .check(RingLincheckTest.class);
  }
}
