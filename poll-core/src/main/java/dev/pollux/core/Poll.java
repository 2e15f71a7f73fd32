package dev.pollux.core;

import org.jspecify.annotations.Nullable;

/**
 * What one poll of a {@link Future} answers: {@link Ready} with the output, or {@link Pending}.
 *
 * <p>An answer is immutable and may be shared between threads. On Java 21 a {@code switch} with
 * record patterns takes it apart; on Java 17 {@code instanceof} or the methods below do.
 *
 * <pre>{@code
 * Poll<String> answer = future.poll(cx);
 * if (answer.isReady()) {
 *   use(answer.value());
 * }
 * }</pre>
 *
 * <p>Source: {@code std::task::Poll} of Rust.
 *
 * @param <T> the output of the future; {@code Ready} holds null only where this type says so
 */
public sealed interface Poll<T extends @Nullable Object> permits Ready, Pending {

  /** Answers a completed poll with {@code value}. */
  static <T extends @Nullable Object> Poll<T> ready(T value) {
    return new Ready<>(value);
  }

  /**
   * Answers that the future is not done, and that its waker is registered. Always the same
   * instance.
   */
  static <T extends @Nullable Object> Poll<T> pending() {
    return Pending.instance();
  }

  /** Answers the completion of a future without a value. Always the same instance. */
  static Poll<Void> done() {
    return Ready.DONE;
  }

  /** Whether the future has completed and {@link #value()} may be called. */
  boolean isReady();

  /** Whether the future is not done. */
  boolean isPending();

  /**
   * The output of the future.
   *
   * @throws IllegalStateException if this is {@link Pending}
   */
  T value();
}
