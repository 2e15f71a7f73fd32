package dev.pollux.benchmarks;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.sync.Oneshot;
import org.jspecify.annotations.Nullable;

/**
 * Makes a oneshot, sends a value, and receives it, again and again, in one task. The output is the
 * sum of the values 0, 1, 2 and so on.
 */
public final class OneshotValues implements Future<Long> {

  private final int count;
  private int received;
  private long sum;
  private @Nullable Future<Integer> receiver;

  /** Makes one of {@code count} values. */
  public OneshotValues(int count) {
    this.count = count;
  }

  @Override
  public Poll<Long> poll(Context cx) throws Exception {
    while (true) {
      if (receiver == null) {
        if (received == count) {
          return Poll.ready(sum);
        }
        receiver = sent(received);
      }
      Poll<Integer> value = receiver.poll(cx);
      if (value.isPending()) {
        return Poll.pending();
      }
      receiver = null;
      sum += value.value();
      received++;
    }
  }

  /** What receives {@code value}, which has been sent. */
  public static Future<Integer> sent(int value) {
    Oneshot<Integer> oneshot = Oneshot.create();
    if (!oneshot.sender().send(value)) {
      throw new IllegalStateException("a new oneshot refused a value");
    }
    return oneshot.receiver();
  }

  @Override
  public void cancel() {
    if (receiver != null) {
      receiver.cancel();
    }
  }

  @Override
  public void describe(Description description) {
    description.name("oneshot values").with("received", received);
  }
}
