package dev.pollux.core;

import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;

/**
 * Explores the interleavings of a consumer that registers and looks with producers that make the
 * condition true and wake, switching at every access.
 */
final class AtomicWakerLincheckTest {

  @Test
  void noEventIsLost() {
    new ModelCheckingOptions()
        .iterations(10)
        .invocationsPerIteration(1_000)
        .threads(2)
        .actorsBefore(1)
        .actorsPerThread(2)
        .actorsAfter(0)
        .check(Turns.class);
  }

  /** A task that waits for a count to grow. */
  public static final class Turns {

    private final AtomicWaker slot = new AtomicWaker();
    private final AtomicInteger events = new AtomicInteger();
    private final Waker waker = () -> woken = true;
    private volatile boolean woken;
    private int seen;

    /** Starts with a consumer that waits. */
    public Turns() {
      turn();
    }

    @Operation
    public void event() {
      events.incrementAndGet();
      slot.wake();
    }

    @Operation(nonParallelGroup = "consumer")
    public void turn() {
      woken = false;
      slot.register(waker);
      seen = events.get();
    }

    @Validate
    public void everyEventIsSeenOrTheTaskWasWoken() {
      if (!woken && seen < events.get()) {
        throw new AssertionError("lost");
      }
    }
  }
}
