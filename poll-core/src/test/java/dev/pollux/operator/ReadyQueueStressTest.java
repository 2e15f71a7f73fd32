package dev.pollux.operator;

import static java.lang.invoke.MethodHandles.lookup;
import static org.assertj.core.api.Assertions.fail;

import dev.pollux.core.Lockstep;
import dev.pollux.core.Waker;
import java.lang.invoke.ConstantBootstraps;
import java.lang.invoke.VarHandle;
import java.util.Random;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A litmus test of the races R1 to R3: one thread makes an event true and wakes a node, at the same
 * moment another takes its turn as the consumer. Afterwards the event was seen, or a poll of the
 * node is owed and, if the consumer has gone to wait, it was woken.
 *
 * <p>The event is written and read without any ordering of its own, so that the ordering of the
 * queue alone carries it.
 */
@Tag("stress")
class ReadyQueueStressTest {

  private static final VarHandle EVENT =
      ConstantBootstraps.fieldVarHandle(
          lookup(), "event", VarHandle.class, ReadyQueueStressTest.class, boolean.class);

  private static final long RUN_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final class TestNode extends ReadyQueue.Node {
    TestNode(ReadyQueue queue) {
      super(queue);
    }
  }

  private final ReadyQueue queue = new ReadyQueue();
  private final TestNode node = new TestNode(queue);
  private final Lockstep lockstep = new Lockstep();
  private final Waker consumer = () -> woken = true;

  @SuppressWarnings("unused") // through EVENT only
  private boolean event;

  private boolean woken;
  private volatile boolean stop;

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
    queue.add(node);
    long end = System.nanoTime() + RUN_NANOS;
    for (int round = 1; !stop; round++) {
      boolean queuedBefore = random.nextBoolean();
      boolean putsBack = random.nextBoolean();
      prepare(queuedBefore, random.nextBoolean());
      stop = (round & 1023) == 0 && System.nanoTime() > end;
      lockstep.meetAsA(2 * round);
      spin(random);
      boolean seen = false;
      boolean waits = queue.peekOrRegister(consumer) == null;
      if (!waits) {
        if (putsBack) {
          queue.append(queue.remove()); // QUEUED all the while, so a wake must leave it alone
        }
        queue.remove();
        node.transitionToIdle();
        seen = (boolean) EVENT.getOpaque(this);
      }
      lockstep.meetAsA(2 * round + 1);
      boolean owed = queue.peek() != null;
      if (!seen && !(owed && (woken || !waits))) {
        stop = true;
        fail(
            "lost in round %s of seed %s: queued before %s, waits %s, owed %s, woken %s",
            round, seed, queuedBefore, waits, owed, woken);
      }
    }
  }

  /** Between two rounds, while the producer stands still. */
  private void prepare(boolean queued, boolean registered) {
    EVENT.setOpaque(this, false);
    if (queue.peek() == null) {
      node.wake();
    }
    if (!queued) {
      assert queue.peek() == node;
      queue.remove();
      node.transitionToIdle();
    }
    queue.wakeConsumer();
    if (registered) {
      queue.register(consumer);
    }
    woken = false;
  }

  private void produce(Random random) {
    boolean last = false;
    for (int round = 1; !last; round++) {
      lockstep.meetAsB(2 * round);
      last = stop;
      spin(random);
      EVENT.setOpaque(this, true);
      node.wake();
      lockstep.meetAsB(2 * round + 1);
    }
  }

  private static void spin(Random random) {
    for (int i = random.nextInt(4); i > 0; i--) {
      Thread.onSpinWait();
    }
  }
}
