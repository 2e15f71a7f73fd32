package dev.pollux.core;

import dev.pollux.operator.Cancel;
import dev.pollux.operator.Children;
import dev.pollux.spi.Unpolled;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Completes when all of many futures have, with their outputs in order. Polls only those that were
 * woken, where {@link Join} polls all.
 *
 * @param <T> the output of each
 * @cancellation cancels the futures, newest first, and discards the outputs already produced
 * @threading confined to the polling task
 */
final class JoinAll<T extends @Nullable Object> implements Future<List<T>> {

  /** From how many futures on this is used; below, polling all is cheaper than knowing which. */
  static final int MANY = 33;

  private final Children<T> children = new Children<>();

  /** By index; null once over. */
  private @Nullable Object @Nullable [] outputs;

  private @Nullable Discard discard;

  JoinAll(Future<? extends T>[] futures) {
    outputs = new Object[futures.length];
    for (int i = 0; i < futures.length; i++) {
      children.add(i, futures[i]);
    }
  }

  @Override
  @SuppressWarnings("unchecked") // holds outputs only
  public Poll<List<T>> poll(Context cx) throws Exception {
    @Nullable Object[] outputs = this.outputs;
    if (outputs == null) {
      throw new PollAfterEndException("joinAll");
    }
    if (discard == null) {
      Unpolled.used(this);
      discard = cx.discard();
    }
    try {
      for (Children.Child<T> child = children.pollReady(cx);
          child != null;
          child = children.pollReady(cx)) {
        outputs[child.index()] = child.takeOutput();
      }
    } catch (Throwable failure) {
      cancel();
      throw failure;
    }
    if (children.size() > 0) {
      return Poll.pending();
    }
    end();
    return Poll.ready(Collections.unmodifiableList(Arrays.asList((T[]) outputs)));
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    @Nullable Object[] outputs = this.outputs;
    Discard discard = this.discard;
    end();
    if (outputs != null) {
      for (int i = outputs.length - 1; i >= 0; i--) {
        Cancel.orClosing(discard).discard(outputs[i]);
      }
    }
  }

  private void end() {
    children.cancel();
    outputs = null;
    discard = null;
  }

  @Override
  public void describe(Description description) {
    description.name("joinAll").with("running", children.size());
    children.describe(description);
  }
}
