package dev.pollux.sync;

import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.Poller;
import dev.pollux.core.Waker;
import dev.pollux.spi.Services;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Polls a future of this package on a thread that may block: what the {@code blocking...} methods
 * do once there is something to wait for.
 *
 * @threading made and run by one thread; woken by any
 */
final class BlockingCall implements Waker {
  /*
   * `woken` is set before the unpark, and cleared before the poll. So a wake that comes during a poll makes the thread
   * poll again, whatever happened to its permit to unpark meanwhile.
   */
  private static final Services NO_RUNTIME =
      new Services() {
        @Override
        public String name() {
          return "a blocking call";
        }
      };

  private final Thread thread = Thread.currentThread();
  private volatile boolean woken;

  private BlockingCall() {}

  /**
   * Refuses to block a thread that runs tasks.
   *
   * @param method the method that would block, such as {@code "Mpsc.Receiver.blockingRecv"}
   * @param instead the method whose future a task should poll
   */
  static void checkMayBlock(String method, String instead) {
    if (Poller.isAttached()) {
      throw new IllegalStateException(
          method
              + " would block a thread of "
              + Poller.pollingName()
              + " that runs tasks; poll the future of "
              + instead
              + " there instead");
    }
  }

  /** Refuses to block a thread that was interrupted, even if there is nothing to wait for. */
  static void checkInterrupt() throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
  }

  /**
   * Runs {@code future} to its end. The caller has called {@link #checkMayBlock}.
   *
   * @return its output
   * @throws InterruptedException if the thread is interrupted, before or while it waits; the future
   *     has been cancelled
   */
  static <T extends @Nullable Object> T await(Future<T> future) throws InterruptedException {
    BlockingCall waker = new BlockingCall();
    Poller poller = new Poller(NO_RUNTIME, 0, false);
    while (true) {
      waker.woken = false;
      Poll<T> answer;
      Poller before = poller.attach();
      try {
        answer = poller.poll(future, waker);
      } catch (RuntimeException | Error failure) {
        throw failure;
      } catch (Exception impossible) { // nothing in this package throws a checked one
        throw new IllegalStateException(impossible);
      } finally {
        Poller.reattach(before);
      }
      if (answer.isReady()) {
        return answer.value();
      }
      if (poller.wokeItself()) {
        continue;
      }
      try {
        waker.park(future);
      } catch (InterruptedException interrupt) {
        Poller outer = poller.attach();
        try {
          poller.cancel(future, waker);
        } finally {
          Poller.reattach(outer);
        }
        throw interrupt;
      }
    }
  }

  private void park(Object blocker) throws InterruptedException {
    while (!woken) {
      checkInterrupt();
      LockSupport.park(blocker);
    }
  }

  @Override
  public void wake() {
    woken = true;
    LockSupport.unpark(thread);
  }
}
