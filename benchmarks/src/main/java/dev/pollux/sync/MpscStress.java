package dev.pollux.sync;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.pollux.core.Next;
import dev.pollux.core.Poller;
import dev.pollux.core.Waker;
import dev.pollux.spi.Services;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * Senders against the receiver of a channel: values, room, the end, and a receiver that is gone.
 */
public final class MpscStress {

  private MpscStress() {}

  /** Counts its wakes. */
  static final class CountingWaker implements Waker {
    final AtomicInteger count = new AtomicInteger();

    @Override
    public void wake() {
      count.incrementAndGet();
    }
  }

  /** A value that counts how often it was closed. */
  static final class Resource implements AutoCloseable {
    final AtomicInteger closed = new AtomicInteger();

    @Override
    public void close() {
      closed.incrementAndGet();
    }
  }

  /** A channel, and its receiver with a waker that counts. */
  abstract static class Waited {
    final Mpsc<Object> mpsc;
    final MpscChannel<Object> channel;
    final CountingWaker waker = new CountingWaker();
    private final Poller poller = new Poller(new Services() {}, 1, false);

    Waited(Mpsc<Object> mpsc) {
      this.mpsc = mpsc;
      this.channel = mpsc.sender().channel();
    }

    /** A poll of the receiver: 1 if it has a value, 2 at the end, 0 if it waits. */
    final int poll() {
      try {
        Next<Object> next = poller.pollNext(mpsc.receiver(), waker);
        return next.isItem() ? 1 : next.isEnd() ? 2 : 0;
      } catch (Exception impossible) {
        throw new AssertionError(impossible);
      }
    }
  }

  /** Takes all that is there. */
  static int taken(MpscChannel<?> channel) {
    int count = 0;
    while (channel.take() != null) {
      count++;
    }
    channel.release();
    return count;
  }

  /** A value is sent while the receiver goes to wait. */
  @JCStressTest
  @Outcome(
      id = {"1, 0", "1, 1", "0, 1"},
      expect = ACCEPTABLE,
      desc = "The receiver has it, or is woken.")
  @Outcome(id = "0, 0", expect = FORBIDDEN, desc = "The receiver waits beside the value.")
  @State
  public static class SendVsWait extends Waited {

    public SendVsWait() {
      super(Mpsc.bounded(2));
    }

    @Actor
    public void sender() {
      channel.send("value");
      channel.flush();
    }

    @Actor
    public void receiver(II_Result r) {
      r.r1 = poll();
    }

    @Arbiter
    public void after(II_Result r) {
      r.r2 = waker.count.get();
    }
  }

  /** Two values are sent, by one who tells of both at once. */
  @JCStressTest
  @Outcome(
      id = {"1, 0", "1, 1", "0, 1"},
      expect = ACCEPTABLE,
      desc = "The receiver has one, or is woken.")
  @Outcome(id = "0, 0", expect = FORBIDDEN, desc = "The receiver waits beside the values.")
  @State
  public static class SendTwiceVsWait extends Waited {

    public SendTwiceVsWait() {
      super(Mpsc.unbounded());
    }

    @Actor
    public void sender() {
      channel.send("first");
      channel.send("second");
      channel.flush();
    }

    @Actor
    public void receiver(II_Result r) {
      r.r1 = poll();
    }

    @Arbiter
    public void after(II_Result r) {
      r.r2 = waker.count.get();
    }
  }

  /** The last sender is closed while the receiver goes to wait. */
  @JCStressTest
  @Outcome(
      id = {"2, 0", "2, 1", "0, 1"},
      expect = ACCEPTABLE,
      desc = "The receiver sees the end, or is woken.")
  @Outcome(id = "0, 0", expect = FORBIDDEN, desc = "The receiver waits for ever.")
  @State
  public static class CloseVsWait extends Waited {

    public CloseVsWait() {
      super(Mpsc.bounded(2));
    }

    @Actor
    public void sender() {
      channel.removeSender();
    }

    @Actor
    public void receiver(II_Result r) {
      r.r1 = poll();
    }

    @Arbiter
    public void after(II_Result r) {
      r.r2 = waker.count.get();
    }
  }

  /** The last sender sends, and is closed, without telling of the value. */
  @JCStressTest
  @Outcome(
      id = {"1, 0", "1, 1", "0, 1"},
      expect = ACCEPTABLE,
      desc = "The receiver has the value, or is woken.")
  @Outcome(
      id = {"2, 0", "2, 1"},
      expect = FORBIDDEN,
      desc = "The receiver sees the end before the value.")
  @Outcome(id = "0, 0", expect = FORBIDDEN, desc = "The receiver waits for ever.")
  @State
  public static class SendAndCloseVsWait extends Waited {

    public SendAndCloseVsWait() {
      super(Mpsc.unbounded());
    }

    @Actor
    public void sender() {
      channel.send("value");
      channel.removeSender();
    }

    @Actor
    public void receiver(II_Result r) {
      r.r1 = poll();
    }

    @Arbiter
    public void after(II_Result r) {
      r.r2 = waker.count.get();
    }
  }

  /** The last place that was reserved comes back, in a channel without senders. */
  @JCStressTest
  @Outcome(
      id = {"2, 0", "2, 1", "0, 1"},
      expect = ACCEPTABLE,
      desc = "The receiver sees the end, or is woken.")
  @Outcome(id = "0, 0", expect = FORBIDDEN, desc = "The receiver waits for ever.")
  @State
  public static class UnreserveVsWait extends Waited {

    public UnreserveVsWait() {
      super(Mpsc.bounded(2));
      channel.tryReserve(1);
      channel.removeSender();
    }

    @Actor
    public void sender() {
      channel.unreserve(1);
    }

    @Actor
    public void receiver(II_Result r) {
      r.r1 = poll();
    }

    @Arbiter
    public void after(II_Result r) {
      r.r2 = waker.count.get();
    }
  }

  /** The receiver makes room while a sender goes to wait for it. */
  @JCStressTest
  @Outcome(
      id = {"1, 0, 1", "0, 1, 1"},
      expect = ACCEPTABLE,
      desc = "The sender has the place, at once or by a grant.")
  @Outcome(expect = FORBIDDEN, desc = "The sender waits beside the place, or it is lost.")
  @State
  public static class ReleaseVsReserve {
    final BoundedMpsc<Object> channel = new BoundedMpsc<>(1);
    final MpscReserve<Object> waiter = new MpscReserve<>(Mpsc.<Object>bounded(1).sender(), 1);
    final CountingWaker waker = new CountingWaker();

    public ReleaseVsReserve() {
      channel.send("value");
    }

    @Actor
    public void sender(III_Result r) {
      r.r1 = channel.reserveOrWait(waiter, waker) ? 1 : 0;
    }

    @Actor
    public void receiver() {
      channel.take();
      channel.release();
    }

    @Arbiter
    public void after(III_Result r) {
      r.r2 = waker.count.get();
      channel.unreserve(1);
      r.r3 = channel.available();
    }
  }

  /** A waiter gives up while the place comes that it waits for. */
  @JCStressTest
  @Outcome(
      id = {"1, 1", "0, 1"},
      expect = ACCEPTABLE,
      desc = "The place is free afterwards.")
  @Outcome(expect = FORBIDDEN, desc = "The place is lost, or there are two.")
  @State
  public static class ReleaseVsLeave {
    final BoundedMpsc<Object> channel = new BoundedMpsc<>(1);
    final MpscReserve<Object> waiter = new MpscReserve<>(Mpsc.<Object>bounded(1).sender(), 1);

    public ReleaseVsLeave() {
      channel.send("value");
      channel.reserveOrWait(waiter, () -> {});
    }

    @Actor
    public void sender(II_Result r) {
      if (channel.leave(waiter)) {
        r.r1 = 1;
      } else {
        channel.unreserve(1);
      }
    }

    @Actor
    public void receiver() {
      channel.take();
      channel.release();
    }

    @Arbiter
    public void after(II_Result r) {
      r.r2 = channel.available();
    }
  }

  /** A send that waits is polled with another waker while its value is put in for it. */
  @JCStressTest
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "It is done, and the value is there once.")
  @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "It is done later.")
  @Outcome(expect = FORBIDDEN, desc = "The value is there twice, or not, or the poll failed.")
  @State
  public static class PollVsGrant {
    final Mpsc<Object> mpsc = Mpsc.bounded(1);
    final MpscChannel<Object> channel = mpsc.sender().channel();
    final MpscSend<Object> send = new MpscSend<>(mpsc.sender(), "value");
    final Poller poller = new Poller(new Services() {}, 1, false);

    public PollVsGrant() {
      channel.send("first");
      poll(poller, send, () -> {});
    }

    @Actor
    public void sender(II_Result r) {
      r.r1 = poll(poller, send, () -> {});
    }

    @Actor
    public void receiver() {
      channel.take();
      channel.release();
    }

    @Arbiter
    public void after(II_Result r) {
      r.r2 = taken(channel);
    }
  }

  /** A place comes, and then the receiver goes, while a send goes to wait. */
  @JCStressTest
  @Outcome(
      id = {"1, 1", "2, 1"},
      expect = ACCEPTABLE,
      desc = "It was sent, or refused, and is closed in any case.")
  @Outcome(expect = FORBIDDEN, desc = "The value is lost, or closed twice, or the send waits.")
  @State
  public static class SendVsTakeAndAbandon {
    final Mpsc<Object> mpsc = Mpsc.bounded(1);
    final MpscChannel<Object> channel = mpsc.sender().channel();
    final Resource value = new Resource();
    final MpscSend<Object> send = new MpscSend<>(mpsc.sender(), value);
    final Poller poller = new Poller(new Services() {}, 1, false);

    public SendVsTakeAndAbandon() {
      channel.send("first");
    }

    @Actor
    public void sender(II_Result r) {
      r.r1 = poll(poller, send, () -> {});
    }

    @Actor
    public void receiver() {
      channel.take();
      channel.release();
      channel.abandon();
    }

    @Arbiter
    public void after(II_Result r) {
      if (r.r1 == 0) {
        r.r1 = poll(poller, send, () -> {});
      }
      r.r2 = value.closed.get();
    }
  }

  /** 1 if it is done, 2 if it was refused, 0 if it waits, -1 if it failed otherwise. */
  static int poll(Poller poller, MpscSend<?> send, Waker waker) {
    try {
      return poller.poll(send, waker).isReady() ? 1 : 0;
    } catch (ChannelClosedException refused) {
      return 2;
    } catch (Exception failure) {
      return -1;
    }
  }

  /** The receiver goes away while a value is sent. */
  @JCStressTest
  @Outcome(
      id = {"1, 1", "0, 0"},
      expect = ACCEPTABLE,
      desc = "The value was sent and is closed, or was refused and is its sender's.")
  @Outcome(id = "1, 0", expect = FORBIDDEN, desc = "The value is lost.")
  @Outcome(expect = FORBIDDEN, desc = "The value is closed twice, or though it was refused.")
  @State
  public static class SendVsAbandon {
    final MpscChannel<Object> channel = new BoundedMpsc<>(2);
    final Resource value = new Resource();

    @Actor
    public void sender(II_Result r) {
      if (channel.send(value) >= 0) {
        channel.flush();
        r.r1 = 1;
      }
    }

    @Actor
    public void receiver() {
      channel.abandon();
    }

    @Arbiter
    public void after(II_Result r) {
      r.r2 = value.closed.get();
    }
  }

  /** One sender puts the last value of a chunk, and another the first of the next. */
  @JCStressTest
  @Outcome(id = "2, 2", expect = ACCEPTABLE, desc = "Both values came, each once.")
  @Outcome(expect = FORBIDDEN, desc = "A value is lost.")
  @State
  public static class SendVsSendAcrossChunks {
    final UnboundedMpsc<Object> unbounded = new UnboundedMpsc<>();
    final BoundedMpsc<Object> bounded = new BoundedMpsc<>(65);

    public SendVsSendAcrossChunks() {
      for (int i = 0; i < 63; i++) {
        unbounded.send(i);
        unbounded.take();
        bounded.send(i);
        bounded.take();
      }
    }

    @Actor
    public void first() {
      unbounded.send("first");
      bounded.send("first");
    }

    @Actor
    public void second() {
      unbounded.send("second");
      bounded.send("second");
    }

    @Arbiter
    public void after(II_Result r) {
      r.r1 = taken(unbounded);
      r.r2 = taken(bounded);
    }
  }

  /** The tail comes to a chunk while the head leaves the one before, which is used again. */
  @JCStressTest
  @Outcome(
      id = {"1, 3", "2, 2", "3, 1", "4, 0"},
      expect = ACCEPTABLE,
      desc = "All values came, each once.")
  @Outcome(expect = FORBIDDEN, desc = "A value is lost.")
  @State
  public static class SendVsTakeAcrossChunks {
    final BoundedMpsc<Object> channel = new BoundedMpsc<>(65);

    public SendVsTakeAcrossChunks() {
      for (int i = 0; i < 63; i++) {
        channel.send(i);
        channel.take();
      }
      channel.release();
      channel.send("the last of its chunk");
    }

    @Actor
    public void sender() {
      channel.send("a");
      channel.send("b");
      channel.send("c");
    }

    @Actor
    public void receiver(II_Result r) {
      r.r1 = taken(channel);
    }

    @Arbiter
    public void after(II_Result r) {
      r.r2 = taken(channel);
    }
  }
}
