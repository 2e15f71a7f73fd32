package dev.pollux.executor;

import dev.pollux.executor.scheduler.MultiThreadScheduler;
import java.lang.ref.Cleaner;

/** Reports a runtime that was collected before it was closed; its threads go on. */
final class LeakedRuntime implements Runnable {

  private static final Cleaner CLEANER = Cleaner.create();

  private final MultiThreadScheduler scheduler;

  /** Made where the runtime was built: its stack trace says so. */
  private final LeakedRuntimeException report;

  private LeakedRuntime(MultiThreadScheduler scheduler) {
    this.scheduler = scheduler;
    this.report = new LeakedRuntimeException(scheduler.runtimeName());
  }

  static Cleaner.Cleanable watch(MultiThreadRuntime runtime, MultiThreadScheduler scheduler) {
    return CLEANER.register(runtime, new LeakedRuntime(scheduler));
  }

  @Override
  public void run() {
    scheduler.reportUnlessClosing(report);
  }
}
