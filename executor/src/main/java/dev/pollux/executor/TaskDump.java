package dev.pollux.executor;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.Description;
import dev.pollux.core.TaskInfo;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a {@link RuntimeDump} says of one task. It keeps neither the task nor its future.
 *
 * @param id the number of the task
 * @param name its name, if it was given one
 * @param spawnSite the frame that spawned it, if that was captured
 * @param state what it was doing
 * @param age how long ago it was spawned, give or take ten milliseconds
 * @param turns how many turns it has had, up to 65,536: it has another each time it is woken; polls
 *     that follow a yield belong to the same turn
 * @param waitsFor the tree of futures down to the leaves that it waits on, if it was waiting
 * @param frames what its thread was doing, down to the poll of its future, if it was running
 * @threading immutable
 */
public record TaskDump(
    long id,
    Optional<String> name,
    Optional<StackTraceElement> spawnSite,
    State state,
    Duration age,
    int turns,
    Optional<Description> waitsFor,
    List<StackTraceElement> frames)
    implements TaskInfo {

  /** What a task was doing. */
  public enum State {
    /** It waits for a wake: its futures say what for. */
    WAITING,
    /** It was being polled: {@code frames} say what its thread was doing. */
    RUNNING,
    /** It was queued, or was polled and gave way, each time somebody looked. */
    ACTIVE,
    /** It was asked to end, and will be cancelled by its next turn. */
    CANCELLING,
    /** A blocking job that waits for a thread. */
    QUEUED_JOB,
    /** A blocking job that runs. */
    RUNNING_JOB
  }

  /** Makes a dump of one task. */
  public TaskDump {
    requireNonNull(name, "name");
    requireNonNull(spawnSite, "spawnSite");
    requireNonNull(state, "state");
    requireNonNull(age, "age");
    requireNonNull(waitsFor, "waitsFor");
    frames = List.copyOf(frames);
  }

  /** A line for the task, then the tree of what it waits for or the frames, indented. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(TaskInfo.describe(this));
    text.append(' ').append(state);
    text.append(", age ").append(age);
    text.append(", ").append(turns).append(turns == 1 ? " turn" : " turns");
    waitsFor.ifPresent(tree -> text.append('\n').append(tree.toString().indent(4).stripTrailing()));
    for (StackTraceElement frame : frames) {
      text.append("\n    at ").append(frame);
    }
    return text.toString();
  }
}
