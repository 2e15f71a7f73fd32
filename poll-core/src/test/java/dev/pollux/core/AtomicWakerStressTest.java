package dev.pollux.core;

import static java.lang.invoke.MethodHandles.lookup;
import static org.assertj.core.api.Assertions.fail;

import java.lang.invoke.ConstantBootstraps;
import java.lang.invoke.VarHandle;
import java.util.Random;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A litmus test: one thread registers and looks, another makes the condition true and wakes, over
 * and over at the same moment. Each time the condition was seen or the waker was woken.
 *
 * <p>The condition is written and read without any ordering of its own, so that the ordering of the
 * waker alone carries it.
 */
@Tag("stress")
class AtomicWakerStressTest {

  private static final long RUN_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private final Cell cell = new Cell();
  private final Lockstep lockstep = new Lockstep();
  private volatile boolean stop;

  private static final class Cell implements Waker {
    private static final VarHandle CONDITION =
        ConstantBootstraps.fieldVarHandle(
            lookup(), "condition", VarHandle.class, Cell.class, boolean.class);

    final AtomicWaker slot = new AtomicWaker();

    @SuppressWarnings("unused") // through CONDITION only
    private boolean condition;

    boolean seen;
    boolean woken;

    void reset(boolean registeredBefore) {
      CONDITION.setOpaque(this, false);
      seen = false;
      woken = false;
      slot.clear();
      if (registeredBefore) {
        slot.register(this);
      }
    }

    @Override
    public void wake() {
      woken = true;
    }

    void consume() {
      slot.register(this);
      seen = (boolean) CONDITION.getOpaque(this);
    }

    void produce() {
      CONDITION.setOpaque(this, true);
      slot.wake();
    }
  }

  @Test
  void noWakeUpIsLost() throws Exception {
    long seed = System.nanoTime();
    FutureTask<Void> producer =
        new FutureTask<>(
            () -> {
              produce(new Random(seed));
              return null;
            });
    Thread thread = new Thread(producer, "producer");
    thread.setDaemon(true);
    thread.start();
    consume(new Random(~seed), seed);
    producer.get(30, TimeUnit.SECONDS);
  }

  private void consume(Random random, long seed) {
    long end = System.nanoTime() + RUN_NANOS;
    for (int round = 1; !stop; round++) {
      boolean registeredBefore = random.nextBoolean();
      cell.reset(registeredBefore);
      stop = (round & 1023) == 0 && System.nanoTime() > end;
      lockstep.meetAsA(2 * round);
      spin(random);
      cell.consume();
      lockstep.meetAsA(2 * round + 1);
      if (!cell.seen && !cell.woken) {
        stop = true;
        fail("lost in round %s of seed %s, registered before: %s", round, seed, registeredBefore);
      }
    }
  }

  private void produce(Random random) {
    boolean last = false;
    for (int round = 1; !last; round++) {
      lockstep.meetAsB(2 * round);
      last = stop;
      spin(random);
      cell.produce();
      lockstep.meetAsB(2 * round + 1);
    }
  }

  private static void spin(Random random) {
    for (int i = random.nextInt(4); i > 0; i--) {
      Thread.onSpinWait();
    }
  }
}
