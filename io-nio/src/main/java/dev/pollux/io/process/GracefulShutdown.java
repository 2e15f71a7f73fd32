package dev.pollux.io.process;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.Poll;
import dev.pollux.spi.Spawner;
import dev.pollux.structure.CancellationToken;
import dev.pollux.structure.TaskTracker;
import dev.pollux.time.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The end of a server, in order: somebody asks for it, whoever accepts stops, whoever is at work
 * gets time to finish, and who has not finished by then is cut off, and named.
 *
 * <pre>{@code
 * try (GracefulShutdown shutdown = GracefulShutdown.onSignals()) {
 *   Future<Optional<Void>> accepting =
 *       shutdown.token().runUntilCancelled(
 *           listener.incoming().forEach(
 *               tcp -> shutdown.spawn(runtime, "connection", serve(tcp, shutdown.token())).detach()));
 *   shutdown.spawn(runtime, "accept", accepting.inspectFailure(broken -> shutdown.stop())).detach();
 *   GracefulShutdown.Report report = runtime.blockOn(shutdown.whenFinished());
 *   report.cutOff().forEach(name -> log("cut off: " + name));
 * }
 * }</pre>
 *
 * <p><b>The steps.</b>
 *
 * <ol>
 *   <li>The first signal, or {@link #stop()}, cancels the {@link #token()}. That happens on the
 *       thread that asks, and does not wait for anybody who polls.
 *   <li>{@link #whenFinished()} waits for all that was {@linkplain #spawn spawned} here, as long as
 *       its patience.
 *   <li>Then, or at a second signal, or at {@link #hurry()}, the tasks that are left are asked to
 *       stop at once, as by {@link JoinHandle#requestCancel()}, and waited for a second more: a
 *       task that is in the middle of a poll can't be stopped, and is named as stuck.
 *   <li>A third signal is not listened to: it ends the virtual machine, as without this.
 * </ol>
 *
 * <p>The token says that no new work is to begin. A task that serves a connection should listen to
 * it too, and end the connection as soon as what is under way is done; one that does not is cut off
 * at the end of the patience, if its peer does not end it before.
 *
 * <p>Where signals can't be heard (see {@link Signals}) the end of the virtual machine is taken for
 * one, and is held up until {@link #close()}, or for two seconds more than the patience.
 *
 * <p>Source: the graceful shutdown of tokio_util, which is left to be put together from {@code
 * CancellationToken} and {@code TaskTracker}; the second signal is that of many servers.
 *
 * @threading every method may be called from any thread
 */
public final class GracefulShutdown implements AutoCloseable {

  /** Who has asked for the end. */
  public enum Cause {
    /**
     * The program itself, by {@link GracefulShutdown#stop()} or {@link GracefulShutdown#hurry()}.
     */
    CALL,
    /** Ctrl-C: the signal {@code INT}. */
    CTRL_C,
    /** The signal {@code TERM}. */
    TERMINATION,
    /** The virtual machine, which ends; of what can't be known. */
    END_OF_MACHINE
  }

  /**
   * How it went.
   *
   * @param cause who has asked for the end
   * @param took how long it took, from the poll that has seen the request
   * @param ended how many tasks have ended by themselves meanwhile
   * @param cutOff the names of those that were asked to stop at once, in the order in which they
   *     were spawned
   * @param stuck the names of those among them that had not even then ended
   */
  public record Report(
      Cause cause, Duration took, long ended, List<String> cutOff, List<String> stuck) {

    /** Copies the lists. */
    public Report {
      requireNonNull(cause, "cause");
      requireNonNull(took, "took");
      cutOff = List.copyOf(cutOff);
      stuck = List.copyOf(stuck);
    }

    /** Whether all have ended by themselves. */
    public boolean isComplete() {
      return cutOff.isEmpty();
    }
  }

  /** How long a task may take to end that was asked to stop at once. */
  static final Duration LAST_PATIENCE = Duration.ofSeconds(1);

  /** How long the program may take to close this then, where the virtual machine is held up. */
  private static final Duration AFTERWARDS = LAST_PATIENCE.multipliedBy(2);

  private final Duration patience;
  private final CancellationToken stop = CancellationToken.create();
  private final CancellationToken hurry = CancellationToken.create();
  private final TaskTracker tracker = new TaskTracker();
  private final Set<ShutdownMember<?>> members = ConcurrentHashMap.newKeySet();
  private final AtomicLong spawned = new AtomicLong();

  /** How many had ended when the end was asked for, and have ended up to now. */
  private final AtomicLong endedBefore = new AtomicLong();

  private final AtomicLong ended = new AtomicLong();
  private final List<Listening> listening = new ArrayList<>();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final ReentrantLock lock = new ReentrantLock();

  @GuardedBy("lock")
  private @Nullable Cause cause;

  /** Those that were left when nobody waited any longer; null before. */
  @GuardedBy("lock")
  private @Nullable List<ShutdownMember<?>> cut;

  GracefulShutdown(Duration patience, List<SignalListeners> signals) {
    this.patience = patience;
    for (SignalListeners signal : signals) {
      listening.add(new Listening(signal));
    }
    listening.forEach(Listening::begin);
  }

  /**
   * One that Ctrl-C and the signal {@code TERM} ask for, with a patience of 10 seconds. It listens
   * from now on, until it is closed.
   */
  public static GracefulShutdown onSignals() {
    return builder().build();
  }

  /** For other settings. */
  public static GracefulShutdownBuilder builder() {
    return new GracefulShutdownBuilder();
  }

  // ---- who asks

  /**
   * Asks for the end: cancels the {@link #token()}, on this thread. Idempotent.
   *
   * <p>Never throws: as {@link CancellationToken#cancel()}.
   */
  public void stop() {
    stop(Cause.CALL);
  }

  /**
   * Asks for the end, and for no more patience: what {@link #whenFinished()} waits for is cut off.
   * Idempotent. Without effect on the tasks if nobody polls {@code whenFinished()}.
   */
  public void hurry() {
    stop(Cause.CALL);
    hurry.cancel();
  }

  /** Whether it was the first to ask. */
  @CanIgnoreReturnValue
  private boolean stop(Cause why) {
    lock.lock();
    try {
      if (cause != null) {
        return false;
      }
      cause = why;
    } finally {
      lock.unlock();
    }
    endedBefore.set(ended.get());
    stop.cancel();
    return true;
  }

  /** Whether the end was asked for. Never false again after true. */
  public boolean isRequested() {
    return cause().isPresent();
  }

  /** Who has asked for the end first; empty if nobody has. */
  public Optional<Cause> cause() {
    lock.lock();
    try {
      return Optional.ofNullable(cause);
    } finally {
      lock.unlock();
    }
  }

  // ---- who listens, and who is waited for

  /** Is cancelled when the end is asked for: then nothing new should be begun. */
  public CancellationToken token() {
    return stop;
  }

  /**
   * Spawns a task that is waited for at the end, and cut off if it takes too long.
   *
   * <p>While it runs it may spawn others here, also after the end was asked for: so who accepts
   * connections should be such a task.
   *
   * @param spawner where
   * @param name for the report, and for messages and dumps of the runtime
   * @param future what the task runs; it belongs to the task from here on
   * @param <T> the output of the task
   * @return the handle of the task. It fails with a {@link dev.pollux.core.TaskCancelledException}
   *     if the task is cut off
   * @throws IllegalStateException if all tasks have ended and {@link #whenFinished()} has found
   *     that; {@code future} is not touched then
   * @throws dev.pollux.core.RuntimeShutdownException if the runtime was shut down; {@code future}
   *     has been cancelled
   */
  public <T extends @Nullable Object> JoinHandle<T> spawn(
      Spawner spawner, String name, Future<T> future) {
    requireNonNull(spawner, "spawner");
    ShutdownMember<T> member =
        new ShutdownMember<>(
            this,
            requireNonNull(name, "name"),
            spawned.getAndIncrement(),
            requireNonNull(future, "future"));
    Future<T> tracked = tracker.track(member); // first: it may refuse
    enter(member);
    JoinHandle<T> handle;
    try {
      handle = spawner.spawn(name, tracked);
    } catch (Throwable refused) {
      tracked.cancel(); // a spawner that refuses has done that, or should have
      throw refused;
    }
    member.spawnedAs(handle);
    return handle;
  }

  /** Enters {@code member} among the others, or among those that are cut off. */
  private void enter(ShutdownMember<?> member) {
    lock.lock();
    try {
      members.add(member);
      if (cut == null) {
        return;
      }
      cut.add(member);
    } finally {
      lock.unlock();
    }
    member.cutOff();
  }

  /** {@code member} is over. */
  void left(ShutdownMember<?> member) {
    if (members.remove(member)) {
      ended.incrementAndGet();
    }
  }

  /** How many tasks are under way; out of date at once. */
  public long size() {
    return tracker.size();
  }

  // ---- the end

  /**
   * Completes once the end was asked for and has come: all tasks have ended, or were cut off. It
   * has to be polled for that, from when the end is asked for at the latest; any number of these
   * may be.
   *
   * @cancellation nothing more is waited for, and nobody is cut off; the token stays as it is
   */
  public Future<Report> whenFinished() {
    return stop.whenCancelled().flatMap(asked -> now()).flatMap(begunNanos -> drained(begunNanos));
  }

  private static Future<Long> now() {
    return Futures.pollFn(cx -> Poll.ready(cx.timer().nanoTime()));
  }

  private Future<Report> drained(long begunNanos) {
    tracker.close();
    return Futures.race(tracker.whenEmpty(), hurry.whenCancelled(), Time.sleep(patience))
        .flatMap(over -> cutOff())
        .flatMap(over -> now())
        .map(nowNanos -> report(Duration.ofNanos(nowNanos - begunNanos)));
  }

  /** Asks those who are left to stop at once, and waits a little for them. */
  private Future<Void> cutOff() {
    List<ShutdownMember<?>> left;
    lock.lock();
    try {
      if (cut == null) {
        cut = new ArrayList<>(members);
        cut.sort(Comparator.comparingLong(ShutdownMember::number));
      }
      left = List.copyOf(cut);
    } finally {
      lock.unlock();
    }
    left.forEach(ShutdownMember::cutOff);
    return Futures.race(tracker.whenEmpty(), Time.sleep(LAST_PATIENCE));
  }

  private Report report(Duration took) {
    List<String> cutOff = new ArrayList<>();
    List<String> stuck = new ArrayList<>();
    Cause why;
    lock.lock();
    try {
      why = requireNonNull(cause, "cause");
      for (ShutdownMember<?> member : requireNonNull(cut, "cut")) {
        cutOff.add(member.name());
        if (members.contains(member)) {
          stuck.add(member.name());
        }
      }
    } finally {
      lock.unlock();
    }
    long all = ended.get() - endedBefore.get() + stuck.size();
    return new Report(why, took, Math.max(0, all - cutOff.size()), cutOff, stuck);
  }

  /**
   * Listens to signals no longer, and lets the virtual machine end if it was held up. Asks nobody
   * to stop, and waits for nobody. Idempotent.
   */
  @Override
  public void close() {
    listening.forEach(Listening::end);
    closed.countDown();
  }

  @Override
  public String toString() {
    return "GracefulShutdown["
        + cause().map(why -> "asked for by " + why).orElse("not asked for")
        + ", "
        + tracker.size()
        + " tasks]";
  }

  /** The ear for one of the signals. */
  private final class Listening implements SignalListener {

    private final SignalListeners signal;
    private final Cause meaning;

    Listening(SignalListeners signal) {
      this.signal = signal;
      this.meaning = signal.name().equals("INT") ? Cause.CTRL_C : Cause.TERMINATION;
    }

    void begin() {
      signal.add(this);
    }

    void end() {
      signal.remove(this);
    }

    @Override
    public void came() {
      if (!stop(meaning)) {
        listening.forEach(Listening::end); // the next one is not for us
        hurry.cancel();
      }
    }

    @Override
    public void machineEnds() {
      stop(Cause.END_OF_MACHINE);
    }

    @Override
    public void holdEnd() {
      try {
        if (!isClosedWithin(patience) && !isClosedWithin(AFTERWARDS)) {
          System.getLogger("dev.pollux")
              .log(
                  System.Logger.Level.WARNING,
                  "it was not closed in time: " + GracefulShutdown.this);
        }
      } catch (InterruptedException hurried) {
        Thread.currentThread().interrupt();
      }
    }

    private boolean isClosedWithin(Duration limit) throws InterruptedException {
      return closed.await(TimeUnit.NANOSECONDS.convert(limit), TimeUnit.NANOSECONDS);
    }
  }
}
