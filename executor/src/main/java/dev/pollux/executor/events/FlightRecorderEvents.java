package dev.pollux.executor.events;

import dev.pollux.core.TaskInfo;
import dev.pollux.spi.RuntimeListener.Outcome;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Makes the events. Each asks the recorder itself whether it is recorded just now. */
final class FlightRecorderEvents implements RuntimeEvents {

  /** So many frames are written out. */
  private static final int MOST_FRAMES = 64;

  @Override
  public void taskSpawned(String runtime, TaskInfo task) {
    TaskSpawnEvent event = new TaskSpawnEvent();
    if (event.isEnabled()) {
      event.fill(runtime, task);
      event.commit();
    }
  }

  @Override
  public void taskEnded(String runtime, TaskInfo task, Outcome outcome) {
    TaskEndEvent event = new TaskEndEvent();
    if (event.isEnabled()) {
      event.fill(runtime, task);
      event.outcome = outcome.name();
      event.commit();
    }
  }

  @Override
  public void cancelRequested(String runtime, TaskInfo task) {
    TaskCancelEvent event = new TaskCancelEvent();
    if (event.isEnabled()) {
      event.fill(runtime, task);
      event.commit();
    }
  }

  @Override
  public void budgetYielded(String runtime, TaskInfo task) {
    BudgetYieldEvent event = new BudgetYieldEvent();
    if (event.isEnabled()) {
      event.fill(runtime, task);
      event.commit();
    }
  }

  @Override
  public @Nullable Object pollStarted() {
    PollEvent event = new PollEvent();
    if (!event.isEnabled()) {
      return null;
    }
    event.begin();
    return event;
  }

  @Override
  public void pollEnded(Object begun, String runtime, TaskInfo task) {
    PollEvent event = (PollEvent) begun;
    event.end();
    if (event.shouldCommit()) {
      event.fill(runtime, task);
      event.commit();
    }
  }

  @Override
  public @Nullable Object threadParked() {
    WorkerParkEvent event = new WorkerParkEvent();
    if (!event.isEnabled()) {
      return null;
    }
    event.begin();
    return event;
  }

  @Override
  public void threadUnparked(Object begun, String runtime) {
    WorkerParkEvent event = (WorkerParkEvent) begun;
    event.end();
    if (event.shouldCommit()) {
      event.runtime = runtime;
      event.commit();
    }
  }

  @Override
  public @Nullable Object jobQueued() {
    BlockingJobEvent event = new BlockingJobEvent();
    return event.isEnabled() ? event : null;
  }

  @Override
  public void jobStarted(Object queued) {
    ((BlockingJobEvent) queued).start();
  }

  @Override
  public void jobEnded(Object queued, String runtime, TaskInfo job, Outcome outcome) {
    BlockingJobEvent event = (BlockingJobEvent) queued;
    event.stop();
    if (event.shouldCommit()) {
      event.fill(runtime, job);
      event.outcome = outcome.name();
      event.commit();
    }
  }

  @Override
  public @Nullable Object pollSeen() {
    LongPollEvent event = new LongPollEvent();
    if (!event.isEnabled()) {
      return null;
    }
    event.begin();
    return event;
  }

  @Override
  public boolean isLong(Object seen) {
    LongPollEvent event = (LongPollEvent) seen;
    event.end();
    return event.shouldCommit();
  }

  @Override
  public void longPoll(
      Object seen,
      String runtime,
      TaskInfo task,
      Thread thread,
      long ranNanos,
      List<StackTraceElement> frames) {
    LongPollEvent event = (LongPollEvent) seen;
    event.fill(runtime, task);
    event.workerThread = thread;
    event.ranFor = ranNanos;
    event.frames =
        frames.stream()
            .limit(MOST_FRAMES)
            .map(StackTraceElement::toString)
            .collect(Collectors.joining("\n"));
    event.commit();
  }
}
