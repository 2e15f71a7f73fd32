package dev.pollux.executor.scheduler;

import dev.pollux.core.Future;
import java.security.ProtectionDomain;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the frame that spawned a task: the innermost that is neither of the library nor of the
 * platform.
 */
final class SpawnSite {

  private static final StackWalker WALKER =
      StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);

  /** Where the library is; what others put into these packages has a place of its own. */
  private static final Set<ProtectionDomain> PLACES =
      Set.copyOf(
          List.of(Future.class.getProtectionDomain(), SpawnSite.class.getProtectionDomain()));

  /** The packages that a spawn may pass through, and those in them. */
  private static final Set<String> PACKAGES =
      Set.of(
          "dev.pollux.core",
          "dev.pollux.executor",
          "dev.pollux.spi",
          "dev.pollux.structure",
          "dev.pollux.time");

  /** Whether a class is passed through. */
  private static final ClassValue<Boolean> PASSED =
      new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
          return isOfThePlatform(type) || isOurs(type);
        }
      };

  private SpawnSite() {}

  /** The frame, or null if there is none, as on a worker thread that polls nobody's lambda. */
  static @Nullable StackTraceElement capture() {
    return WALKER.walk(
        frames ->
            frames
                .filter(frame -> !PASSED.get(frame.getDeclaringClass()))
                .findFirst()
                .map(StackWalker.StackFrame::toStackTraceElement)
                .orElse(null));
  }

  private static boolean isOfThePlatform(Class<?> type) {
    return type.getClassLoader() == null;
  }

  private static boolean isOurs(Class<?> type) {
    for (String name = type.getPackageName();
        name.startsWith("dev.pollux.");
        name = name.substring(0, name.lastIndexOf('.'))) {
      if (PACKAGES.contains(name)) {
        return PLACES.contains(type.getProtectionDomain());
      }
    }
    return false;
  }
}
