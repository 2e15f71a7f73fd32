package dev.pollux.executor.micrometer;

import static java.util.Objects.requireNonNull;

import dev.pollux.spi.ContextPropagation;
import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;

/**
 * Carries the thread-locals that Micrometer's {@code ContextRegistry} knows (trace ids, the MDC,
 * security contexts) from whoever spawns a task to the threads that poll it.
 *
 * <pre>{@code
 * PolluxRuntime runtime =
 *     PolluxRuntime.builder()
 *         .contextPropagation(MicrometerContextPropagation.ofRegistered())
 *         .multiThread();
 * }</pre>
 *
 * <p>They are captured at the spawn of a task or blocking job, and set once for each of its polls;
 * after the poll the thread has its own back. A subscription to a publisher that the bridges make
 * is a task, so it captures what holds where {@code subscribe} is called. What a poll sets is not
 * carried to the next poll, which sees again what was captured.
 *
 * <p>Source: {@code ContextSnapshot} of Micrometer's context-propagation.
 *
 * @threading any thread, several at once
 */
public final class MicrometerContextPropagation implements ContextPropagation {

  private final ContextSnapshotFactory snapshots;

  private MicrometerContextPropagation(ContextSnapshotFactory snapshots) {
    this.snapshots = snapshots;
  }

  /**
   * Of all accessors in the global {@code ContextRegistry}. A thread-local that had no value at the
   * spawn has none in the polls either, whatever the thread that polls has bound to it: that may be
   * the caller of {@code blockOn}.
   */
  public static MicrometerContextPropagation ofRegistered() {
    return of(ContextSnapshotFactory.builder().clearMissing(true).build());
  }

  /**
   * Of what {@code snapshots} captures.
   *
   * @param snapshots knows the registry, and what becomes of values that were missing at the spawn
   */
  public static MicrometerContextPropagation of(ContextSnapshotFactory snapshots) {
    return new MicrometerContextPropagation(requireNonNull(snapshots, "snapshots"));
  }

  @Override
  @SuppressWarnings("MustBeClosedChecker") // whoever asked for the scope closes it
  public Snapshot capture() {
    ContextSnapshot captured = snapshots.captureAll();
    return () -> captured.setThreadLocals()::close;
  }
}
