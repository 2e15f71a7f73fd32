package dev.pollux.executor;

import java.util.concurrent.RejectedExecutionException;

/**
 * Thrown by a spawn on a runtime that has as many live tasks as its {@link RuntimeBuilder#maxTasks
 * maxTasks} allows. {@link PolluxRuntime#trySpawn} answers instead, and gives the future back.
 */
public final class SpawnRejectedException extends RejectedExecutionException {

  private static final long serialVersionUID = 1L;

  /**
   * Makes the exception.
   *
   * @param message which runtime refused, and what its limit is
   */
  public SpawnRejectedException(String message) {
    super(message);
  }
}
