package dev.pollux.spi;

/**
 * Carries what is bound to a thread (trace ids, security contexts, the thread-locals of other
 * libraries) from whoever spawns a task to the threads that poll it. An option of the runtime.
 *
 * <p>{@link #capture()} is called once for each task and blocking job, on the thread that spawns
 * it; {@link Snapshot#restore()} before each poll of that task, before its cancel, and before the
 * job, on the thread that makes the call; and {@link Scope#close()} right after it, on the same
 * thread. So the price is one swap for each poll of a task, however many futures the task is made
 * of. A task that is spawned in a poll captures what holds at that moment.
 *
 * <pre>{@code
 * ContextSnapshotFactory micrometer = ContextSnapshotFactory.builder().build();
 * ContextPropagation propagation =
 *     () -> {
 *       ContextSnapshot snapshot = micrometer.captureAll();
 *       return () -> {
 *         ContextSnapshot.Scope scope = snapshot.setThreadLocals();
 *         return scope::close;
 *       };
 *     };
 * }</pre>
 *
 * <p>What a hook throws, and a null that it answers, goes to the uncaught-failure handler, and the
 * task runs without the context. What belongs to the task rather than to a library that knows
 * threads only is better kept in a {@link dev.pollux.core.TaskLocal}.
 *
 * <p>Source: {@code ContextSnapshot} of Micrometer's context-propagation.
 *
 * @threading any thread, several at once; must not block
 */
@FunctionalInterface
public interface ContextPropagation {

  /** Takes a snapshot of what is bound to the calling thread. */
  Snapshot capture();

  /**
   * What was bound to a thread.
   *
   * @threading the calls for one task do not overlap, but may come from different threads
   */
  @FunctionalInterface
  interface Snapshot {

    /**
     * Binds to the calling thread what was captured.
     *
     * @return how to undo it
     */
    Scope restore();
  }

  /** The time for which a snapshot is bound to a thread. */
  @FunctionalInterface
  interface Scope extends AutoCloseable {

    /** Binds to the calling thread what was bound to it before. Called once. */
    @Override
    void close();
  }
}
