package dev.pollux.executor.task;

import dev.pollux.core.TaskInfo;
import java.lang.ref.Cleaner;
import java.util.Optional;

/**
 * Reports the failure of a task whose handle was neither joined nor detached, once the garbage
 * collector finds it. Only a task that fails pays for this.
 */
final class LostHandle implements Runnable {

  /** Its thread is started by the first task that fails while its handle is held. */
  private static final Cleaner CLEANER = Cleaner.create();

  private final TaskInfo task;
  private final Throwable cause;
  private final Scheduler scheduler;
  private Cleaner.@org.jspecify.annotations.Nullable Cleanable cleanable;
  private volatile boolean found;

  private LostHandle(TaskInfo task, Throwable cause, Scheduler scheduler) {
    this.task = task;
    this.cause = cause;
    this.scheduler = scheduler;
  }

  static LostHandle watch(Task<?> handle, Throwable cause, Scheduler scheduler) {
    // A copy of what messages need: what is registered must not refer to the handle itself.
    TaskInfo copy = new EndedTask(handle.id(), handle.name(), handle.spawnSite());
    LostHandle watch = new LostHandle(copy, cause, scheduler);
    watch.cleanable = CLEANER.register(handle, watch);
    return watch;
  }

  /** Somebody took the failure. */
  void found() {
    found = true;
    if (cleanable != null) {
      cleanable.clean();
    }
  }

  @Override
  public void run() {
    if (!found) {
      scheduler.uncaught(task, cause);
    }
  }

  private record EndedTask(long id, Optional<String> name, Optional<StackTraceElement> spawnSite)
      implements TaskInfo {}
}
