package dev.pollux.executor.scheduler;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.Poller;
import dev.pollux.executor.RuntimeDump;
import dev.pollux.executor.TaskDump;
import dev.pollux.executor.task.BlockingJob;
import dev.pollux.executor.task.Task;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Takes a dump of the tasks of a runtime, from any thread.
 *
 * <p>A task that waits is taken for the time of a look, as a worker would take it for a turn: see
 * the transitions of the task's state. Those that are not waiting are looked at again a few times,
 * and then left: they go on by themselves.
 *
 * @threading confined to the thread that takes the dump
 */
final class Inspection {

  private static final int LOOKS = 8;
  private static final long BETWEEN_LOOKS_NANOS = 1_000_000;

  private final int most;
  private final List<Task<?>> tasks = new ArrayList<>();
  private final List<TaskDump> dumps = new ArrayList<>();
  private int seen;

  /**
   * Makes an inspection.
   *
   * @param most how many tasks are described at most
   */
  Inspection(int most) {
    if (most < 1) {
      throw new IllegalArgumentException("mostTasks must be at least 1, was " + most);
    }
    this.most = most;
  }

  /** Takes a live task in. */
  void add(Task<?> task) {
    seen++;
    if (tasks.size() < most) {
      tasks.add(task);
    }
  }

  /**
   * Takes the dump.
   *
   * @param runtime the name of the runtime
   * @param polling those who may be polling the tasks
   */
  RuntimeDump run(String runtime, List<? extends Watched> polling) {
    Instant takenAt = Instant.now();
    List<Task<?>> left = look(tasks);
    boolean mayWait = !Poller.isAttached(); // else the tasks of this thread wait for it
    for (int looks = 1; looks < LOOKS && mayWait && !left.isEmpty(); looks++) {
      LockSupport.parkNanos(this, BETWEEN_LOOKS_NANOS);
      left = look(left);
    }
    List<StuckPoll> polls = left.isEmpty() ? List.of() : pollsOf(polling);
    for (Task<?> task : left) {
      if (!task.isFinished()) {
        dumps.add(dumpActive(task, polls));
      }
    }
    return new RuntimeDump(runtime, takenAt, seen, dumps);
  }

  /** Describes those that wait, and answers the others. */
  private List<Task<?>> look(List<Task<?>> at) {
    List<Task<?>> left = new ArrayList<>();
    for (Task<?> task : at) {
      Description waitsFor = inspect(task);
      if (task.isFinished()) {
        continue;
      }
      if (waitsFor != null) {
        dumps.add(dump(task, TaskDump.State.WAITING, waitsFor, List.of()));
      } else if (task instanceof BlockingJob<?>) {
        dumps.add(dump(task, stateOf(task), null, List.of()));
      } else {
        left.add(task);
      }
    }
    return left;
  }

  /** What the task waits for; a description that fails with an error is no reason to give up. */
  private static @Nullable Description inspect(Task<?> task) {
    try {
      return task.tryInspect();
    } catch (Throwable failure) {
      return Description.of(new Undescribed(failure));
    }
  }

  /** Stands for a future that can't be described. */
  private record Undescribed(Throwable failure) implements Future<Void> {

    @Override
    public Poll<Void> poll(Context cx) {
      throw new AssertionError("only described");
    }

    @Override
    public void describe(Description description) {
      description.name("not described").with("failure", failure);
    }
  }

  /** The polls that are under way. */
  private static List<StuckPoll> pollsOf(List<? extends Watched> polling) {
    List<StuckPoll> polls = new ArrayList<>();
    for (Watched watched : polling) {
      long before = watched.pollCount();
      StuckPoll poll = (before & 1) == 0 ? null : watched.sample();
      if (poll != null && watched.pollCount() == before) { // else it may be of the next
        polls.add(poll);
      }
    }
    return polls;
  }

  private static TaskDump dumpActive(Task<?> task, List<StuckPoll> polls) {
    for (StuckPoll poll : polls) {
      if (poll.task() == task) {
        return dump(task, TaskDump.State.RUNNING, null, poll.frames());
      }
    }
    return dump(task, stateOf(task), null, List.of());
  }

  private static TaskDump.State stateOf(Task<?> task) {
    if (task instanceof BlockingJob<?>) {
      return task.isIdleOrQueued() ? TaskDump.State.QUEUED_JOB : TaskDump.State.RUNNING_JOB;
    }
    return task.wasAskedToEnd() ? TaskDump.State.CANCELLING : TaskDump.State.ACTIVE;
  }

  private static TaskDump dump(
      Task<?> task,
      TaskDump.State state,
      @Nullable Description waitsFor,
      List<StackTraceElement> frames) {
    return new TaskDump(
        task.id(),
        task.name(),
        task.spawnSite(),
        state,
        Duration.ofNanos(task.ageNanos()),
        task.turns(),
        Optional.ofNullable(waitsFor),
        frames);
  }
}
