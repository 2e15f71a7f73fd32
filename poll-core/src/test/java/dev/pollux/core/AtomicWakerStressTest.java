package dev.pollux.core;

import static java.lang.invoke.MethodHandles.lookup;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.invoke.ConstantBootstraps;
import java.lang.invoke.VarHandle;
import java.util.Random;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A consumer that registers and looks against a producer that sets and wakes, as fast as they can.
 * A wake-up that is lost leaves the consumer waiting for ever.
 *
 * <p>The condition is written and read without any ordering of its own, so that the ordering of the
 * waker alone carries it.
 */
@Tag("stress")
class AtomicWakerStressTest {

  private static final VarHandle CONDITION =
      ConstantBootstraps.fieldVarHandle(
          lookup(), "condition", VarHandle.class, AtomicWakerStressTest.class, int.class);

  private static final long RUN_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final AtomicWaker slot = new AtomicWaker();
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private final Waker waker = () -> scheduled.set(true);

  @SuppressWarnings("unused") // through CONDITION only
  private int condition;

  private volatile int consumed;
  private volatile boolean stop;

  @Test
  void noWakeUpIsLost() throws Exception {
    long seed = System.nanoTime();
    FutureTask<Integer> consumer = new FutureTask<>(() -> consume(new Random(seed)));
    Thread thread = new Thread(consumer, "consumer");
    thread.setDaemon(true);
    thread.start();
    Random random = new Random(~seed);
    long end = System.nanoTime() + RUN_NANOS;
    int round = 0;
    while (System.nanoTime() < end) {
      round++;
      spin(random);
      CONDITION.setOpaque(this, round);
      slot.wake();
      awaitConsumed(round, seed);
    }
    stop = true;
    CONDITION.setOpaque(this, Integer.MAX_VALUE);
    slot.wake();
    assertThat(consumer.get(30, TimeUnit.SECONDS)).isEqualTo(round);
  }

  private void awaitConsumed(int round, long seed) {
    long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    for (int spins = 0; consumed < round; spins++) {
      Thread.onSpinWait();
      if ((spins & 1023) == 1023) {
        LockSupport.parkNanos(1_000);
        assertThat(System.nanoTime())
            .as("round %s of seed %s is stuck", round, seed)
            .isLessThan(limit);
      }
    }
  }

  private int consume(Random random) {
    int round = 0;
    scheduled.set(true);
    while (true) {
      // A poll owed is a poll made, and a wake during it makes another: as a task does.
      for (int spins = 0; !scheduled.getAndSet(false); spins++) {
        Thread.onSpinWait();
        if ((spins & 1023) == 1023) {
          LockSupport.parkNanos(1_000);
        }
      }
      slot.register(waker);
      int seen = (int) CONDITION.getOpaque(this);
      if (seen > round) {
        if (stop && seen == Integer.MAX_VALUE) {
          return round;
        }
        round = seen;
        consumed = seen;
        spin(random);
        scheduled.set(true);
      }
    }
  }

  private static void spin(Random random) {
    for (int i = random.nextInt(64); i > 0; i--) {
      Thread.onSpinWait();
    }
  }
}
