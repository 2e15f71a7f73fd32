package dev.pollux.core;

import static java.util.Objects.requireNonNull;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where values and failures go that nobody is left to receive.
 *
 * <p>A value that the library must drop (the output of a future whose waiter was cancelled, an
 * element held when a stream is cancelled) is closed if it is an {@link AutoCloseable} and shown to
 * the runtime's hook otherwise. A failure in doing so, and every other failure without an owner,
 * goes to the {@link UncaughtFailureHandler}. What an operator drops because its user said so
 * ({@code filter}, {@code skip}) is not discarded: the user has decided on it.
 *
 * <p>A future that may have to discard takes the discard of its context at its first poll and keeps
 * it: {@code cancel} is given no context.
 *
 * @threading every method may be called from any thread
 */
public interface Discard {

  /**
   * Drops {@code value}: closes it, or shows it to the hook. Null is ignored; of an {@code
   * Optional} the content is dropped, of a {@link Selected} the output, and its losers are
   * cancelled; of a {@link TaskResult} or a {@link Settled} the output is dropped or the failure
   * reported; of an {@link dev.pollux.stream.Indexed}, a {@link dev.pollux.stream.Stamped} or a
   * {@link dev.pollux.stream.Gap} the element is dropped. Never throws.
   *
   * @param value what is dropped
   */
  void discard(@Nullable Object value);

  /**
   * Reports a failure that has no owner. Never throws.
   *
   * @param failure what was thrown
   * @param origin where it comes from, in a few words for a log line
   */
  void uncaught(Throwable failure, String origin);

  /**
   * A discard that closes what can be closed, and reports to {@link
   * UncaughtFailureHandler#processDefault()}.
   */
  static Discard closing() {
    return ClosingDiscard.DEFAULT;
  }

  /**
   * A discard that closes what can be closed and shows everything else to {@code hook}.
   *
   * @param hook sees each dropped value that is no {@code AutoCloseable}; a throw of its goes to
   *     {@code handler}
   * @param handler takes the failures without an owner
   */
  static Discard closing(Consumer<Object> hook, UncaughtFailureHandler handler) {
    return new ClosingDiscard(requireNonNull(hook, "hook"), requireNonNull(handler, "handler"));
  }
}
