package dev.pollux.streams.reactor;

import static java.util.Objects.requireNonNull;

import java.lang.Thread.UncaughtExceptionHandler;
import java.util.concurrent.ThreadFactory;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.NonBlocking;

/**
 * What a scheduler takes over from the thread factory that it was given, without using its threads.
 *
 * @param name what the factory's threads are called, if it says so
 * @param handler who hears of failures on them, if there is somebody
 * @param mayBlock whether the threads may be blocked
 */
record Origin(@Nullable String name, @Nullable UncaughtExceptionHandler handler, boolean mayBlock) {

  /** Of a scheduler that was asked for without a factory. */
  static Origin named(String name) {
    return new Origin(name, null, false);
  }

  /** Has the factory make one thread, which is looked at and never started. */
  static Origin of(ThreadFactory factory) {
    requireNonNull(factory, "threadFactory");
    @Nullable Thread sample = factory.newThread(() -> {});
    UncaughtExceptionHandler handler = sample == null ? null : sample.getUncaughtExceptionHandler();
    return new Origin(
        factory instanceof Supplier<?> named && named.get() instanceof String name ? name : null,
        handler instanceof ThreadGroup ? null : handler,
        !(sample instanceof NonBlocking));
  }

  String quoted(String before, String after) {
    return name == null ? "" : before + '"' + name + '"' + after;
  }
}
