package dev.pollux.spi;

import dev.pollux.core.Poller;
import org.jspecify.annotations.Nullable;

/**
 * A thread of an executor. It carries its {@link Poller} in a field, so that {@link
 * dev.pollux.core.Context#current()} needs no thread-local on it.
 *
 * @threading the poller is read and set by this thread alone
 */
public class ContextThread extends Thread {

  private @Nullable Poller poller;

  /**
   * Makes a thread, not yet started.
   *
   * @param body what it runs
   * @param name its name
   */
  public ContextThread(Runnable body, String name) {
    super(body, name);
  }

  /** The poller that is attached to this thread. Read and written by this thread only. */
  public final @Nullable Poller poller() {
    return poller;
  }

  /**
   * Attaches {@code poller} to this thread; see {@link Poller#attach()}. Called on this thread
   * only.
   */
  public final void setPoller(@Nullable Poller poller) {
    this.poller = poller;
  }
}
