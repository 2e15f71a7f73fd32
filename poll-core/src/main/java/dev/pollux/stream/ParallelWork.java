package dev.pollux.stream;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Discard;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.operator.Cancel;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The work on one element, which a task runs: calls the function, and then polls what that made. An
 * element that the function was not called with is discarded.
 *
 * @cancellation cancels the future that the function made, or discards the element
 * @threading confined to the task that runs it; made by the task of the stream
 */
final class ParallelWork<T, R extends @Nullable Object> implements Future<R> {

  private final String kind;

  /** Of the stream: a task that is cancelled before its first poll knows none. */
  private final Discard discard;

  /** Null once the function was called. */
  private @Nullable T element;

  private @Nullable Function<? super T, ? extends Future<? extends R>> function;

  /** Null before the function was called, and once over. */
  private @Nullable Future<? extends R> running;

  ParallelWork(
      String kind,
      T element,
      Function<? super T, ? extends Future<? extends R>> function,
      Discard discard) {
    this.kind = kind;
    this.element = element;
    this.function = function;
    this.discard = discard;
  }

  @Override
  @SuppressWarnings("unchecked") // an answer is immutable
  public Poll<R> poll(Context cx) throws Exception {
    try {
      Future<? extends R> running = this.running;
      if (running == null) {
        running = call();
        this.running = running;
      }
      Poll<R> answer = (Poll<R>) running.poll(cx);
      if (answer.isReady()) {
        this.running = null;
      }
      return answer;
    } catch (Throwable failure) {
      running = null;
      throw failure;
    }
  }

  private Future<? extends R> call() {
    Function<? super T, ? extends Future<? extends R>> function = this.function;
    T element = this.element;
    if (function == null || element == null) {
      throw new PollAfterEndException(kind);
    }
    this.function = null;
    this.element = null;
    return requireNonNull(
        function.apply(element), () -> kind + ": the function answered null instead of a future");
  }

  @Override
  public void cancel() {
    T unseen = element;
    Future<? extends R> running = this.running;
    element = null;
    function = null;
    this.running = null;
    Cancel.child(running, discard);
    discard.discard(unseen);
  }

  @Override
  public void describe(Description description) {
    description.name(kind).child("work", running);
  }
}
