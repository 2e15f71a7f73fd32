package dev.pollux.benchmarks;

import dev.pollux.core.Context;
import dev.pollux.core.Future;
import dev.pollux.sync.Notify;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Says to one sender which rounds all receivers have taken. No receiver is two rounds ahead of
 * another: the sender sees to that.
 *
 * @threading {@link #pass}: the receivers; the rest: the sender
 */
final class Acks {

  private final int receivers;
  private final AtomicInteger passedEven = new AtomicInteger();
  private final AtomicInteger passedOdd = new AtomicInteger();
  private final AtomicInteger complete = new AtomicInteger();
  private final Notify sender = new Notify();
  private @Nullable Future<Void> notified;

  Acks(int receivers) {
    this.receivers = receivers;
  }

  /** A receiver has all of {@code round}; called once by each, in the order of the rounds. */
  void pass(int round) {
    AtomicInteger passed = round % 2 == 0 ? passedEven : passedOdd;
    if (passed.incrementAndGet() == receivers) {
      passed.set(0); // the next round of this parity begins when this one is known to be complete
      complete.incrementAndGet();
      sender.notifyOne();
    }
  }

  /** Whether all receivers have {@code rounds} rounds; if not, the task is woken when they have. */
  boolean pollComplete(int rounds, Context cx) throws Exception {
    while (complete.get() < rounds) {
      if (notified == null) {
        notified = sender.notified();
      }
      if (notified.poll(cx).isPending()) {
        return false;
      }
      notified = null;
    }
    return true;
  }

  /** The sender waits no more. */
  void cancel() {
    if (notified != null) {
      notified.cancel();
    }
  }
}
