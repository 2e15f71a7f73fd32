package dev.pollux.executor.scheduler;

import dev.pollux.executor.CurrentThreadRuntime;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds the frame that spawned a task. */
final class SpawnSite {

  private static final StackWalker WALKER =
      StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);

  /** Classes that a spawn passes through. */
  private static final Set<Class<?>> OURS =
      Set.of(SpawnSite.class, CurrentThreadScheduler.class, CurrentThreadRuntime.class);

  private SpawnSite() {}

  static @Nullable StackTraceElement capture() {
    return WALKER.walk(
        frames ->
            frames
                .filter(frame -> !OURS.contains(frame.getDeclaringClass()))
                .findFirst()
                .map(StackWalker.StackFrame::toStackTraceElement)
                .orElse(null));
  }
}
