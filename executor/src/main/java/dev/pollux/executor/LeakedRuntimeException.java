package dev.pollux.executor;

/**
 * Reported for a runtime that was not closed and that nobody can close any more, because it was
 * garbage collected: its threads, and the tasks that are left, go on. The stack trace is that of
 * the place where it was built.
 */
public final class LeakedRuntimeException extends IllegalStateException {

  private static final long serialVersionUID = 1L;

  /**
   * Makes the report.
   *
   * @param name of the runtime
   */
  public LeakedRuntimeException(String name) {
    super("runtime \"" + name + "\" was built here, and never closed");
  }
}
