package dev.pollux.sync;

/**
 * Thrown where a permit is asked of a semaphore that was {@linkplain AsyncSemaphore#close closed}.
 */
public final class SemaphoreClosedException extends IllegalStateException {

  private static final long serialVersionUID = 1L;

  SemaphoreClosedException(String message) {
    super(message);
  }
}
