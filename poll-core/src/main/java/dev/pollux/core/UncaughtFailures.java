package dev.pollux.core;

import static java.util.Objects.requireNonNull;

/** Holds the process-wide handler, and reports to it from places that have no context. */
final class UncaughtFailures {

  static final UncaughtFailureHandler LOGGING =
      (failure, origin) ->
          System.getLogger("dev.pollux")
              .log(System.Logger.Level.ERROR, "uncaught failure: " + origin, failure);

  private static volatile UncaughtFailureHandler processDefault = LOGGING;

  private UncaughtFailures() {}

  static UncaughtFailureHandler processDefault() {
    return processDefault;
  }

  static synchronized UncaughtFailureHandler setProcessDefault(UncaughtFailureHandler handler) {
    UncaughtFailureHandler before = processDefault;
    processDefault = requireNonNull(handler, "handler");
    return before;
  }
}
