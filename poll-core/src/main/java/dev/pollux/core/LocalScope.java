package dev.pollux.core;

import dev.pollux.operator.Cancel;
import dev.pollux.spi.FailureOwned;
import dev.pollux.spi.TaskLocals;
import dev.pollux.spi.Unpolled;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Polls a future with other task locals than those that hold outside.
 *
 * @cancellation cancels the future
 * @threading confined to the polling task
 */
final class LocalScope<T extends @Nullable Object> implements Future<T>, FailureOwned {

  /** The key that is bound; null if many are. */
  private final @Nullable TaskLocal<?> key;

  /** What holds inside, of what holds outside. Null once over, as the future. */
  private @Nullable UnaryOperator<TaskLocals> binding;

  private @Nullable Future<T> future;
  private @Nullable Discard discard;
  private boolean isFailureOwned;

  private LocalScope(
      @Nullable TaskLocal<?> key, UnaryOperator<TaskLocals> binding, Future<T> future) {
    this.key = key;
    this.binding = binding;
    this.future = future;
  }

  /** A scope in which {@code key} is bound to {@code value}, and the rest as outside. */
  static <L, T extends @Nullable Object> LocalScope<T> of(
      TaskLocal<L> key, L value, Future<T> future) {
    return new LocalScope<>(key, outer -> outer.with(key, value), future);
  }

  /** A scope in which {@code locals} hold and nothing else. */
  static <T extends @Nullable Object> LocalScope<T> of(TaskLocals locals, Future<T> future) {
    return new LocalScope<>(null, outer -> locals, future);
  }

  @Override
  public Poll<T> poll(Context cx) throws Exception {
    Future<T> future = this.future;
    UnaryOperator<TaskLocals> binding = this.binding;
    if (future == null || binding == null) {
      throw new PollAfterEndException(name());
    }
    if (discard == null) {
      Unpolled.used(this);
      discard = cx.discard();
    }
    Context inner = cx.withLocals(binding.apply(cx.locals()));
    Poller poller = cx.poller();
    Context before = poller.enter(inner);
    Poll<T> answer;
    boolean over;
    try {
      answer = future.poll(inner);
      over = answer.isReady(); // here, for an answer of null is an end as well
    } catch (Throwable failure) {
      isFailureOwned = future instanceof FailureOwned owned && owned.isFailureOwned();
      end();
      throw failure;
    } finally {
      poller.enter(before);
    }
    if (over) {
      end();
    }
    return answer;
  }

  @Override
  public boolean isFailureOwned() {
    return isFailureOwned;
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
    binding = null;
    future = null;
    discard = null;
  }

  private String name() {
    return key != null ? "task local" : "task locals";
  }

  @Override
  public void describe(Description description) {
    description.name(name());
    if (key != null) {
      description.with("key", key);
    }
    description.child("body", future);
  }
}
