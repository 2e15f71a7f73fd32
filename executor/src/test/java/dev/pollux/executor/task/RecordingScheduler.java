package dev.pollux.executor.task;

import dev.pollux.core.Discard;
import dev.pollux.core.TaskInfo;
import dev.pollux.spi.RuntimeListener.Outcome;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

/** A scheduler that runs nothing by itself and remembers what it is told. */
final class RecordingScheduler implements Scheduler {

  final LiveTasks live = new LiveTasks(this);
  final Deque<Task<?>> queue = new ArrayDeque<>();
  final List<Outcome> outcomes = Collections.synchronizedList(new ArrayList<>());
  final List<Throwable> uncaught = Collections.synchronizedList(new ArrayList<>());
  final List<String> origins = Collections.synchronizedList(new ArrayList<>());
  final List<Object> discarded = Collections.synchronizedList(new ArrayList<>());

  /** Called with each task that is about to end. */
  Consumer<Task<?>> onEnding = task -> {};

  private final Discard discard =
      Discard.closing(discarded::add, (failure, origin) -> uncaught.add(failure));

  /** Registers a task, as a spawn does; it is born scheduled and stands in no queue yet. */
  <T extends Task<?>> T register(T task) {
    live.register(task);
    return task;
  }

  @Override
  public synchronized void schedule(Task<?> task) {
    queue.add(task);
  }

  @Override
  public void ending(Task<?> task, Outcome outcome) {
    outcomes.add(outcome);
    onEnding.accept(task);
  }

  @Override
  public void uncaught(TaskInfo task, Throwable failure) {
    uncaught.add(failure);
    origins.add(TaskInfo.describe(task));
  }

  @Override
  public Discard discard() {
    return discard;
  }

  @Override
  public String runtimeName() {
    return "recording";
  }
}
