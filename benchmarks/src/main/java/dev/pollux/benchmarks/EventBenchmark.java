package dev.pollux.benchmarks;

import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.Poller;
import dev.pollux.core.Waker;
import dev.pollux.spi.Services;
import dev.pollux.sync.Notify;
import dev.pollux.sync.Oneshot;
import dev.pollux.sync.Signal;
import dev.pollux.sync.Watch;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Oneshot, Notify, Watch and Signal on one thread, polled by hand; the score is for one event. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 5,
    jvmArgs = {"-Xms800m", "-Xmx800m", "-Xmn400m", "-XX:+AlwaysPreTouch"})
public class EventBenchmark {

  /** Polls with a waker that does nothing. */
  @State(Scope.Thread)
  public static class Polls {
    private final Poller poller = new Poller(new Services() {}, 1, false);
    private final Waker waker = () -> {};

    <T> Poll<T> poll(Future<T> future) throws Exception {
      return poller.poll(future, waker);
    }
  }

  // ---- Oneshot

  /** Made, sent, received. */
  @Benchmark
  public String oneshotSendThenReceive(Polls polls) throws Exception {
    Oneshot<String> oneshot = Oneshot.create();
    must(oneshot.sender().send("value"));
    return polls.poll(oneshot.receiver()).value();
  }

  /** Made, waited for, sent, received. */
  @Benchmark
  public String oneshotWaitThenSend(Polls polls) throws Exception {
    Oneshot<String> oneshot = Oneshot.create();
    must(polls.poll(oneshot.receiver()).isPending());
    must(oneshot.sender().send("value"));
    return polls.poll(oneshot.receiver()).value();
  }

  // ---- Notify

  /** One without a permit. */
  @State(Scope.Thread)
  public static class Notifying {
    private final Notify notify = new Notify();
  }

  /** Leaves the permit and takes it. */
  @Benchmark
  public boolean notifyThenTakePermit(Notifying state, Polls polls) throws Exception {
    state.notify.notifyOne();
    return polls.poll(state.notify.notified()).isReady();
  }

  /** Waits, is notified, goes on. */
  @Benchmark
  public boolean waitThenNotifyOne(Notifying state, Polls polls) throws Exception {
    Future<Void> notified = state.notify.notified();
    must(polls.poll(notified).isPending());
    state.notify.notifyOne();
    return polls.poll(notified).isReady();
  }

  /** The permit is there already. */
  @Benchmark
  public void notifyWithPermit(Notifying state) {
    state.notify.notifyOne();
  }

  // ---- Watch

  /** A watch, and receivers that wait for its next value. */
  @State(Scope.Thread)
  public static class Watching {

    /** How many receivers wait. */
    @Param({"0", "1", "8"})
    private int waiting;

    private final Watch<Integer> watch = Watch.create(0);
    private final List<Watch.Receiver<Integer>> receivers = new ArrayList<>();
    private final List<Future<Void>> changes = new ArrayList<>();

    /** Makes the receivers. */
    @Setup
    public void make() {
      for (int i = 0; i < waiting; i++) {
        receivers.add(watch.sender().subscribe());
      }
    }
  }

  /** All wait, a value is sent, all see it. */
  @Benchmark
  public int watchSendToWaiting(Watching state, Polls polls) throws Exception {
    for (Watch.Receiver<Integer> receiver : state.receivers) {
      Future<Void> changed = receiver.changed();
      must(polls.poll(changed).isPending());
      state.changes.add(changed);
    }
    must(state.watch.sender().send(1));
    int sum = 0;
    for (int i = 0; i < state.changes.size(); i++) {
      must(polls.poll(state.changes.get(i)).isReady());
      sum += state.receivers.get(i).borrow();
    }
    state.changes.clear();
    return sum;
  }

  /** A look. */
  @Benchmark
  public int watchBorrow(Watching state) {
    return state.watch.receiver().borrow();
  }

  // ---- Signal

  /** One that holds nothing. */
  @State(Scope.Thread)
  public static class Signalling {
    private final Signal<String> signal = new Signal<>();
  }

  /** Signals and takes. */
  @Benchmark
  public String signalThenTake(Signalling state, Polls polls) throws Exception {
    must(state.signal.signal("value"));
    return polls.poll(state.signal.take()).value();
  }

  /** Waits, is signalled, takes. */
  @Benchmark
  public String waitThenSignal(Signalling state, Polls polls) throws Exception {
    Future<String> take = state.signal.take();
    must(polls.poll(take).isPending());
    must(state.signal.signal("value"));
    return polls.poll(take).value();
  }

  private static void must(boolean holds) {
    if (!holds) {
      throw new AssertionError("the benchmark is wrong");
    }
  }
}
