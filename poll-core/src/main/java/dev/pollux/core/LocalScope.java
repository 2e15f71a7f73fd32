package dev.pollux.core;

import dev.pollux.spi.TaskLocals;
import org.jspecify.annotations.Nullable;

/**
 * Polls a future with a task local bound.
 *
 * @cancellation cancels the future
 * @threading confined to the polling task
 */
final class LocalScope<L, T extends @Nullable Object> implements Future<T> {

  private final TaskLocal<L> key;
  private final L value;
  private final Future<T> future;

  LocalScope(TaskLocal<L> key, L value, Future<T> future) {
    this.key = key;
    this.value = value;
    this.future = future;
  }

  @Override
  public Poll<T> poll(Context cx) throws Exception {
    TaskLocals locals = cx.locals();
    Context inner = cx.withLocals(locals.with(key, value));
    Poller poller = cx.poller();
    Context before = poller.enter(inner);
    try {
      return future.poll(inner);
    } finally {
      poller.enter(before);
    }
  }

  @Override
  public void cancel() {
    future.cancel();
  }

  @Override
  public void describe(Description description) {
    description.name("task local").with("key", key).child("body", future);
  }
}
