package dev.pollux.core;

/** Thrown when a future asks its context for a service that whatever polls it does not have. */
public final class MissingServiceException extends IllegalStateException {

  private static final long serialVersionUID = 1L;

  /**
   * Makes the exception.
   *
   * @param service what was asked for, such as {@code "timer"}
   * @param runOn what to run the future on instead
   */
  public MissingServiceException(String service, String runOn) {
    super("no " + service + " in this context: run the future on " + runOn);
  }
}
