package dev.pollux.core;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/** Runs code on a thread whose stack is too small for a deep recursion. */
final class SmallStack {

  private static final int STACK_BYTES = 256 * 1024;

  private SmallStack() {}

  @CanIgnoreReturnValue
  static <T> T call(Callable<T> body) throws Exception {
    FutureTask<T> task = new FutureTask<>(body);
    Thread thread = new Thread(null, task, "small stack", STACK_BYTES);
    thread.setDaemon(true);
    thread.start();
    return task.get(30, TimeUnit.SECONDS);
  }
}
