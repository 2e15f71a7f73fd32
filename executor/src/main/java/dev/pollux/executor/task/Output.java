package dev.pollux.executor.task;

import org.jspecify.annotations.Nullable;

/**
 * What a task leaves behind that is no value. (A value is kept as the {@link dev.pollux.core.Ready}
 * that the future answered.)
 */
sealed interface Output {

  /** The task was cancelled before it had a value. */
  enum Cancelled implements Output {
    INSTANCE
  }

  /** The task's future threw. */
  final class Failed implements Output {

    private final Throwable cause;
    private @Nullable LostHandle watch;
    private boolean reported;

    Failed(Throwable cause) {
      this.cause = cause;
    }

    Throwable cause() {
      return cause;
    }

    /**
     * Has the failure reported if the handle of {@code task} is collected before anybody took it.
     */
    void watch(Task<?> task, Scheduler scheduler) {
      watch = LostHandle.watch(task, cause, scheduler);
    }

    /** Somebody answers for the failure, whether it is joined or not. */
    void owned() {
      reported = true;
    }

    /** Has the failure reported now, unless that was done or is up to somebody else. */
    void report(Task<?> task, Scheduler scheduler) {
      if (!reported) {
        reported = true;
        scheduler.uncaught(task, cause);
      }
    }

    /** The failure has found an owner. */
    void taken() {
      LostHandle watched = watch;
      if (watched != null) {
        watch = null;
        watched.found();
      }
    }
  }
}
