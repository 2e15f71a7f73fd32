package dev.pollux.io.process;

import java.io.IOException;

/** Threads that do nothing but block in a pipe. */
final class PipeThread {
  /*
   * A thread that is stuck in a pipe can't be got out of it. So it is none of a pool: nobody waits for it, not even the end of
   * the virtual machine, and it keeps nothing of whoever happened to start it.
   */
  private PipeThread() {}

  /**
   * Starts one.
   *
   * @param name its name
   * @param body what it does; throws nothing
   * @throws IOException if no thread can be had
   */
  static void start(String name, Runnable body) throws IOException {
    Thread thread = new Thread(null, body, "pollux-" + name, 0, false);
    thread.setDaemon(true);
    thread.setContextClassLoader(ClassLoader.getSystemClassLoader());
    try {
      thread.start();
    } catch (OutOfMemoryError none) { // what the JDK throws when the system has no more threads
      throw new IOException("no thread can be had for " + name, none);
    }
  }
}
