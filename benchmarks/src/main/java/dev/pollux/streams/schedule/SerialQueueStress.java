package dev.pollux.streams.schedule;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.pollux.core.Context;
import dev.pollux.core.Future;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.Poll;
import dev.pollux.core.Waker;
import dev.pollux.spi.Spawner;
import dev.pollux.spi.Timer;
import dev.pollux.spi.TimerEntry;
import java.time.Duration;
import java.util.Optional;
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

/** The consumer of a queue against those who offer, dispose and close. */
public final class SerialQueueStress {
  private SerialQueueStress() {}

  /** Counts the tasks that it is given, and runs none: the actors are the consumers. */
  static final class CountingSpawner implements Spawner {
    final AtomicInteger count = new AtomicInteger();

    @Override
    public <T extends @Nullable Object> JoinHandle<T> spawn(Future<T> future) {
      return spawn("", future);
    }

    @Override
    public <T extends @Nullable Object> JoinHandle<T> spawn(String name, Future<T> future) {
      count.incrementAndGet();
      return new NoHandle<>();
    }
  }

  /** The handle of a task that is never polled. */
  static final class NoHandle<T extends @Nullable Object> implements JoinHandle<T> {
    @Override
    public Poll<T> poll(Context cx) {
      return Poll.pending();
    }

    @Override
    public void requestCancel() {}

    @Override
    public boolean isFinished() {
      return false;
    }

    @Override
    public void detach() {}

    @Override
    public T join() {
      throw new UnsupportedOperationException();
    }

    @Override
    public T join(Duration timeout) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long id() {
      return 0;
    }

    @Override
    public Optional<String> name() {
      return Optional.empty();
    }

    @Override
    public Optional<StackTraceElement> spawnSite() {
      return Optional.empty();
    }
  }

  /** A clock that stands still at one. */
  static final class StoppedClock implements Timer {
    @Override
    public long nanoTime() {
      return 1;
    }

    @Override
    public void arm(TimerEntry entry) {}

    @Override
    public void disarm(TimerEntry entry) {}
  }

  /** Counts its ends. */
  static final class CountedJob extends Job {
    int ended;

    CountedJob(Runnable body, SerialQueue queue) {
      super(body, queue);
    }

    @Override
    protected boolean onFailure(Throwable failure) {
      throw new AssertionError(failure);
    }

    @Override
    protected void onEnd() {
      ended++;
    }
  }

  /** A queue with a consumer that is one of the actors. */
  abstract static class Consumed {
    final CountingSpawner spawner = new CountingSpawner();
    final SerialQueue queue =
        new SerialQueue(
            new WorkerTurns(spawner, "race"), new StoppedClock(), new LiveSet(() -> {}));

    /** Has the consumer begun, with nothing to do. */
    void begin() {
      boolean unused = queue.offer(new CountedJob(() -> {}, queue));
      runAll();
    }

    void runAll() {
      while (queue.hasDue()) {
        queue.runNext();
      }
    }
  }

  /** A job comes while the consumer goes. */
  @JCStressTest
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "The consumer has run it.")
  @Outcome(id = "0, 2", expect = ACCEPTABLE, desc = "Another consumer was begun.")
  @Outcome(expect = FORBIDDEN, desc = "Nobody will run it, or two will.")
  @State
  public static class OfferVsRest extends Consumed {
    private int ran;

    /** Begins. */
    public OfferVsRest() {
      begin();
    }

    @Actor
    public void offer() {
      boolean unused = queue.offer(new CountedJob(() -> ran++, queue));
    }

    @Actor
    public void consumer() {
      do {
        runAll();
      } while (!queue.tryRest());
    }

    @Arbiter
    public void seen(II_Result r) {
      r.r1 = ran;
      r.r2 = spawner.count.get();
    }
  }

  /** A job comes while the consumer goes to sleep. */
  @JCStressTest
  @Outcome(
      id = {"1, 0", "1, 1"},
      expect = ACCEPTABLE,
      desc = "The consumer has run it.")
  @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "The consumer was woken.")
  @Outcome(expect = FORBIDDEN, desc = "The wake-up is lost.")
  @State
  public static class OfferVsSleep extends Consumed {
    private final AtomicInteger woken = new AtomicInteger();
    private final Waker waker = woken::incrementAndGet;
    private int ran;

    /** Begins, with one job that waits. */
    public OfferVsSleep() {
      boolean unused = queue.offerAfter(new CountedJob(() -> {}, queue), 100);
      runAll();
    }

    @Actor
    public void offer() {
      boolean unused = queue.offer(new CountedJob(() -> ran++, queue));
    }

    @Actor
    public void consumer() {
      do {
        runAll();
      } while (!queue.trySleep(waker));
    }

    @Arbiter
    public void seen(II_Result r) {
      r.r1 = ran;
      r.r2 = woken.get();
    }
  }

  /** A job comes while the consumer wakes for another reason, and goes back to sleep. */
  @JCStressTest
  @Outcome(
      id = {"1, 0", "1, 1"},
      expect = ACCEPTABLE,
      desc = "The consumer has run it.")
  @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "The consumer was woken again.")
  @Outcome(expect = FORBIDDEN, desc = "The wake-up is lost.")
  @State
  public static class OfferVsAwake extends Consumed {
    private final AtomicInteger woken = new AtomicInteger();
    private final Waker waker = woken::incrementAndGet;
    private int ran;

    /** Sleeps. */
    public OfferVsAwake() {
      boolean unused = queue.offerAfter(new CountedJob(() -> {}, queue), 100);
      runAll();
      boolean asleep = queue.trySleep(waker);
      assert asleep;
    }

    @Actor
    public void offer() {
      boolean unused = queue.offer(new CountedJob(() -> ran++, queue));
    }

    @Actor
    public void consumer() {
      queue.awake();
      do {
        runAll();
      } while (!queue.trySleep(waker));
    }

    @Arbiter
    public void seen(II_Result r) {
      r.r1 = ran;
      r.r2 = woken.get();
    }
  }

  /** The queue is closed while the consumer goes to sleep. */
  @JCStressTest
  @Outcome(
      id = {"0", "1"},
      expect = ACCEPTABLE,
      desc = "The consumer saw it, or was woken.")
  @Outcome(expect = FORBIDDEN, desc = "It sleeps on what was closed.")
  @State
  public static class CloseVsSleep extends Consumed {
    private final AtomicInteger woken = new AtomicInteger();
    private final Waker waker = woken::incrementAndGet;
    private boolean asleep;

    /** Begins, with one job that waits. */
    public CloseVsSleep() {
      boolean unused = queue.offerAfter(new CountedJob(() -> {}, queue), 100);
      runAll();
    }

    @Actor
    public void close() {
      queue.close();
    }

    @Actor
    public void consumer() {
      if (!queue.isClosed()) {
        asleep = queue.trySleep(waker);
      }
    }

    @Arbiter
    public void seen(I_Result r) {
      r.r1 = asleep && woken.get() == 0 ? 2 : woken.get();
    }
  }

  /** The queue is closed while a job begins. */
  @JCStressTest
  @Outcome(
      id = {"0, 1", "1, 1"},
      expect = ACCEPTABLE,
      desc = "It did not run, or was interrupted.")
  @Outcome(expect = FORBIDDEN, desc = "It runs on though the queue is closed.")
  @State
  public static class CloseVsRun extends Consumed {
    private volatile boolean closed;
    private int interrupted;
    private int ran;
    private int leaked;

    /** Begins, with a job that runs until the queue is closed. */
    public CloseVsRun() {
      begin();
      boolean unused =
          queue.offer(
              new CountedJob(
                  () -> {
                    ran = 1;
                    while (!closed) {
                      Thread.onSpinWait();
                    }
                    interrupted = Thread.currentThread().isInterrupted() ? 1 : 0;
                  },
                  queue));
    }

    @Actor
    public void close() {
      queue.close();
      closed = true;
    }

    @Actor
    public void consumer() {
      runAll();
      leaked = Thread.interrupted() ? 100 : 0;
    }

    @Arbiter
    public void seen(II_Result r) {
      r.r1 = ran + leaked;
      r.r2 = ran == 0 ? 1 : interrupted;
    }
  }

  /** A job is disposed while it runs: the interrupt stays inside. */
  @JCStressTest
  @Outcome(
      id = {"0, 0, 1", "1, 0, 1"},
      expect = ACCEPTABLE,
      desc = "It ran or not, ended once, and the thread is as before.")
  @Outcome(expect = FORBIDDEN, desc = "The interrupt got out, or it ended twice or never.")
  @State
  public static class DisposeVsRun extends Consumed {
    private int ran;
    private int leaked;
    private final CountedJob job = new CountedJob(() -> ran = 1, queue);

    @Actor
    public void dispose() {
      job.dispose();
    }

    @Actor
    public void runner() {
      job.run();
      leaked = Thread.interrupted() ? 1 : 0;
    }

    @Arbiter
    public void seen(III_Result r) {
      r.r1 = ran;
      r.r2 = leaked;
      r.r3 = job.ended;
    }
  }

  /** A job is disposed while it is put into the heap. */
  @JCStressTest
  @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "It is gone, and ended once.")
  @Outcome(expect = FORBIDDEN, desc = "It stays in the heap.")
  @State
  public static class DisposeVsArrival extends Consumed {
    private final CountedJob job = new CountedJob(() -> {}, queue);

    /** Offers. */
    public DisposeVsArrival() {
      boolean unused = queue.offerAfter(job, 100);
    }

    @Actor
    public void dispose() {
      job.dispose();
    }

    @Actor
    public void consumer() {
      runAll();
    }

    @Arbiter
    public void seen(II_Result r) {
      runAll();
      r.r1 = queue.size();
      r.r2 = job.ended;
    }
  }
}
