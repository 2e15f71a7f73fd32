package dev.pollux.samples.echo;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/** How a server starts a thread for a connection. */
@FunctionalInterface
interface Threads {

  /** Starts one that runs {@code connection}, and keeps no process alive. */
  void start(Runnable connection);

  /** Those of the operating system, with a small stack. */
  static Threads ofTheSystem() {
    return connection -> {
      Thread thread = new Thread(null, connection, "echo", 256 * 1024);
      thread.setDaemon(true);
      thread.start();
    };
  }

  /**
   * Virtual ones.
   *
   * @throws NoVirtualThreadsException if this JDK has none
   */
  static Threads virtual() {
    MethodHandle start;
    try {
      start =
          MethodHandles.publicLookup()
              .findStatic(
                  Thread.class,
                  "startVirtualThread",
                  MethodType.methodType(Thread.class, Runnable.class));
    } catch (NoSuchMethodException | IllegalAccessException none) {
      throw new NoVirtualThreadsException();
    }
    return connection -> {
      try {
        Thread started = (Thread) start.invokeExact(connection);
        assert started.isDaemon();
      } catch (RuntimeException | Error failure) {
        throw failure;
      } catch (Throwable impossible) {
        throw new AssertionError(impossible);
      }
    };
  }
}
