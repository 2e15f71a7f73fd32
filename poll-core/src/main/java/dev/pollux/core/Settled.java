package dev.pollux.core;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * How a future has ended, as a value: it has an output, or it failed. Of a task that is {@link
 * TaskResult}. Of a stream, {@link dev.pollux.stream.Failures#toResults()} makes them: an element,
 * or the failure that ended it.
 *
 * <pre>{@code
 * for (Settled<Page> page : pages) {
 *   if (page instanceof Settled.Failed<Page> failed) {
 *     log(failed.cause());
 *   }
 * }
 * }</pre>
 *
 * @param <T> the output of the future
 * @threading immutable
 */
public sealed interface Settled<T extends @Nullable Object> {

  /**
   * The output.
   *
   * @throws Exception the failure, if it failed
   */
  T value() throws Exception;

  /** Whether there is an output, so that {@link #value()} does not throw. */
  default boolean isCompleted() {
    return this instanceof Completed<T>;
  }

  /** The future completed with an output. */
  record Completed<T extends @Nullable Object>(T value) implements Settled<T> {}

  /** The future threw {@code cause}. */
  record Failed<T extends @Nullable Object>(Exception cause) implements Settled<T> {

    /** Says that a future failed with {@code cause}. */
    public Failed {
      requireNonNull(cause, "cause");
    }

    @Override
    public T value() throws Exception {
      throw cause;
    }
  }

  /** What {@code handle} makes of the end of a future. */
  @SuppressWarnings("NullAway") // null only where T says so
  static <T extends @Nullable Object> Settled<T> of(
      @Nullable T value, @Nullable Exception failure) {
    return failure == null ? new Completed<>(value) : new Failed<>(failure);
  }
}
