package dev.pollux.executor.scheduler;

import dev.pollux.executor.CurrentThreadRuntime;
import dev.pollux.executor.LocalSet;
import dev.pollux.executor.MultiThreadRuntime;
import dev.pollux.executor.blocking.BlockingPool;
import dev.pollux.executor.service.RuntimeExecutorService;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds the frame that spawned a task. */
final class SpawnSite {

  private static final StackWalker WALKER =
      StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);

  /** Classes that a spawn passes through, their nested ones included. */
  private static final Set<Class<?>> OURS =
      Set.of(
          SpawnSite.class,
          RuntimeScheduler.class,
          CurrentThreadScheduler.class,
          MultiThreadScheduler.class,
          CurrentThreadRuntime.class,
          MultiThreadRuntime.class,
          LocalSet.class,
          BlockingPool.class,
          RuntimeExecutorService.class);

  private SpawnSite() {}

  static @Nullable StackTraceElement capture() {
    return WALKER.walk(
        frames ->
            frames
                .filter(frame -> !OURS.contains(frame.getDeclaringClass().getNestHost()))
                .findFirst()
                .map(StackWalker.StackFrame::toStackTraceElement)
                .orElse(null));
  }
}
