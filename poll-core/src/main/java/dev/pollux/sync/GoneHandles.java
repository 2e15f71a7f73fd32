package dev.pollux.sync;

import java.lang.ref.Cleaner;

/**
 * Closes for receivers that the garbage collector found, and that nobody had closed. What it runs
 * holds the channel, never the handle.
 */
final class GoneHandles {

  /** Its thread is a daemon, and closes the values that are discarded there. */
  static final Cleaner CLEANER =
      Cleaner.create(
          task -> {
            Thread thread = new Thread(task, "pollux-gone-handles");
            thread.setDaemon(true);
            return thread;
          });

  private GoneHandles() {}
}
