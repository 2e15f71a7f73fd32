package dev.pollux.executor.task;

import dev.pollux.core.Waker;
import java.util.concurrent.locks.LockSupport;

/** Unparks the thread that made it. */
final class ThreadWaker implements Waker {

  private final Thread thread = Thread.currentThread();

  @Override
  public void wake() {
    LockSupport.unpark(thread);
  }
}
