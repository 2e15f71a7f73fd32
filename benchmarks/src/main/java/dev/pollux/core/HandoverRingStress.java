package dev.pollux.core;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/** The two sides of a ring: one hands over, the other goes to sleep or ends. */
public final class HandoverRingStress {
  private HandoverRingStress() {}

  /** An element with a plain field. */
  static final class Element {
    int value;
  }

  /** Counts wakes. */
  static final class CountingWaker implements Waker {
    final AtomicInteger count = new AtomicInteger();

    @Override
    public void wake() {
      count.incrementAndGet();
    }
  }

  /** Counts what is dropped. */
  static final class CountingDiscard implements Discard {
    final AtomicInteger count = new AtomicInteger();

    @Override
    public void discard(@Nullable Object value) {
      count.addAndGet(value == null ? 100 : 1); // a slot that was emptied already
    }

    @Override
    public void uncaught(Throwable failure, String origin) {
      count.addAndGet(1_000);
    }
  }

  /** A consumer that goes to sleep while the first element comes. */
  @JCStressTest
  @Outcome(
      id = {"1, 0", "1, 1", "0, 1"},
      expect = ACCEPTABLE,
      desc = "The consumer sees the element, or is woken.")
  @Outcome(id = "0, 0", expect = FORBIDDEN, desc = "The wake-up is lost.")
  @Outcome(expect = FORBIDDEN, desc = "The element is not whole.")
  @State
  public static class ElementVsWait {
    private final HandoverRing<Element> ring = new HandoverRing<>(4);
    private final CountingWaker waker = new CountingWaker();

    @Actor
    public void producer() {
      Element element = new Element();
      element.value = 1;
      ring.fill(0, element);
      ring.publish(1);
    }

    @Actor
    public void consumer(II_Result r) {
      ring.awaitElement(waker);
      r.r1 = ring.tail() == 1 ? ring.take(0).value : 0;
    }

    @Arbiter
    public void after(II_Result r) {
      r.r2 = waker.count.get();
    }
  }

  /** A consumer that goes to sleep while the last element comes, and then the end. */
  @JCStressTest
  @Outcome(
      id = {"0, 1, [012]", "0, 0, [12]"},
      expect = ACCEPTABLE,
      desc = "Who sees the element takes it; who sees nothing is woken.")
  @Outcome(id = "1, .*, .*", expect = FORBIDDEN, desc = "The last element is lost.")
  @Outcome(id = "0, 0, 0", expect = FORBIDDEN, desc = "The wake-up is lost.")
  @State
  public static class EndVsWait {
    private final HandoverRing<Element> ring = new HandoverRing<>(4);
    private final CountingWaker waker = new CountingWaker();
    private final CountingDiscard discard = new CountingDiscard();

    @Actor
    public void producer() {
      ring.fill(0, new Element());
      ring.publish(1);
      ring.endProducer(HandoverRing.COMPLETE, discard);
    }

    @Actor
    public void consumer(III_Result r) {
      ring.awaitElement(waker);
      r.r1 = ring.isDrained(0) ? 1 : 0;
      r.r2 = ring.tail();
    }

    @Arbiter
    public void after(III_Result r) {
      r.r3 = waker.count.get();
    }
  }

  /** A producer that goes to sleep while a place gets free. */
  @JCStressTest
  @Outcome(
      id = {"1, 0", "1, 1", "0, 1"},
      expect = ACCEPTABLE,
      desc = "The producer sees the place, or is woken.")
  @Outcome(id = "0, 0", expect = FORBIDDEN, desc = "The wake-up is lost.")
  @State
  public static class RoomVsWait {
    private final HandoverRing<Element> ring = new HandoverRing<>(1);
    private final CountingWaker waker = new CountingWaker();

    public RoomVsWait() {
      ring.fill(0, new Element());
      ring.publish(1);
    }

    @Actor
    public void producer(II_Result r) {
      ring.awaitRoom(waker);
      r.r1 = ring.head();
    }

    @Actor
    public void consumer() {
      Element taken = ring.take(0);
      ring.release(taken == null ? 0 : 1);
    }

    @Arbiter
    public void after(II_Result r) {
      r.r2 = waker.count.get();
    }
  }

  /** Both sides end at once, with an element, and a failure, under way. */
  @JCStressTest
  @Outcome(id = "1001", expect = ACCEPTABLE, desc = "Each is dropped once.")
  @Outcome(expect = FORBIDDEN, desc = "Something is lost, or dropped twice.")
  @State
  public static class EndVsEnd {
    private final HandoverRing<Element> ring = new HandoverRing<>(4);
    private final CountingDiscard discard = new CountingDiscard();

    @Actor
    public void producer() {
      ring.fill(0, new Element());
      ring.publish(1);
      ring.failed(new IllegalStateException("nobody reads this"));
      ring.endProducer(HandoverRing.COMPLETE, discard);
    }

    @Actor
    public void consumer() {
      ring.endConsumer(0, discard);
    }

    @Arbiter
    public void after(I_Result r) {
      r.r1 = discard.count.get();
    }
  }
}
