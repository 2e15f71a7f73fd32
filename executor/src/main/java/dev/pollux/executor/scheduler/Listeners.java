package dev.pollux.executor.scheduler;

import dev.pollux.core.TaskInfo;
import dev.pollux.core.UncaughtFailureHandler;
import dev.pollux.executor.events.RuntimeEvents;
import dev.pollux.executor.task.BlockingJob;
import dev.pollux.spi.RuntimeListener;
import dev.pollux.spi.RuntimeListener.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Calls every listener of a runtime, and the flight recorder while it records, and lets none of
 * them hurt it. What a beginning answers is given back at the end: it is the recorder's.
 *
 * @threading any thread; immutable
 */
final class Listeners {

  private final String runtime;
  private final RuntimeListener[] listeners;
  private final UncaughtFailureHandler handler;
  private final @Nullable RuntimeEvents events;

  Listeners(String runtime, List<RuntimeListener> listeners, UncaughtFailureHandler handler) {
    this(runtime, listeners.toArray(RuntimeListener[]::new), handler, null);
  }

  private Listeners(
      String runtime,
      RuntimeListener[] listeners,
      UncaughtFailureHandler handler,
      @Nullable RuntimeEvents events) {
    this.runtime = runtime;
    this.listeners = listeners;
    this.handler = handler;
    this.events = events;
  }

  /** The same listeners, beside the recorder or without it. Null if that is nobody. */
  @Nullable Listeners with(@Nullable RuntimeEvents recorded) {
    return listeners.length == 0 && recorded == null
        ? null
        : new Listeners(runtime, listeners, handler, recorded);
  }

  void taskSpawned(TaskInfo task) {
    each(listener -> listener.taskSpawned(task));
    record(recorder -> recorder.taskSpawned(runtime, task));
  }

  @Nullable Object pollStarted(TaskInfo task) {
    each(listener -> listener.pollStarted(task));
    return recorded(RuntimeEvents::pollStarted);
  }

  void pollEnded(TaskInfo task, @Nullable Object started, boolean gaveWay) {
    if (started != null) {
      record(recorder -> recorder.pollEnded(started, runtime, task));
    }
    if (gaveWay) {
      each(listener -> listener.budgetYielded(task));
      record(recorder -> recorder.budgetYielded(runtime, task));
    }
    each(listener -> listener.pollEnded(task));
  }

  void cancelRequested(TaskInfo task) {
    each(listener -> listener.cancelRequested(task));
    record(recorder -> recorder.cancelRequested(runtime, task));
  }

  void taskEnded(TaskInfo task, Outcome outcome) {
    each(listener -> listener.taskEnded(task, outcome));
    record(recorder -> recorder.taskEnded(runtime, task, outcome));
  }

  void jobQueued(BlockingJob<?> job) {
    each(listener -> listener.jobQueued(job));
    job.setNote(recorded(RuntimeEvents::jobQueued));
  }

  void jobStarted(BlockingJob<?> job) {
    each(listener -> listener.jobStarted(job));
    Object queued = job.note();
    if (queued != null) {
      record(recorder -> recorder.jobStarted(queued));
    }
  }

  void jobEnded(BlockingJob<?> job, Outcome outcome) {
    Object queued = job.note();
    if (queued != null) {
      job.setNote(null);
      record(recorder -> recorder.jobEnded(queued, runtime, job, outcome));
    }
    each(listener -> listener.jobEnded(job, outcome));
  }

  void threadStarted() {
    each(RuntimeListener::threadStarted);
  }

  void threadStopped() {
    each(RuntimeListener::threadStopped);
  }

  @Nullable Object threadParked() {
    each(RuntimeListener::threadParked);
    return recorded(RuntimeEvents::threadParked);
  }

  void threadUnparked(@Nullable Object parked) {
    if (parked != null) {
      record(recorder -> recorder.threadUnparked(parked, runtime));
    }
    each(RuntimeListener::threadUnparked);
  }

  void pollStuck(TaskInfo task, Duration soFar, List<StackTraceElement> frames) {
    each(listener -> listener.pollStuck(task, soFar, frames));
  }

  /** Tells the recorder of something that it may want to hear the end of. */
  @FunctionalInterface
  private interface Beginning {
    @Nullable Object begin(RuntimeEvents recorder);
  }

  private void each(Consumer<RuntimeListener> call) {
    for (RuntimeListener listener : listeners) {
      try {
        call.accept(listener);
      } catch (Throwable failure) {
        tell(failure, listener.getClass());
      }
    }
  }

  private void record(Consumer<RuntimeEvents> call) {
    if (events != null) {
      Object unused =
          recorded(
              recorder -> {
                call.accept(recorder);
                return null;
              });
    }
  }

  private @Nullable Object recorded(Beginning call) {
    if (events == null) {
      return null;
    }
    try {
      return call.begin(events);
    } catch (Throwable failure) {
      tell(failure, RuntimeEvents.class);
      return null;
    }
  }

  /** Nothing gets out of here: the caller may be between taking a task and queueing it. */
  private void tell(Throwable failure, Class<?> listener) {
    try {
      handler.uncaught(
          failure, "listener " + listener.getName() + " of runtime \"" + runtime + '"');
    } catch (Throwable second) {
      failure.addSuppressed(second); // not enough stack or memory to tell anybody
    }
  }
}
