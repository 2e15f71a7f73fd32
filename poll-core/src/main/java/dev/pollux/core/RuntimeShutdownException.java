package dev.pollux.core;

/** Thrown, or signalled, where work is refused or cut short because its runtime was shut down. */
public final class RuntimeShutdownException extends IllegalStateException {

  private static final long serialVersionUID = 1L;

  /**
   * Makes the exception.
   *
   * @param message what was refused or cut short, and by which runtime
   */
  public RuntimeShutdownException(String message) {
    super(message);
  }
}
