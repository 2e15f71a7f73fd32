package dev.pollux.samples.bench.peer;

import java.util.concurrent.ThreadFactory;

/** Threads that keep no process alive. */
final class DaemonThreads implements ThreadFactory {

  private final String name;

  /** Threads of that name. */
  DaemonThreads(String name) {
    this.name = name;
  }

  @Override
  public Thread newThread(Runnable body) {
    Thread thread = new Thread(body, name);
    thread.setDaemon(true);
    return thread;
  }
}
