package dev.pollux.samples.exercise;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import org.jspecify.annotations.Nullable;

/**
 * What a compiler makes of an async function, written by hand: an object that keeps, from one await
 * to the next, where the function stands and those of its variables that are needed later.
 *
 * @cancellation cancels what is awaited
 */
abstract class StateMachine implements Future<Long> {

  @Purpose("what it awaits now; null when it is over")
  private @Nullable Future<Long> awaited;

  StateMachine(Future<Long> first) {
    this.awaited = first;
  }

  /** Goes on after an await, as far as the next one or to the end. */
  abstract Poll<Long> resume(long answer);

  /** Awaits another future. */
  final Poll<Long> await(Future<Long> next) {
    awaited = next;
    return Poll.pending();
  }

  @Override
  public final Poll<Long> poll(Context cx) throws Exception {
    Future<Long> now = awaited;
    if (now == null) {
      throw new PollAfterEndException(getClass().getSimpleName());
    }
    while (now != null) {
      awaited = null; // it is over if one of these throws
      Poll<Long> answer = now.poll(cx);
      if (answer.isPending()) {
        awaited = now;
        return answer; // what is awaited has the waker
      }
      Poll<Long> result = resume(answer.value());
      if (result.isReady()) {
        return result;
      }
      now = awaited;
    }
    throw new IllegalStateException("resume() awaits nothing, and has no result");
  }

  @Override
  public final void cancel() {
    Future<Long> now = awaited;
    awaited = null;
    if (now != null) {
      now.cancel();
    }
  }

  @Override
  public final void describe(Description description) {
    description.child("awaited", awaited);
  }
}
