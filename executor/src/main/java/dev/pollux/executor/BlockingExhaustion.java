package dev.pollux.executor;

/**
 * What a runtime does when its blocking pool can go no further: every thread of the pool waits, in
 * a {@code join} of another job of the same pool, and jobs are queued that no thread is left for.
 * Either way the {@linkplain RuntimeBuilder#uncaughtFailureHandler handler} gets a {@link
 * BlockingPoolExhaustedException} that names the job that waits and the job that it waits for.
 *
 * <p>A {@code join} with a time limit counts as well: until the limit, nothing moves. So does a
 * thread of the pool that waits for commands of {@link
 * PolluxRuntime#asBlockingScheduledExecutorService()}, in {@code get}, {@code invokeAll} or {@code
 * invokeAny}; one in {@code awaitTermination} or {@code close} of a service, or that waits for a
 * command which has yet to come due or runs as a task, is treated as one in a {@code blockOn}.
 */
public enum BlockingExhaustion {
  /**
   * A thread beyond the maximum runs the queue, and leaves as soon as it is not needed any more.
   *
   * <p>So it is also if threads of the pool are in a {@code blockOn} of the runtime, or in a {@code
   * join} of one of its tasks, which may need the pool in turn. As they may as well not, that is
   * not reported.
   */
  GROW,
  /**
   * A {@code join} throws the {@link BlockingPoolExhaustedException}: the newest one of a job that
   * is queued, or if the threads wait for one another in a circle, the newest. The job that it
   * waited for is unharmed, and its handle can be joined again. The {@code get} of a command throws
   * it likewise, as it is and not as the cause of an {@code ExecutionException}, and the command is
   * unharmed; {@code invokeAll} and {@code invokeAny} throw it too, and cancel their commands.
   */
  FAIL
}
