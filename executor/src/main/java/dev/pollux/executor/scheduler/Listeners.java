package dev.pollux.executor.scheduler;

import dev.pollux.core.TaskInfo;
import dev.pollux.core.UncaughtFailureHandler;
import dev.pollux.spi.RuntimeListener;
import dev.pollux.spi.RuntimeListener.Outcome;
import java.util.List;
import java.util.function.Consumer;

/** Calls every listener of a runtime, and lets none of them hurt it. */
final class Listeners {

  private final RuntimeListener[] listeners;
  private final UncaughtFailureHandler handler;

  Listeners(List<RuntimeListener> listeners, UncaughtFailureHandler handler) {
    this.listeners = listeners.toArray(RuntimeListener[]::new);
    this.handler = handler;
  }

  boolean isEmpty() {
    return listeners.length == 0;
  }

  void taskSpawned(TaskInfo task) {
    each(listener -> listener.taskSpawned(task));
  }

  void pollStarted(TaskInfo task) {
    each(listener -> listener.pollStarted(task));
  }

  void pollEnded(TaskInfo task) {
    each(listener -> listener.pollEnded(task));
  }

  void taskEnded(TaskInfo task, Outcome outcome) {
    each(listener -> listener.taskEnded(task, outcome));
  }

  void threadParked() {
    each(RuntimeListener::threadParked);
  }

  void threadUnparked() {
    each(RuntimeListener::threadUnparked);
  }

  private void each(Consumer<RuntimeListener> call) {
    for (RuntimeListener listener : listeners) {
      try {
        call.accept(listener);
      } catch (Throwable failure) {
        handler.uncaught(failure, "runtime listener " + listener.getClass().getName());
      }
    }
  }
}
