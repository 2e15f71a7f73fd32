package dev.pollux.samples.bench;

import java.util.concurrent.locks.LockSupport;

/** A thread that sleeps until its bell is rung, again and again: what no runtime can go below. */
final class WokenThread extends Bell implements AutoCloseable {

  private final Thread thread = new Thread(this::run, "woken");
  private volatile boolean over;

  private WokenThread(Latencies latencies) {
    super(latencies);
    thread.setDaemon(true);
  }

  static WokenThread start(Latencies latencies) {
    WokenThread woken = new WokenThread(latencies);
    woken.thread.start();
    return woken;
  }

  private void run() {
    while (!over) {
      answer();
      LockSupport.park(this);
    }
    answer();
  }

  @Override
  void wake() {
    LockSupport.unpark(thread);
  }

  /** Ends the thread soon. */
  @Override
  public void close() {
    over = true;
    wake();
  }
}
