package dev.pollux.operator;

import dev.pollux.core.Waker;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;

/**
 * Explores the interleavings of producers and the consumer, switching at every access. An event is
 * made true and then its node is woken; once all is quiet each event was seen by a turn of the
 * consumer, or the consumer was woken for another turn.
 */
final class ReadyQueueLincheckTest {

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

  /** Two children and the task that polls their set. */
  public static final class Turns {

    private static final class TestNode extends ReadyQueue.Node {
      volatile int events;
      int seen;

      TestNode(ReadyQueue queue) {
        super(queue);
      }

      synchronized void event() {
        events++;
      }
    }

    private final ReadyQueue queue = new ReadyQueue();
    private final TestNode a = new TestNode(queue);
    private final TestNode b = new TestNode(queue);
    private final Waker waker = () -> woken = true;
    private volatile boolean woken;

    /** Starts with a consumer that waits. */
    public Turns() {
      queue.add(a);
      queue.add(b);
      turn();
    }

    @Operation
    public void wakeA() {
      a.event();
      a.wake();
    }

    @Operation
    public void wakeB() {
      b.event();
      b.wake();
    }

    /** A poll of the set: polls what is ready, then leaves the waker behind. */
    @Operation(nonParallelGroup = "consumer")
    public void turn() {
      woken = false;
      pollAll();
    }

    /** As {@link #turn}, but first takes a node out, leaves it QUEUED, and puts it back. */
    @Operation(nonParallelGroup = "consumer")
    public void turnThatPutsOneBack() {
      woken = false;
      if (queue.peek() != null) {
        queue.append(queue.remove());
      }
      pollAll();
    }

    /** As {@link #turn}, but asks the one that was polled first for more, after the others. */
    @Operation(nonParallelGroup = "consumer")
    public void turnThatPollsOneAgain() {
      woken = false;
      if (queue.peek() instanceof TestNode node) {
        poll(node);
        if (node.transitionToQueued() != null) { // else a wake has queued it
          queue.append(node);
        }
      }
      pollAll();
    }

    private void pollAll() {
      while (queue.peekOrRegister(waker) instanceof TestNode node) {
        poll(node);
      }
    }

    private void poll(TestNode node) {
      queue.remove();
      node.transitionToIdle();
      node.seen = node.events;
    }

    @Validate
    public void everyEventIsSeenOrOwed() {
      if (!woken && (a.seen < a.events || b.seen < b.events)) {
        throw new AssertionError("lost");
      }
    }
  }
}
