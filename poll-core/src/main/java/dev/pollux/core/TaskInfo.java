package dev.pollux.core;

import java.util.Optional;

/**
 * What may be known of a task from any thread and at any time.
 *
 * @threading every method may be called from any thread
 */
public interface TaskInfo {

  /** A number that no other live task of the same runtime has. */
  long id();

  /** The name given at spawn, if one was. */
  Optional<String> name();

  /**
   * The frame that spawned the task, if the runtime captures spawn sites (debug mode, or by
   * option).
   */
  Optional<StackTraceElement> spawnSite();

  /** A phrase for messages: {@code task 7 "reader" (spawned at App.main(App.java:12))}. */
  static String describe(TaskInfo task) {
    StringBuilder text = new StringBuilder("task ").append(task.id());
    task.name().ifPresent(name -> text.append(" \"").append(name).append('"'));
    task.spawnSite().ifPresent(site -> text.append(" (spawned at ").append(site).append(')'));
    return text.toString();
  }
}
