package dev.pollux.core;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.atomic.AtomicReference;

/** Holds the process-wide handler, and reports to it from places that have no context. */
final class UncaughtFailures {

  static final UncaughtFailureHandler LOGGING =
      (failure, origin) ->
          System.getLogger("dev.pollux")
              .log(System.Logger.Level.ERROR, "uncaught failure: " + origin, failure);

  private static final AtomicReference<UncaughtFailureHandler> DEFAULT =
      new AtomicReference<>(LOGGING);

  private UncaughtFailures() {}

  static UncaughtFailureHandler processDefault() {
    return DEFAULT.get();
  }

  static UncaughtFailureHandler setProcessDefault(UncaughtFailureHandler handler) {
    return requireNonNull(DEFAULT.getAndSet(requireNonNull(handler, "handler")));
  }
}
