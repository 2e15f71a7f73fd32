package dev.pollux.streams.bridge;

import dev.pollux.core.Discard;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.jetbrains.lincheck.datastructures.verifier.EpsilonVerifier;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;

/**
 * Every interleaving of an arrival, requests and cancels: the subscription is called by one thread
 * at a time (2.7), and cancelled once if somebody said so.
 */
public final class UpstreamLincheckTest {

  private final AtomicInteger inside = new AtomicInteger();
  private final AtomicInteger cancels = new AtomicInteger();
  private volatile boolean overlap;
  private volatile boolean arrived;
  private volatile boolean cancelled;
  private final Upstream upstream = new Upstream(Discard.closing());

  private final Subscription subscription =
      new Subscription() {
        @Override
        public void request(long n) {
          enter();
          inside.set(0);
        }

        @Override
        public void cancel() {
          enter();
          cancels.incrementAndGet();
          inside.set(0);
        }

        private void enter() {
          if (!inside.compareAndSet(0, 1)) {
            overlap = true;
          }
        }
      };

  @Operation(nonParallelGroup = "upstream", runOnce = true)
  public void arrive() {
    upstream.arrive(subscription);
    arrived = true;
  }

  @Operation(nonParallelGroup = "consumer")
  public void request() {
    if (upstream.hasArrived()) {
      Throwable thrown = upstream.request(1);
      if (thrown != null) {
        throw new AssertionError(thrown);
      }
    }
  }

  /** By a signal that breaks the rules. */
  @Operation(nonParallelGroup = "upstream", runOnce = true)
  public void breach() {
    upstream.cancel();
    cancelled = true;
  }

  @Operation(nonParallelGroup = "consumer", runOnce = true)
  public void cancel() {
    upstream.cancel();
    cancelled = true;
  }

  @Validate
  public void cancelledOnceAndByOneAtATime() {
    int expected = arrived && cancelled ? 1 : 0;
    if (overlap || cancels.get() != expected) {
      throw new AssertionError(
          "overlap: " + overlap + ", cancelled " + cancels + " times instead of " + expected);
    }
  }

  @Test
  void theSubscriptionIsCalledByOneAtATimeAndCancelledOnce() {
    new ModelCheckingOptions()
        .threads(2)
        .actorsBefore(1)
        .actorsPerThread(3)
        .actorsAfter(0)
        .iterations(40)
        .invocationsPerIteration(500)
        .verifier(EpsilonVerifier.class)
        .check(UpstreamLincheckTest.class);
  }
}
