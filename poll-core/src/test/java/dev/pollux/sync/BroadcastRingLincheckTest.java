package dev.pollux.sync;

import dev.pollux.core.Waker;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

/**
 * Explores the interleavings of senders and a receiver on a ring for one value, switching at every
 * access: what the receiver answers is what it would have with one step at a time, and if it waits
 * while there is something to get, it is woken.
 */
@DisabledIfSystemProperty(
    named = "pollux.debug",
    matches = "true",
    disabledReason = "an exploration stops in the middle, and leaves futures unused")
final class BroadcastRingLincheckTest {

  @Test
  void aReadIsOneStep() {
    new ModelCheckingOptions()
        .iterations(10)
        .invocationsPerIteration(1_000)
        .threads(2)
        .actorsBefore(1)
        .actorsPerThread(3)
        .actorsAfter(0)
        .check(Ring.class);
  }

  /** A ring, its receiver, and one who waits. */
  public static final class Ring {

    private static final class Reader extends Waiter {}

    private final BroadcastRing<Integer> ring = new BroadcastRing<>(1);
    private final Reader reader = new Reader();
    private final Waker waker = () -> woken = true;
    private volatile boolean woken;
    private boolean waits;
    private long next;
    private int sent;

    /** Starts with a receiver that has got all. */
    public Ring() {
      next = ring.addReceiver();
    }

    @Operation(nonParallelGroup = "sender")
    public int send() {
      return ring.send(++sent);
    }

    @Operation(nonParallelGroup = "receiver")
    public String receive() {
      woken = false;
      if (!ring.isThere(next)) {
        waits = ring.await(reader, waker, next);
        return waits ? "waits" : receive();
      }
      waits = false;
      Integer value = ring.read(next, ring.indexOf(next));
      if (value != null) {
        next++;
        return "got " + value;
      }
      long oldest = ring.oldest();
      String answer = "missed " + (oldest - next);
      next = oldest;
      return answer;
    }

    @Validate
    public void whoWaitsIsWoken() {
      if (waits && next < ring.tail() && !woken) {
        throw new AssertionError("lost");
      }
    }
  }
}
