package dev.pollux.samples.bench.peer;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/** How a thread is started. */
@FunctionalInterface
interface ThreadStart {

  /** Starts one that runs {@code body}, and keeps no process alive. */
  Thread start(Runnable body);

  /** Those of the operating system, with the usual stack. */
  static ThreadStart ofTheSystem() {
    DaemonThreads threads = new DaemonThreads("measured");
    return body -> {
      Thread thread = threads.newThread(body);
      thread.start();
      return thread;
    };
  }

  /**
   * Virtual ones.
   *
   * @throws UnsupportedOperationException if this JDK has none
   */
  static ThreadStart virtual() {
    MethodHandle start;
    try {
      start =
          MethodHandles.publicLookup()
              .findStatic(
                  Thread.class,
                  "startVirtualThread",
                  MethodType.methodType(Thread.class, Runnable.class));
    } catch (NoSuchMethodException | IllegalAccessException none) {
      throw new UnsupportedOperationException("this JDK has no virtual threads", none);
    }
    return body -> {
      try {
        return (Thread) start.invokeExact(body);
      } catch (RuntimeException | Error failure) {
        throw failure;
      } catch (Throwable impossible) {
        throw new AssertionError(impossible);
      }
    };
  }
}
