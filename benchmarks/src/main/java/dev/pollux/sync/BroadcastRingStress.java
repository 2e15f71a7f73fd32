package dev.pollux.sync;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** The races of a receiver that takes no lock with the senders of a broadcast. */
public final class BroadcastRingStress {

  private BroadcastRingStress() {}

  /** A ring for one value, and a receiver that has got nothing. */
  abstract static class Ring {
    private static final class Reader extends Waiter {}

    final BroadcastRing<Integer> ring = new BroadcastRing<>(1);
    private final Reader reader = new Reader();
    private final AtomicInteger wakes = new AtomicInteger();
    private long next = ring.addReceiver();

    final void send(int value) {
      if (ring.send(value) != 1) {
        throw new AssertionError("there is one receiver");
      }
    }

    /** The next value; 0 if there is none yet, or minus the number of those that are missed. */
    final int receive() {
      if (!ring.isThere(next)) {
        return 0;
      }
      Integer value = ring.read(next, ring.indexOf(next));
      if (value != null) {
        next++;
        return value;
      }
      long oldest = ring.oldest();
      int missed = (int) (oldest - next);
      next = oldest;
      return -missed;
    }

    /** Begins to wait; false if there is something already, or the end. */
    final boolean await() {
      return ring.await(reader, wakes::incrementAndGet, next);
    }

    final boolean isEnded() {
      return ring.isEndedAt(next);
    }

    final int wakes() {
      return wakes.get();
    }
  }

  /** A value is read while the second one after it is written into its slot. */
  @JCStressTest
  @Outcome(id = "1, -1", expect = ACCEPTABLE, desc = "It came before all was sent, and missed 2.")
  @Outcome(id = "1, 2", expect = ACCEPTABLE, desc = "Both reads came in between.")
  @Outcome(id = "-1, 2", expect = ACCEPTABLE, desc = "It missed 1 and read 2 before 3 was sent.")
  @Outcome(id = "-1, -1", expect = ACCEPTABLE, desc = "It missed 1, and then 2.")
  @Outcome(id = "-2, 3", expect = ACCEPTABLE, desc = "It came after all, and missed both.")
  @Outcome(expect = FORBIDDEN, desc = "A value out of its turn.")
  @State
  public static class ReadVsOverwrite extends Ring {
    public ReadVsOverwrite() {
      send(1);
    }

    @Actor
    public void sends() {
      send(2);
      send(3);
    }

    @Actor
    public void receives(II_Result r) {
      r.r1 = receive();
    }

    @Arbiter
    public void after(II_Result r) {
      r.r2 = receive();
    }
  }

  /** The first value is sent while a receiver looks. */
  @JCStressTest
  @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "It came too early.")
  @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "It got the value.")
  @Outcome(expect = FORBIDDEN, desc = "It saw a slot before its value.")
  @State
  public static class ReadVsFirst extends Ring {

    @Actor
    public void sends() {
      send(1);
    }

    @Actor
    public void receives(II_Result r) {
      r.r1 = receive();
    }

    @Arbiter
    public void after(II_Result r) {
      r.r2 = receive();
    }
  }

  /** A value is sent while a receiver begins to wait. */
  @JCStressTest
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "It waits, and is woken.")
  @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "It sees that it need not wait.")
  @Outcome(expect = FORBIDDEN, desc = "It waits for ever.")
  @State
  public static class SendVsWait extends Ring {

    @Actor
    public void sends() {
      send(1);
    }

    @Actor
    public void waits(II_Result r) {
      r.r1 = await() ? 1 : 0;
    }

    @Arbiter
    public void after(II_Result r) {
      r.r2 = wakes();
    }
  }

  /** The last sender is closed, after a value, while a receiver looks. */
  @JCStressTest
  @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "It got the value.")
  @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "It came before the value.")
  @Outcome(expect = FORBIDDEN, desc = "It saw the end before the value.")
  @State
  public static class EndVsRead extends Ring {

    @Actor
    public void ends() {
      send(1);
      ring.removeSender();
    }

    @Actor
    public void receives(II_Result r) {
      r.r2 = isEnded() ? 1 : 0;
      r.r1 = receive();
    }
  }
}
