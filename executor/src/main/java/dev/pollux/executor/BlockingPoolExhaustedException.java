package dev.pollux.executor;

import dev.pollux.core.TaskInfo;
import org.jspecify.annotations.Nullable;

/**
 * Reported, or thrown by a {@code join} or by the {@code get} of a command, if every thread of a
 * blocking pool waits for a job of that pool while jobs are queued: none of them can begin. See
 * {@link BlockingExhaustion}.
 */
public final class BlockingPoolExhaustedException extends IllegalStateException {

  private static final long serialVersionUID = 1L;

  /**
   * Makes the report.
   *
   * @param runtime the name of the runtime
   * @param waiting the job that waits
   * @param waitedFor the job that it waits for
   * @param threads how many threads the pool has
   * @param queued how many jobs are queued
   * @param noThread why no thread could be added, if one should have been
   */
  public BlockingPoolExhaustedException(
      String runtime,
      TaskInfo waiting,
      TaskInfo waitedFor,
      int threads,
      int queued,
      @Nullable Throwable noThread) {
    super(
        "the blocking pool of runtime \""
            + runtime
            + "\" is exhausted: "
            + TaskInfo.describe(waiting)
            + " waits for "
            + TaskInfo.describe(waitedFor)
            + ", and every thread ("
            + threads
            + ") is in such a join while jobs are queued ("
            + queued
            + "): allow more maxBlockingThreads, or await the job in a task",
        noThread);
  }
}
