package dev.pollux.executor.task;

import dev.pollux.core.Future;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A task that has a name, or knows where it was spawned. */
public class NamedTask<T extends @Nullable Object> extends Task<T> {

  private final @Nullable String name;
  private final @Nullable StackTraceElement spawnSite;

  /**
   * Makes a task; see {@link Task}.
   *
   * @param name its name, if any
   * @param spawnSite the frame that spawned it, if captured
   */
  public NamedTask(Future<T> future, @Nullable String name, @Nullable StackTraceElement spawnSite) {
    super(future);
    this.name = name;
    this.spawnSite = spawnSite;
  }

  /** Makes a job, whose one turn is raced for. */
  NamedTask(Object job, @Nullable String name, @Nullable StackTraceElement spawnSite) {
    super(job);
    this.name = name;
    this.spawnSite = spawnSite;
  }

  @Override
  public final Optional<String> name() {
    return Optional.ofNullable(name);
  }

  @Override
  public final Optional<StackTraceElement> spawnSite() {
    return Optional.ofNullable(spawnSite);
  }
}
