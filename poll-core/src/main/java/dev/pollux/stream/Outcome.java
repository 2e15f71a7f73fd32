package dev.pollux.stream;

import static java.util.Objects.requireNonNull;

/**
 * An element of a stream or the failure that ends it, as a value: what {@link Failures#toResults()}
 * gives and {@link Failures#fromResults} takes.
 *
 * <p>One that is {@linkplain dev.pollux.core.Discard discarded} has its element discarded, or its
 * failure reported. Source: {@code Signal} of Reactor and {@code Notification} of RxJava, without
 * the end, which a stream of these has itself.
 *
 * @param <T> the type of the elements
 * @threading immutable
 */
public sealed interface Outcome<T> {

  /**
   * The element.
   *
   * @throws Exception the failure, if this is one
   */
  T value() throws Exception;

  /** Whether this is a failure, so that {@link #value()} throws. */
  default boolean isFailure() {
    return this instanceof Failure<T>;
  }

  /** The stream gave {@code value}. */
  record Element<T>(T value) implements Outcome<T> {

    /** Refuses a null element. */
    public Element {
      requireNonNull(value, "value");
    }
  }

  /** The stream failed with {@code cause}. */
  record Failure<T>(Exception cause) implements Outcome<T> {

    /** Refuses a null cause. */
    public Failure {
      requireNonNull(cause, "cause");
    }

    @Override
    public T value() throws Exception {
      throw cause;
    }
  }
}
