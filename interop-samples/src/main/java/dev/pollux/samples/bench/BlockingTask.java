package dev.pollux.samples.bench;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.time.Sleep;
import dev.pollux.time.Time;
import java.time.Duration;

/**
 * What no task should do: blocks the thread of its worker for 100 ms, again and again, with 5 ms
 * between. Just before, it wakes another task, so that this one is next on the same worker. Answers
 * how often it has blocked.
 */
final class BlockingTask implements Future<Integer> {

  private static final long BLOCKED_MILLIS = 100;
  private static final Duration REST = Duration.ofMillis(5);

  private final Bell stranded;
  private final long endNanos;
  private Sleep rest = Time.sleep(REST);
  private int rounds;

  /**
   * Makes the future.
   *
   * @param stranded woken before each time
   * @param endNanos when {@code System.nanoTime()} is that, it blocks no more
   */
  BlockingTask(Bell stranded, long endNanos) {
    this.stranded = stranded;
    this.endNanos = endNanos;
  }

  @Override
  public Poll<Integer> poll(Context cx) throws InterruptedException {
    while (rest.poll(cx).isReady()) {
      if (System.nanoTime() - endNanos >= 0) {
        return Poll.ready(rounds);
      }
      stranded.ring();
      rounds++;
      Thread.sleep(BLOCKED_MILLIS);
      rest = Time.sleep(REST);
    }
    return Poll.pending();
  }

  @Override
  public void cancel() {
    rest.cancel();
  }

  @Override
  public void describe(Description description) {
    description.name("blocking task").with("rounds", rounds).child("rest", rest);
  }
}
