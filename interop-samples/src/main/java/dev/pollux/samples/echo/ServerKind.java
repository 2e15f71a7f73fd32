package dev.pollux.samples.echo;

import java.util.Locale;

/** What serves the connections. */
public enum ServerKind {
  /** A runtime with several workers; a task for each connection. */
  MULTI_THREAD,
  /** A runtime on one thread; a task for each connection. */
  CURRENT_THREAD,
  /** A thread of the operating system for each connection. */
  THREADS,
  /** A virtual thread for each connection, on JDK 21 or newer. */
  VIRTUAL_THREADS;

  /**
   * What serves if nothing is said. On two processors that is one thread, for an echo computes
   * nothing: what the kernel and the clients do takes the other processor, and more than that.
   */
  public static final ServerKind USUAL =
      Runtime.getRuntime().availableProcessors() <= 2 ? CURRENT_THREAD : MULTI_THREAD;

  /** As an option of the command line has it: {@code virtual-threads}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
