package dev.pollux.sync;

import dev.pollux.core.Next;
import dev.pollux.core.Waker;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

/** Explores the interleavings of senders and the receiver, at every access. */
@DisabledIfSystemProperty(
    named = "pollux.debug",
    matches = "true",
    disabledReason = "an exploration stops in the middle, and leaves futures unused")
final class MpscLincheckTest {

  @Test
  void sendAndReceiveAreThoseOfAQueueWithRoomForTwo() {
    new ModelCheckingOptions()
        .iterations(5)
        .invocationsPerIteration(500)
        .threads(3)
        .actorsBefore(1)
        .actorsPerThread(2)
        .actorsAfter(2)
        .sequentialSpecification(Queue.class)
        .check(Channel.class);
  }

  @Test
  void theSameByFreeRaces() {
    new StressOptions()
        .iterations(5)
        .invocationsPerIteration(500)
        .threads(3)
        .actorsBefore(1)
        .actorsPerThread(3)
        .actorsAfter(2)
        .sequentialSpecification(Queue.class)
        .check(Channel.class);
  }

  @Test
  void noWakeUpIsLost() {
    new ModelCheckingOptions()
        .iterations(5)
        .invocationsPerIteration(500)
        .threads(2)
        .actorsBefore(1)
        .actorsPerThread(2)
        .actorsAfter(0)
        .check(Waits.class);
  }

  /** Channel under test: what needs no context. */
  public static final class Channel {

    private final Mpsc<Integer> channel = Mpsc.bounded(2);

    @Operation
    public String send(@Param(gen = IntGen.class) int value) {
      return channel.sender().trySend(value).toString();
    }

    @Operation(nonParallelGroup = "receiver")
    public String receive() {
      Next<Integer> next = channel.receiver().tryRecv();
      return next.isItem() ? next.value().toString() : "nothing";
    }
  }

  /** What it should do. */
  public static final class Queue {

    private final Deque<Integer> values = new ArrayDeque<>();

    public String send(int value) {
      if (values.size() == 2) {
        return "FULL";
      }
      values.add(value);
      return "SENT";
    }

    public String receive() {
      Integer value = values.poll();
      return value == null ? "nothing" : value.toString();
    }
  }

  /** A receiver that waits, and is woken whenever there is something for it. */
  public static final class Waits {

    private final MpscChannel<Integer> channel = new BoundedMpsc<>(4);
    private final Waker waker = () -> woken = true;
    private volatile boolean woken;

    /** Starts with a receiver that waits. */
    public Waits() {
      turn();
    }

    @Operation
    public void send() {
      channel.send(1);
      channel.flush();
    }

    @Operation
    public void sendTwoAndTellOnce() {
      channel.send(1);
      channel.send(2);
      channel.flush();
    }

    /** A poll of the receiver. */
    @Operation(nonParallelGroup = "receiver")
    public void turn() {
      woken = false;
      while (channel.take() != null) {
        // the next
      }
      channel.release();
      channel.awaitValue(waker);
      while (channel.take() != null) {
        woken = true; // it will come again
      }
      channel.release();
    }

    @Validate
    public void whatIsThereIsSeenOrOwed() {
      if (!woken && channel.length() > 0) {
        throw new AssertionError("lost");
      }
    }
  }
}
