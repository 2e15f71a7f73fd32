package dev.pollux.executor.service;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.JoinException;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.Poll;
import dev.pollux.core.RuntimeShutdownException;
import dev.pollux.spi.Blocking;
import dev.pollux.spi.Timer;
import dev.pollux.time.Sleep;
import dev.pollux.time.Time;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.RunnableScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A command that waits for its time, once or again and again. As a task it is a loop: sleep until
 * the deadline, run, set the next deadline. On the blocking pool the run is a job that the task
 * waits for.
 *
 * @cancellation the timer forgets it, a job that has not begun is taken back, and the command is
 *     cancelled; but a run that has begun on the blocking pool goes on, and one that is not
 *     periodic keeps its outcome
 */
final class TimedCommand<V extends @Nullable Object> extends Command<V>
    implements RunnableScheduledFuture<V> {

  /** Breaks ties in the order; one for all services, so that their commands have one order. */
  private static final AtomicLong SEQUENCE = new AtomicLong();

  private final long sequence = SEQUENCE.getAndIncrement();
  private final LiveCommands live;
  private final Timer clock;

  /** Where it runs, if that is not the task itself. */
  private final @Nullable Blocking pool;

  /** Fixed rate if positive, fixed delay if negative, once if zero. */
  private final long periodNanos;

  /** On the clock of the runtime. Written by the runner, before it makes the command pending. */
  private volatile long deadlineNanos;

  /** The task, from a moment after it was spawned. */
  private volatile @Nullable JoinHandle<Void> task;

  // ---- owned by the task

  /** Whether the deadline has passed, without a look at the timer. */
  private boolean isDue;

  private @Nullable Sleep sleep;
  private @Nullable JoinHandle<@Nullable Void> job;

  /**
   * Makes a command that is not known to anybody yet.
   *
   * @param work what it calls
   * @param delayNanos how long from now it waits; zero or less doesn't, and {@link Long#MAX_VALUE}
   *     waits for ever
   * @param periodNanos the time from start to start if positive, the negated time from end to start
   *     if negative, zero for one run
   * @param clock the clock of the runtime
   * @param pool where it runs, or null if its task runs it
   */
  TimedCommand(
      Callable<? extends V> work,
      LiveCommands live,
      long delayNanos,
      long periodNanos,
      Timer clock,
      @Nullable Blocking pool) {
    super(work, live);
    this.live = live;
    this.clock = clock;
    this.pool = pool;
    this.periodNanos = periodNanos;
    this.isDue = delayNanos <= 0;
    this.deadlineNanos = saturatedSum(clock.nanoTime(), Math.max(0, delayNanos));
  }

  private static long saturatedSum(long deadlineNanos, long delayNanos) {
    long sum = deadlineNanos + delayNanos;
    return sum < 0 ? Long.MAX_VALUE : sum;
  }

  /** Tells the command what runs it. */
  void launchedAs(JoinHandle<Void> task) {
    this.task = task;
    if (hasEnded()) { // after the write, as whoever ends the command reads after its transition
      task.requestCancel();
    }
  }

  // ---- the task

  @Override
  public Poll<Void> poll(Context cx) throws Exception {
    if (job == null) {
      if (hasEnded()) {
        return over();
      }
      if (!hasComeDue(cx)) {
        return Poll.pending();
      }
      isDue = false;
      begin();
    }
    if (job != null && !hasJobEnded(cx, job)) {
      return Poll.pending();
    }
    job = null;
    if (hasEnded()) {
      return over();
    }
    if (sleep != null) {
      sleep.resetUntil(deadlineNanos);
    }
    if (hasComeDue(cx)) {
      isDue = true; // late: it runs again at once, but in a turn of its own
      cx.wakeSelf();
    }
    return Poll.pending();
  }

  private boolean hasComeDue(Context cx) {
    if (isDue) {
      return true;
    }
    Sleep until = sleep;
    if (until == null) {
      until = Time.sleepUntil(deadlineNanos);
      sleep = until;
    }
    return until.poll(cx).isReady();
  }

  /** Runs the command, or makes a job of it. */
  private void begin() throws Exception {
    if (pool == null) {
      runOnce();
      return;
    }
    try {
      job = pool.spawnBlocking(this);
    } catch (RuntimeShutdownException shutDown) {
      tryCancelPending();
    } catch (Throwable refused) {
      tryCancelPending();
      throw refused;
    }
  }

  /** Whether the job is over. One that was taken back takes the command with it. */
  private boolean hasJobEnded(Context cx, JoinHandle<@Nullable Void> begun) throws Exception {
    try {
      return begun.poll(cx).isReady();
    } catch (JoinException takenBackOrReported) {
      tryCancelPending();
      return true;
    }
  }

  private Poll<Void> over() {
    Sleep until = sleep;
    if (until != null) {
      until.cancel();
    }
    return Poll.done();
  }

  @Override
  @Nullable V invoke(Object work) throws Exception {
    @SuppressWarnings("unchecked") // as the constructor took it
    Callable<? extends V> callable = (Callable<? extends V>) work;
    return callable.call();
  }

  @Override
  boolean rearm() {
    if (!isPeriodic()) {
      return false;
    }
    deadlineNanos =
        periodNanos > 0
            ? saturatedSum(deadlineNanos, periodNanos)
            : saturatedSum(clock.nanoTime(), -periodNanos);
    if (!transitionToPending()) {
      return false;
    }
    if (!live.isOpen()) { // after the transition, as shutdown looks after it has closed
      cancel(false);
    }
    return true;
  }

  // ---- stopping

  /** Has the timer forget a command that will not run, by the task that owns the sleep. */
  @Override
  void onEnd() {
    JoinHandle<Void> waiting = task;
    if (waiting != null && wasCancelled()) {
      waiting.requestCancel();
    }
  }

  @Override
  public void cancel() {
    Sleep until = sleep;
    if (until != null) {
      until.cancel();
    }
    JoinHandle<?> begun = job;
    if (begun != null) {
      begun.cancel();
    }
    stopWithRuntime();
  }

  @Override
  void stopWithRuntime() {
    if (isPeriodic()) {
      cancel(false); // the run that has begun is the last
    } else {
      tryCancelPending();
    }
  }

  // ---- the schedule

  @Override
  public boolean isPeriodic() {
    return periodNanos != 0;
  }

  @Override
  public long getDelay(TimeUnit unit) {
    requireNonNull(unit, "unit");
    return unit.convert(deadlineNanos - clock.nanoTime(), TimeUnit.NANOSECONDS);
  }

  /** By the time of the next run; of those with the same time, the one submitted first is first. */
  @Override
  public int compareTo(Delayed other) {
    if (other == this) {
      return 0;
    }
    if (!(other instanceof TimedCommand<?> command)) {
      return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
    }
    int byTime =
        clock == command.clock
            ? Long.compare(deadlineNanos, command.deadlineNanos)
            : Long.compare(getDelay(TimeUnit.NANOSECONDS), command.getDelay(TimeUnit.NANOSECONDS));
    return byTime != 0 ? byTime : Long.compare(sequence, command.sequence);
  }

  @Override
  public void describe(Description description) {
    description.name(kind()).with("state", describeState()).child("time", sleep).child("run", job);
  }

  @Override
  String kind() {
    return isPeriodic() ? "periodic command" : "scheduled command";
  }
}
