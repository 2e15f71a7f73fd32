package dev.pollux.executor;

import java.util.concurrent.RejectedExecutionException;

/**
 * Thrown by {@code spawnBlocking} if as many jobs wait for a thread as {@link
 * RuntimeBuilder#blockingQueueLimit} allows. The job was not queued.
 */
public final class BlockingQueueFullException extends RejectedExecutionException {

  private static final long serialVersionUID = 1L;

  /** The limit that was reached. */
  private final int limit;

  /**
   * Makes the exception.
   *
   * @param runtime the name of the runtime
   * @param limit how many jobs may wait
   * @param threads how many threads run others
   */
  public BlockingQueueFullException(String runtime, int limit, int threads) {
    super(
        "the blocking pool of runtime \""
            + runtime
            + "\" is full: "
            + limit
            + " jobs wait, which is its blockingQueueLimit, and its threads ("
            + threads
            + ") are busy");
    this.limit = limit;
  }

  /** How many jobs may wait for a thread. */
  public int limit() {
    return limit;
  }
}
