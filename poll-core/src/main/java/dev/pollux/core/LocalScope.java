package dev.pollux.core;

import dev.pollux.spi.Unpolled;
import org.jspecify.annotations.Nullable;

/**
 * Polls a future with a task local bound.
 *
 * @cancellation cancels the future
 * @threading confined to the polling task
 */
final class LocalScope<L, T extends @Nullable Object> implements Future<T> {

  private final TaskLocal<L> key;

  /** Null once over, as the future. */
  private @Nullable L value;

  private @Nullable Future<T> future;
  private @Nullable Discard discard;

  LocalScope(TaskLocal<L> key, L value, Future<T> future) {
    this.key = key;
    this.value = value;
    this.future = future;
  }

  @Override
  public Poll<T> poll(Context cx) throws Exception {
    Future<T> future = this.future;
    L value = this.value;
    if (future == null || value == null) {
      throw new PollAfterEndException("task local");
    }
    if (discard == null) {
      Unpolled.used(this);
      discard = cx.discard();
    }
    Context inner = cx.withLocals(cx.locals().with(key, value));
    Poller poller = cx.poller();
    Context before = poller.enter(inner);
    Poll<T> answer;
    try {
      answer = future.poll(inner);
    } catch (Throwable failure) {
      end();
      throw failure;
    } finally {
      poller.enter(before);
    }
    if (answer.isReady()) {
      end();
    }
    return answer;
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    Future<T> future = this.future;
    Discard discard = this.discard;
    end();
    Cancel.child(future, discard);
  }

  private void end() {
    value = null;
    future = null;
    discard = null;
  }

  @Override
  public void describe(Description description) {
    description.name("task local").with("key", key).child("body", future);
  }
}
