package dev.pollux.core;

import dev.pollux.operator.Cancel;
import dev.pollux.spi.Unpolled;
import dev.pollux.time.Time;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A future that begins some time after its first poll.
 *
 * @param <T> the output
 * @cancellation takes the timer back, and cancels the future
 * @threading confined to the polling task
 */
final class Delayed<T extends @Nullable Object> implements Future<T> {

  /** Null once the time is over. */
  private @Nullable Future<Void> delay;

  /** Null once over. */
  private @Nullable Future<T> future;

  private @Nullable Discard discard;

  Delayed(Duration delay, Future<T> future) {
    this.delay = Time.sleep(delay);
    Unpolled.used(this.delay);
    this.future = future;
  }

  @Override
  public Poll<T> poll(Context cx) throws Exception {
    Future<T> future = this.future;
    if (future == null) {
      throw new PollAfterEndException("delayed");
    }
    if (discard == null) {
      Unpolled.used(this);
      discard = cx.discard();
    }
    try {
      Future<Void> delay = this.delay;
      if (delay != null) {
        if (delay.poll(cx).isPending()) {
          return Poll.pending();
        }
        this.delay = null;
      }
    } catch (Throwable failure) {
      this.delay = null;
      cancel();
      throw failure;
    }
    Poll<T> answer;
    try {
      answer = future.poll(cx);
    } catch (Throwable failure) {
      end();
      throw failure;
    }
    if (answer.isReady()) {
      end();
    }
    return answer;
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    Future<Void> delay = this.delay;
    Future<T> future = this.future;
    Discard discard = this.discard;
    end();
    Cancel.child(delay, discard);
    Cancel.child(future, discard);
  }

  private void end() {
    delay = null;
    future = null;
    discard = null;
  }

  @Override
  public void describe(Description description) {
    description.name("delayed").child("delay", delay).child("body", future);
  }
}
