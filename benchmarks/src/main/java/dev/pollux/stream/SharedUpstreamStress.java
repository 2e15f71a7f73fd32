package dev.pollux.stream;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import dev.pollux.core.Future;
import dev.pollux.core.Next;
import dev.pollux.core.Poller;
import dev.pollux.core.Waker;
import dev.pollux.spi.Services;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/** The races of readers that drive one upstream, and of an emitter with its reader. */
public final class SharedUpstreamStress {

  private SharedUpstreamStress() {}

  /** Polls one iterator or future, and counts how often it was woken. */
  static final class Task {
    private final Poller poller = new Poller(new Services() {}, 1, false);
    private final AtomicInteger wakes = new AtomicInteger();

    /** An element; 0 for Pending, -1 for the end. */
    int next(AsyncIterator<Integer> iterator) {
      try {
        Next<Integer> next = poller.pollNext(iterator, wakes::incrementAndGet);
        return next.isItem() ? next.value() : next.isEnd() ? -1 : 0;
      } catch (Exception failure) {
        throw new AssertionError(failure);
      }
    }

    boolean send(Future<Void> send) {
      try {
        return poller.poll(send, wakes::incrementAndGet).isReady();
      } catch (Exception failure) {
        throw new AssertionError(failure);
      }
    }

    boolean isWoken() {
      return wakes.get() > 0 || poller.wokeItself();
    }
  }

  /** Gives 1, once it has come, and then nothing. Plain fields: rule 1 of the contract of poll. */
  static final class Source implements AsyncIterator<Integer> {
    private final AtomicReference<@Nullable Waker> waker = new AtomicReference<>();
    private volatile boolean came;
    private volatile boolean cancelled;
    private boolean given;
    private int polls;

    @Override
    public Next<Integer> pollNext(Context cx) {
      polls++;
      waker.set(cx.waker());
      if (came && !given) {
        given = true;
        return Next.item(1);
      }
      return Next.pending();
    }

    void comes() {
      came = true;
      Waker left = waker.getAndSet(null);
      if (left != null) {
        left.wake();
      }
    }

    @Override
    public void cancel() {
      cancelled = true;
    }
  }

  /** Two readers of one upstream. */
  abstract static class TwoReaders {
    final Source source = new Source();
    final AsyncIterator<Integer> first;
    final AsyncIterator<Integer> second;
    final Task one = new Task();
    final Task two = new Task();

    TwoReaders() {
      try (Shared<Integer> shared = source.shared().slowest(1)) {
        first = shared.subscribe();
        second = shared.subscribe();
      }
    }
  }

  /** A reader polls while the element comes. */
  @JCStressTest
  @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "It came too early, and was woken.")
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "It got the element.")
  @Outcome(expect = FORBIDDEN, desc = "The reader waits beside the element.")
  @State
  public static class PollVsWake extends TwoReaders {
    @Actor
    public void polls(II_Result r) {
      r.r1 = one.next(first);
    }

    @Actor
    public void comes() {
      source.comes();
    }

    @Arbiter
    public void after(II_Result r) {
      r.r2 = r.r1 == 1 || (one.isWoken() && one.next(first) == 1) ? 1 : 0;
    }
  }

  /** Two readers poll at once, of which one drives; then that goes, and the element comes. */
  @JCStressTest
  @Outcome(id = "0, 0, 1", expect = ACCEPTABLE, desc = "Who stays is woken.")
  @Outcome(expect = FORBIDDEN, desc = "Who stays is not woken.")
  @State
  public static class DriverGoesVsPoll extends TwoReaders {
    @Actor
    public void pollsAndGoes(III_Result r) {
      r.r1 = one.next(first);
      first.cancel();
    }

    @Actor
    public void polls(III_Result r) {
      r.r2 = two.next(second);
    }

    @Arbiter
    public void after(III_Result r) {
      source.comes();
      r.r3 = two.isWoken() && two.next(second) == 1 ? 1 : 0;
    }
  }

  /** A reader waits; another polls while the element comes, and then goes. */
  @JCStressTest
  @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "The driver got nothing; who waits gets it.")
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "Both got it.")
  @Outcome(expect = FORBIDDEN, desc = "Who waits is not woken.")
  @State
  public static class DriverGoesVsWake extends TwoReaders {
    public DriverGoesVsWake() {
      if (two.next(second) != 0) {
        throw new AssertionError("nothing has come");
      }
    }

    @Actor
    public void pollsAndGoes(II_Result r) {
      r.r1 = one.next(first);
      first.cancel();
    }

    @Actor
    public void comes() {
      source.comes();
    }

    @Arbiter
    public void after(II_Result r) {
      r.r2 = two.isWoken() && two.next(second) == 1 ? 1 : 0;
    }
  }

  /** Two readers poll at once while the element is there. */
  @JCStressTest
  @Outcome(id = "1, 1, 2", expect = ACCEPTABLE, desc = "Both got it at once.")
  @Outcome(id = "1, 0, 2", expect = ACCEPTABLE, desc = "The second came while the first drove.")
  @Outcome(id = "0, 1, 2", expect = ACCEPTABLE, desc = "The first came while the second drove.")
  @Outcome(expect = FORBIDDEN, desc = "An element is lost, or doubled, or who waits is not woken.")
  @State
  public static class PollVsPoll extends TwoReaders {
    public PollVsPoll() {
      source.comes();
    }

    @Actor
    public void polls(III_Result r) {
      r.r1 = one.next(first);
    }

    @Actor
    public void pollsToo(III_Result r) {
      r.r2 = two.next(second);
    }

    @Arbiter
    public void after(III_Result r) {
      int got = r.r1 == 1 || (one.isWoken() && one.next(first) == 1) ? 1 : 0;
      got += r.r2 == 1 || (two.isWoken() && two.next(second) == 1) ? 1 : 0;
      // A second element, or another poll that did not see the first, would show here.
      r.r3 = one.next(first) == 0 && two.next(second) == 0 && source.polls >= 2 ? got : -1;
    }
  }

  /** The last two readers go at once. */
  @JCStressTest
  @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "The upstream is cancelled.")
  @Outcome(expect = FORBIDDEN, desc = "Nobody cancels the upstream.")
  @State
  public static class CancelVsCancel extends TwoReaders {
    @Actor
    public void goes() {
      first.cancel();
    }

    @Actor
    public void goesToo() {
      second.cancel();
    }

    @Arbiter
    public void after(II_Result r) {
      r.r1 = source.cancelled ? 1 : 0;
      r.r2 = source.polls;
    }
  }

  /** A reader takes the element that is in the way of another, which polls. */
  @JCStressTest
  @Outcome(id = "1, 0, 1", expect = ACCEPTABLE, desc = "It waited, and was woken.")
  @Outcome(expect = FORBIDDEN, desc = "It waits beside the room.")
  @State
  public static class TakeVsWait extends TwoReaders {
    public TakeVsWait() {
      source.comes();
      if (one.next(first) != 1) {
        throw new AssertionError("it has come");
      }
      source.given = false; // one more
    }

    @Actor
    public void takes(III_Result r) {
      r.r1 = two.next(second);
    }

    @Actor
    public void waits(III_Result r) {
      int got = one.next(first);
      r.r2 = 0;
      r.r3 = got;
    }

    @Arbiter
    public void after(III_Result r) {
      r.r3 = r.r3 == 1 || (one.isWoken() && one.next(first) == 1) ? 1 : 0;
    }
  }

  /** A send that waits meets the read that makes room. */
  @JCStressTest
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "It had room, or was woken.")
  @Outcome(expect = FORBIDDEN, desc = "The send waits beside the room.")
  @State
  public static class SendVsRead {
    private final Emitter.Pipe<Integer> pipe = Emitter.pipe(1, Overflow.WAIT);
    private final Task reader = new Task();
    private final Task sender = new Task();
    private final Future<Void> send;
    private boolean sent;

    public SendVsRead() {
      pipe.emitter().emit(1);
      send = pipe.emitter().send(2);
    }

    @Actor
    public void sends() {
      sent = sender.send(send);
    }

    @Actor
    public void reads(II_Result r) {
      r.r1 = reader.next(pipe.elements());
    }

    @Arbiter
    public void after(II_Result r) {
      boolean done = sent || (sender.isWoken() && sender.send(send));
      r.r2 = done && reader.next(pipe.elements()) == 2 ? 1 : 0;
    }
  }

  /** A send that waits is cancelled while a read makes room. */
  @JCStressTest
  @Outcome(id = "1, 2", expect = ACCEPTABLE, desc = "It was moved up before.")
  @Outcome(id = "1, 3", expect = ACCEPTABLE, desc = "The one behind it was moved up.")
  @Outcome(expect = FORBIDDEN, desc = "Both are lost, or the room is.")
  @State
  public static class CancelledSendVsRead {
    private final Emitter.Pipe<Integer> pipe = Emitter.pipe(1, Overflow.WAIT);
    private final Task reader = new Task();
    private final Future<Void> send;
    private final Future<Void> behind;

    public CancelledSendVsRead() {
      pipe.emitter().emit(1);
      send = pipe.emitter().send(2);
      behind = pipe.emitter().send(3);
      if (new Task().send(send) || new Task().send(behind)) {
        throw new AssertionError("there is no room");
      }
    }

    @Actor
    public void cancels() {
      send.cancel();
    }

    @Actor
    public void reads(II_Result r) {
      r.r1 = reader.next(pipe.elements());
    }

    @Arbiter
    public void after(II_Result r) {
      r.r2 = reader.next(pipe.elements());
    }
  }

  /** The reader begins to wait while a value is emitted. */
  @JCStressTest
  @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "It came too early, and was woken.")
  @Outcome(id = "7, 1", expect = ACCEPTABLE, desc = "It got the value.")
  @Outcome(expect = FORBIDDEN, desc = "The reader waits beside the value.")
  @State
  public static class EmitVsRead {
    private final Emitter.Pipe<Integer> pipe = Emitter.pipe(1, Overflow.DROP_NEWEST);
    private final Task reader = new Task();

    @Actor
    public void emits() {
      pipe.emitter().emit(7);
    }

    @Actor
    public void reads(II_Result r) {
      r.r1 = reader.next(pipe.elements());
    }

    @Arbiter
    public void after(II_Result r) {
      r.r2 = r.r1 == 7 || (reader.isWoken() && reader.next(pipe.elements()) == 7) ? 1 : 0;
    }
  }
}
