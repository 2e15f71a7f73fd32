package dev.pollux.streams.reactor;

import dev.pollux.core.JoinHandle;
import dev.pollux.core.RuntimeShutdownException;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.streams.schedule.BlockingTurns;
import dev.pollux.streams.schedule.LiveSet;
import dev.pollux.streams.schedule.SerialQueue;
import dev.pollux.streams.schedule.Turns;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import reactor.core.Scannable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** A scheduler from its start to its disposal. */
final class Started implements JobOwner {

  private final PolluxScheduler scheduler;
  private final PolluxRuntime runtime;
  private final Shape shape;
  private final EpochClock clock;
  private final LiveSet live = new LiveSet(this::nothingLeft);
  private final Turns turns;
  private final SerialQueue[] lanes;
  private final AtomicInteger nextLane = new AtomicInteger();
  private final Place.@Nullable Room waitingRoom;
  private final Sinks.Empty<Void> ended = Sinks.empty();
  private final AtomicBoolean hasEnded = new AtomicBoolean();
  private volatile @Nullable JoinHandle<Void> watch;
  private volatile boolean disposed;

  /** Who spawns the watch, while it does; for that thread. */
  private @Nullable Thread beginner;

  Started(PolluxScheduler scheduler, PolluxRuntime runtime, Shape shape, EpochClock clock) {
    this.scheduler = scheduler;
    this.runtime = runtime;
    this.shape = shape;
    this.clock = clock;
    this.turns = shape.turns(runtime);
    this.waitingRoom = shape.limitsWaiting() ? new Place.Room(shape.mostWaiting()) : null;
    this.lanes = new SerialQueue[shape.lanes()];
    for (int i = 0; i < lanes.length; i++) {
      lanes[i] = newQueue();
    }
  }

  /** Called once, by whoever made this the state of its scheduler. */
  void begin() {
    if (!shape.isOnPool()) {
      return;
    }
    try {
      beginner = Thread.currentThread();
      watch = runtime.spawn(shape.label(), new RuntimeWatch(this::watchCancelled));
    } catch (RuntimeShutdownException over) {
      runtimeShutDown();
      return;
    } catch (RejectedExecutionException full) {
      return; // a graceful disposal that the end of the runtime cuts short waits for what runs
    } finally {
      beginner = null;
    }
    if (hasEnded.get()) {
      endWatch();
    }
  }

  /**
   * Hears of the end of the runtime; not of a spawn that is refused, which cancels the watch too.
   */
  private void watchCancelled() {
    if (beginner != Thread.currentThread()) {
      runtimeShutDown();
    }
  }

  private void runtimeShutDown() {
    live.abandon();
    tellEnd(); // else a graceful disposal would wait for jobs that run on
  }

  SerialQueue newQueue() {
    return new SerialQueue(turns, clock.timer(), live);
  }

  boolean hasLanes() {
    return lanes.length > 0;
  }

  SerialQueue chooseLane() {
    return lanes.length == 1
        ? lanes[0]
        : lanes[Math.floorMod(nextLane.getAndIncrement(), lanes.length)];
  }

  Place.@Nullable Room newRoom() {
    return waitingRoom == null ? null : new Place.Room(shape.queuedTaskCap());
  }

  // ---- jobs

  /** Makes a job, not yet offered. */
  ScheduledJob newJob(
      Runnable decorated,
      SerialQueue queue,
      long periodNanos,
      JobOwner owner,
      Place.@Nullable Room own) {
    if (waitingRoom == null) {
      return new ScheduledJob(decorated, queue, periodNanos, owner, null);
    }
    Place place = new Place(waitingRoom, own);
    Runnable body =
        periodNanos >= 0
            ? decorated
            : () -> {
              place.leave();
              decorated.run();
            };
    return new ScheduledJob(body, queue, periodNanos, owner, place);
  }

  /**
   * Offers a job.
   *
   * @throws RejectedExecutionException if it is not taken; the job is disposed
   */
  void offer(ScheduledJob job, SerialQueue queue, long delayNanos) {
    boolean isTimed = delayNanos > 0 || job.periodNanos() >= 0;
    boolean taken = isTimed ? queue.offerAfter(job, delayNanos) : queue.offer(job);
    if (!taken) {
      throw new RejectedExecutionException(refusal());
    }
  }

  private String refusal() {
    return scheduler
        + (disposed
            ? " was disposed"
            : " can't run it: runtime \"" + runtime.name() + "\" is closed or full");
  }

  ScheduledJob schedule(Runnable task, long delayNanos, long periodNanos) {
    Runnable decorated = PolluxScheduler.decorated(task);
    SerialQueue queue = hasLanes() ? chooseLane() : newQueue();
    ScheduledJob job = newJob(decorated, queue, periodNanos, this, null);
    offer(job, queue, delayNanos);
    return job;
  }

  @Override
  public PolluxScheduler scheduler() {
    return scheduler;
  }

  @Override
  public Scannable shown() {
    return scheduler;
  }

  @Override
  public void ended(ScheduledJob job) {}

  /** How many threads of the pool it holds. */
  int threadsTaken() {
    return turns instanceof BlockingTurns blocking ? blocking.taken() : 0;
  }

  // ---- the end

  boolean isDisposed() {
    return disposed;
  }

  void dispose() {
    disposed = true;
    for (SerialQueue lane : lanes) {
      lane.close();
    }
    live.stop();
  }

  Mono<Void> disposeGracefully() {
    disposed = true;
    live.close();
    return ended.asMono();
  }

  private void nothingLeft() {
    if (disposed) {
      tellEnd();
    }
  }

  private void tellEnd() {
    if (!hasEnded.compareAndSet(false, true)) {
      return;
    }
    endWatch();
    if (ended.currentSubscriberCount() == 0) {
      emitEnd();
      return;
    }
    // They may do anything, so not on the thread of a job that is just over; nor on the runtime,
    // which
    // may be closing, and take back what it was given.
    Thread teller = new Thread(this::emitEnd, shape.label() + "-disposed");
    teller.setDaemon(true);
    teller.start();
  }

  private void emitEnd() {
    Sinks.EmitResult unused = ended.tryEmitEmpty(); // only here, and once
  }

  private void endWatch() {
    JoinHandle<Void> watching = watch;
    if (watching != null) {
      watching.requestCancel();
    }
  }
}
