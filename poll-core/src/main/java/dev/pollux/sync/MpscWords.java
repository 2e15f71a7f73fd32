package dev.pollux.sync;

import static java.lang.invoke.MethodHandles.lookup;

import com.google.errorprone.annotations.Keep;
import java.lang.invoke.ConstantBootstraps;
import java.lang.invoke.VarHandle;

/**
 * The words of a channel that its two ends write all the time, each with a line of the cache to
 * itself: what all senders write, and what the receiver writes. Else each write of one end would
 * take away from the other what it is about to read.
 */
final class MpscWords {

  private MpscWords() {}

  /** A line of the cache between the header and the word of the senders. */
  abstract static class Before {
    @Keep private long p1;
    @Keep private long p2;
    @Keep private long p3;
    @Keep private long p4;
    @Keep private long p5;
    @Keep private long p6;
  }

  /** What the senders write. */
  abstract static class Senders extends Before {

    private static final VarHandle STATE =
        ConstantBootstraps.fieldVarHandle(
            lookup(), "state", VarHandle.class, Senders.class, long.class);

    private volatile long state;

    Senders(long state) {
      this.state = state;
    }

    final long state() {
      return state;
    }

    /** The one way to write the word: each transition is a named method that ends in this. */
    final boolean compareAndSetState(long seen, long next) {
      return STATE.compareAndSet(this, seen, next);
    }
  }

  /** A line between the two. */
  abstract static class Between extends Senders {
    @Keep private long p1;
    @Keep private long p2;
    @Keep private long p3;
    @Keep private long p4;
    @Keep private long p5;
    @Keep private long p6;
    @Keep private long p7;
    @Keep private long p8;

    Between(long state) {
      super(state);
    }
  }

  /** What the receiver writes. */
  abstract static class Receiver extends Between {

    private static final VarHandle HEAD =
        ConstantBootstraps.fieldVarHandle(
            lookup(), "head", VarHandle.class, Receiver.class, int.class);
    private static final VarHandle RELEASED =
        ConstantBootstraps.fieldVarHandle(
            lookup(), "released", VarHandle.class, Receiver.class, int.class);

    /** The index of the value that comes next. */
    private int head;

    /** The index of the first value that was taken and whose place has not been given back. */
    private volatile int released;

    Receiver(long state) {
      super(state);
    }

    /** As the receiver sees it, which writes it. */
    final int head() {
      return head;
    }

    /** As anybody sees it. What was taken before this index has left its slot. */
    final int headAcquire() {
      return (int) HEAD.getAcquire(this);
    }

    /** After a value has left its slot. */
    final void advanceHead() {
      HEAD.setRelease(this, head + 1);
    }

    final int released() {
      return released;
    }

    /** Whoever succeeds gives back the places from {@code seen} to {@code next}. */
    final boolean compareAndSetReleased(int seen, int next) {
      return RELEASED.compareAndSet(this, seen, next);
    }
  }

  /** A line between that and what is hardly ever written. */
  abstract static class After extends Receiver {
    @Keep private long p1;
    @Keep private long p2;
    @Keep private long p3;
    @Keep private long p4;
    @Keep private long p5;
    @Keep private long p6;
    @Keep private long p7;

    After(long state) {
      super(state);
    }
  }
}
