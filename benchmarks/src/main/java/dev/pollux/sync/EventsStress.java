package dev.pollux.sync;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.Poller;
import dev.pollux.core.Waker;
import dev.pollux.spi.Services;
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

/** The races of {@code Oneshot}, {@code Notify}, {@code Signal} and {@code Watch}. */
public final class EventsStress {

  private EventsStress() {}

  /** A future with a poller and a waker of its own. */
  static final class Waiting<T> {
    private final Poller poller = new Poller(new Services() {}, 1, false);
    private final Future<T> future;
    private Wakes waker = new Wakes();

    Waiting(Future<T> future) {
      this.future = future;
    }

    /** Polls once; the value, or null. */
    @Nullable T poll() {
      try {
        Poll<T> answer = poller.poll(future, waker);
        return answer.isReady() ? answer.value() : null;
      } catch (Exception failure) {
        throw new AssertionError(failure);
      }
    }

    /** Polls once; whether the answer was Ready. */
    int isReady() {
      try {
        return poller.poll(future, waker).isReady() ? 1 : 0;
      } catch (Exception failure) {
        throw new AssertionError(failure);
      }
    }

    Waiting<T> polled() {
      if (isReady() != 0) {
        throw new AssertionError("ready before anything has happened");
      }
      return this;
    }

    void showAnotherWaker() {
      waker = new Wakes();
    }

    int told() {
      return waker.count.get() > 0 ? 1 : 0;
    }
  }

  /** A waker that counts. */
  static final class Wakes implements Waker {
    final AtomicInteger count = new AtomicInteger();

    @Override
    public void wake() {
      count.incrementAndGet();
    }
  }

  /** A value that is closed when it is discarded. */
  static final class Counted implements AutoCloseable {
    final AtomicInteger closes = new AtomicInteger();

    @Override
    public void close() {
      closes.incrementAndGet();
    }
  }

  // ---- Oneshot

  /** The first poll, and the send. */
  @JCStressTest
  @Outcome(
      id = {"1, 0", "0, 1"},
      expect = ACCEPTABLE,
      desc = "The receiver has the value, or is woken.")
  @Outcome(expect = FORBIDDEN, desc = "The wake-up is lost.")
  @State
  public static class OneshotPollVsSend {
    private final Oneshot<String> oneshot = Oneshot.create();
    private final Waiting<String> receiver = new Waiting<>(oneshot.receiver());

    @Actor
    public void receives(II_Result r) {
      r.r1 = receiver.isReady();
    }

    @Actor
    public void sends() {
      if (!oneshot.sender().send("value")) {
        throw new AssertionError("refused");
      }
    }

    @Arbiter
    public void after(II_Result r) {
      r.r2 = receiver.told();
    }
  }

  /** A poll with another waker than before, and the send. */
  @JCStressTest
  @Outcome(
      id = {"1, 0", "0, 1"},
      expect = ACCEPTABLE,
      desc = "The receiver has the value, or its new waker is woken.")
  @Outcome(expect = FORBIDDEN, desc = "The wake-up is lost.")
  @State
  public static class OneshotNewWakerVsSend {
    private final Oneshot<String> oneshot = Oneshot.create();
    private final Waiting<String> receiver = new Waiting<>(oneshot.receiver()).polled();

    public OneshotNewWakerVsSend() {
      receiver.showAnotherWaker();
    }

    @Actor
    public void receives(II_Result r) {
      r.r1 = receiver.isReady();
    }

    @Actor
    public void sends() {
      if (!oneshot.sender().send("value")) {
        throw new AssertionError("refused");
      }
    }

    @Arbiter
    public void after(II_Result r) {
      r.r2 = receiver.told();
    }
  }

  /** The receiver is cancelled while the value is sent. */
  @JCStressTest
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "Sent, and discarded.")
  @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "Refused, and left to the sender.")
  @Outcome(expect = FORBIDDEN, desc = "The value is lost, or has two owners.")
  @State
  public static class OneshotCancelVsSend {
    private final Oneshot<Counted> oneshot = Oneshot.create();
    private final Counted value = new Counted();

    @Actor
    public void cancels() {
      oneshot.receiver().cancel();
    }

    @Actor
    public void sends(II_Result r) {
      r.r1 = oneshot.sender().send(value) ? 1 : 0;
    }

    @Arbiter
    public void after(II_Result r) {
      r.r2 = value.closes.get();
    }
  }

  /** Two send at once. */
  @JCStressTest
  @Outcome(
      id = {"1, 0, 1", "0, 1, 2"},
      expect = ACCEPTABLE,
      desc = "One of them does.")
  @Outcome(expect = FORBIDDEN, desc = "Both do, or none.")
  @State
  public static class OneshotSendVsSend {
    private final Oneshot<Integer> oneshot = Oneshot.create();

    @Actor
    public void one(III_Result r) {
      r.r1 = oneshot.sender().send(1) ? 1 : 0;
    }

    @Actor
    public void other(III_Result r) {
      r.r2 = oneshot.sender().send(2) ? 1 : 0;
    }

    @Arbiter
    public void after(III_Result r) {
      r.r3 = oneshot.receiver().tryRecv().value();
    }
  }

  /** The sender begins to wait for the close while the receiver is cancelled. */
  @JCStressTest
  @Outcome(
      id = {"1, 0", "1, 1", "0, 1"},
      expect = ACCEPTABLE,
      desc = "The sender sees it, or is woken.")
  @Outcome(expect = FORBIDDEN, desc = "The sender waits for ever.")
  @State
  public static class OneshotOnClosedVsCancel {
    private final Oneshot<String> oneshot = Oneshot.create();
    private final Waiting<Void> closed = new Waiting<>(oneshot.sender().whenClosed());

    @Actor
    public void waits(II_Result r) {
      r.r1 = closed.isReady();
    }

    @Actor
    public void cancels() {
      oneshot.receiver().cancel();
    }

    @Arbiter
    public void after(II_Result r) {
      r.r2 = closed.told();
    }
  }

  // ---- Notify

  /** One begins to wait while another notifies it, if it waits, or leaves the permit. */
  @JCStressTest
  @Outcome(
      id = {"1, 0", "0, 1"},
      expect = ACCEPTABLE,
      desc = "It has the permit, or is woken.")
  @Outcome(expect = FORBIDDEN, desc = "It waits beside the permit.")
  @State
  public static class NotifyPollVsOne {
    private final Notify notify = new Notify();
    private final Waiting<Void> waiter = new Waiting<>(notify.notified());

    @Actor
    public void waits(II_Result r) {
      r.r1 = waiter.isReady();
    }

    @Actor
    public void notifies() {
      notify.notifyOne();
    }

    @Arbiter
    public void after(II_Result r) {
      r.r2 = waiter.told();
    }
  }

  /** Two come for one permit. */
  @JCStressTest
  @Outcome(
      id = {"1, 0, 1", "0, 1, 1"},
      expect = ACCEPTABLE,
      desc = "One has it, and the other waits.")
  @Outcome(expect = FORBIDDEN, desc = "Both have it, or none.")
  @State
  public static class NotifyPermitVsPermit {
    private final Notify notify = new Notify();
    private final Waiting<Void> first = new Waiting<>(notify.notified());
    private final Waiting<Void> second = new Waiting<>(notify.notified());

    public NotifyPermitVsPermit() {
      notify.notifyOne();
    }

    @Actor
    public void one(III_Result r) {
      r.r1 = first.isReady();
    }

    @Actor
    public void other(III_Result r) {
      r.r2 = second.isReady();
    }

    @Arbiter
    public void after(III_Result r) {
      r.r3 = notify.waiting();
    }
  }

  /** One begins to wait while all are notified; it was made before. */
  @JCStressTest
  @Outcome(
      id = {"1, 0", "0, 1"},
      expect = ACCEPTABLE,
      desc = "It sees it, or is woken.")
  @Outcome(expect = FORBIDDEN, desc = "It was made before, and waits for ever.")
  @State
  public static class NotifyPollVsWaiters {
    private final Notify notify = new Notify();
    private final Waiting<Void> waiter = new Waiting<>(notify.notified());

    @Actor
    public void waits(II_Result r) {
      r.r1 = waiter.isReady();
    }

    @Actor
    public void notifies() {
      notify.notifyWaiters();
    }

    @Arbiter
    public void after(II_Result r) {
      r.r2 = waiter.told();
    }
  }

  /** The one that waits is cancelled while one is notified; another comes later. */
  @JCStressTest
  @Outcome(id = "1", expect = ACCEPTABLE, desc = "The notification is there for the next.")
  @Outcome(expect = FORBIDDEN, desc = "The notification is lost.")
  @State
  public static class NotifyCancelVsOne {
    private final Notify notify = new Notify();
    private final Waiting<Void> waiter = new Waiting<>(notify.notified()).polled();

    @Actor
    public void cancels() {
      waiter.future.cancel();
    }

    @Actor
    public void notifies() {
      notify.notifyOne();
    }

    @Arbiter
    public void after(I_Result r) {
      r.r1 = new Waiting<>(notify.notified()).isReady();
    }
  }

  /** What led to a notification is seen by who takes the permit, though there was one before. */
  @JCStressTest
  @Outcome(
      id = {"0, 0", "0, 1", "1, 0", "1, 1"},
      expect = ACCEPTABLE,
      desc = "In order: a permit that is there after it was taken stands for the second.")
  @Outcome(expect = FORBIDDEN, desc = "The second is not seen, and there is no permit for it.")
  @State
  public static class NotifySecondVsTake {
    private final Notify notify = new Notify();
    private final Waiting<Void> waiter = new Waiting<>(notify.notified());
    private int written;

    public NotifySecondVsTake() {
      notify.notifyOne();
    }

    @Actor
    public void notifies() {
      written = 1;
      notify.notifyOne();
    }

    @Actor
    public void takes(II_Result r) {
      if (waiter.isReady() != 1) {
        throw new AssertionError("no permit");
      }
      r.r1 = written;
    }

    @Arbiter
    public void after(II_Result r) {
      int permit = new Waiting<>(notify.notified()).isReady();
      r.r2 = r.r1 == 0 && permit == 0 ? -1 : permit;
    }
  }

  // ---- Signal

  /** The consumer begins to wait while a value is signalled. */
  @JCStressTest
  @Outcome(
      id = {"1, 0", "0, 1"},
      expect = ACCEPTABLE,
      desc = "It has the value, or is woken.")
  @Outcome(expect = FORBIDDEN, desc = "The wake-up is lost.")
  @State
  public static class SignalPollVsSignal {
    private final Signal<String> signal = new Signal<>();
    private final Waiting<String> taker = new Waiting<>(signal.take());

    @Actor
    public void takes(II_Result r) {
      r.r1 = taker.isReady();
    }

    @Actor
    public void signals() {
      if (!signal.signal("value")) {
        throw new AssertionError("refused");
      }
    }

    @Arbiter
    public void after(II_Result r) {
      r.r2 = taker.told();
    }
  }

  /** The consumer waits, and shows another waker while a value is signalled. */
  @JCStressTest
  @Outcome(
      id = {"1, 0", "1, 1", "0, 1"},
      expect = ACCEPTABLE,
      desc = "It has the value, or its new waker is woken.")
  @Outcome(expect = FORBIDDEN, desc = "The wake-up goes to the old waker alone.")
  @State
  public static class SignalNewWakerVsSignal {
    private final Signal<String> signal = new Signal<>();
    private final Waiting<String> taker = new Waiting<>(signal.take()).polled();

    public SignalNewWakerVsSignal() {
      taker.showAnotherWaker();
    }

    @Actor
    public void takes(II_Result r) {
      r.r1 = taker.isReady();
    }

    @Actor
    public void signals() {
      if (!signal.signal("value")) {
        throw new AssertionError("refused");
      }
    }

    @Arbiter
    public void after(II_Result r) {
      r.r2 = taker.told();
    }
  }

  /** A value is taken while another replaces it. */
  @JCStressTest
  @Outcome(
      id = {"1, 0, 1", "2, 1, 0"},
      expect = ACCEPTABLE,
      desc = "The first is taken and the second there; or the first is discarded.")
  @Outcome(expect = FORBIDDEN, desc = "A value is lost, or has two owners.")
  @State
  public static class SignalTakeVsSignal {
    private final Signal<Counted> signal = new Signal<>();
    private final Counted first = new Counted();
    private final Counted second = new Counted();
    private final Waiting<Counted> taker = new Waiting<>(signal.take());

    public SignalTakeVsSignal() {
      if (!signal.signal(first)) {
        throw new AssertionError("refused");
      }
    }

    @Actor
    public void takes(III_Result r) {
      Counted taken = taker.poll();
      r.r1 = taken == first ? 1 : taken == second ? 2 : 0;
    }

    @Actor
    public void signals() {
      if (!signal.signal(second)) {
        throw new AssertionError("refused");
      }
    }

    @Arbiter
    public void after(III_Result r) {
      r.r2 = first.closes.get();
      r.r3 = signal.tryTake().isItem() ? 1 : 0;
    }
  }

  // ---- Watch

  /** A receiver begins to wait while a value is sent. */
  @JCStressTest
  @Outcome(
      id = {"1, 0", "1, 1", "0, 1"},
      expect = ACCEPTABLE,
      desc = "It sees the value, or is woken.")
  @Outcome(expect = FORBIDDEN, desc = "The wake-up is lost.")
  @State
  public static class WatchPollVsSend {
    private final Watch<Integer> watch = Watch.create(1);
    private final Waiting<Void> waiter = new Waiting<>(watch.receiver().changed());

    @Actor
    public void waits(II_Result r) {
      r.r1 = waiter.isReady();
    }

    @Actor
    public void sends() {
      if (!watch.sender().send(2)) {
        throw new AssertionError("refused");
      }
    }

    @Arbiter
    public void after(II_Result r) {
      r.r2 = waiter.told();
    }
  }

  /** One begins to wait while the last other gives up; both before a value is sent. */
  @JCStressTest
  @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "Who stays is woken.")
  @Outcome(expect = FORBIDDEN, desc = "Who stays is not woken, or who left is.")
  @State
  public static class WatchPollVsCancel {
    private final Watch<Integer> watch = Watch.create(1);
    private final Waiting<Void> leaving = new Waiting<>(watch.receiver().changed()).polled();
    private final Waiting<Void> coming = new Waiting<>(watch.receiver().another().changed());

    @Actor
    public void leaves() {
      leaving.future.cancel();
    }

    @Actor
    public void comes() {
      coming.polled();
    }

    @Arbiter
    public void after(II_Result r) {
      if (!watch.sender().send(2)) {
        throw new AssertionError("refused");
      }
      r.r1 = coming.told();
      r.r2 = leaving.told();
    }
  }

  /** A receiver that has just seen the new value waits for the one after, and hears of no other. */
  @JCStressTest
  @Outcome(
      id = {"1, 0, 0", "1, 1, 0"},
      expect = ACCEPTABLE,
      desc = "It had seen the first value, and sees the second.")
  @Outcome(id = "0, 1, 1", expect = ACCEPTABLE, desc = "It had seen the first, and is woken.")
  @Outcome(id = "0, 0, 0", expect = ACCEPTABLE, desc = "It had seen the second, and waits.")
  @Outcome(
      expect = FORBIDDEN,
      desc = "It is woken for what it has seen, or not for what it has not.")
  @State
  public static class WatchSeenVsSend {
    private final Watch<Integer> watch = Watch.create(1);
    private final Waiting<Void> waiter = new Waiting<>(watch.receiver().changed());

    @Actor
    public void waits(III_Result r) {
      watch.receiver().markUnchanged();
      r.r1 = waiter.isReady();
    }

    @Actor
    public void sends() {
      if (!watch.sender().send(2)) {
        throw new AssertionError("refused");
      }
    }

    @Arbiter
    public void after(III_Result r) {
      r.r2 = waiter.told();
      r.r3 = watch.receiver().hasChanged() ? 1 : 0;
    }
  }

  /** Two change the value at once, while one waits. */
  @JCStressTest
  @Outcome(id = "3, 1", expect = ACCEPTABLE, desc = "Both count, and the receiver is woken.")
  @Outcome(expect = FORBIDDEN, desc = "A change is lost, or the wake-up.")
  @State
  public static class WatchModifyVsModify {
    private final Watch<Integer> watch = Watch.create(1);
    private final Waiting<Void> waiter = new Waiting<>(watch.receiver().changed()).polled();

    @Actor
    public void one() {
      int unused = watch.sender().sendModify(value -> value + 1);
    }

    @Actor
    public void other() {
      int unused = watch.sender().sendModify(value -> value + 1);
    }

    @Arbiter
    public void after(II_Result r) {
      r.r1 = watch.receiver().borrow();
      r.r2 = waiter.told();
    }
  }

  /** The last receiver is closed while the sender begins to wait for that. */
  @JCStressTest
  @Outcome(
      id = {"1, 0", "0, 1"},
      expect = ACCEPTABLE,
      desc = "The sender sees it, or is woken.")
  @Outcome(expect = FORBIDDEN, desc = "The sender waits for ever.")
  @State
  public static class WatchOnClosedVsClose {
    private final Watch<Integer> watch = Watch.create(1);
    private final Waiting<Void> closed = new Waiting<>(watch.sender().whenClosed());

    @Actor
    public void waits(II_Result r) {
      r.r1 = closed.isReady();
    }

    @Actor
    public void closes() {
      watch.receiver().close();
    }

    @Arbiter
    public void after(II_Result r) {
      r.r2 = closed.told();
    }
  }
}
