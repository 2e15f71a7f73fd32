package dev.pollux.core;

import org.jspecify.annotations.Nullable;

/**
 * Is ready at its first poll.
 *
 * @cancellation the value is discarded if it was not taken
 * @threading confined to the polling task
 */
final class ReadyFuture<T extends @Nullable Object> implements Future<T> {

  private @Nullable Poll<T> answer;

  ReadyFuture(Poll<T> answer) {
    this.answer = answer;
  }

  @Override
  public Poll<T> poll(Context cx) {
    Poll<T> answer = this.answer;
    if (answer == null) {
      throw new PollAfterEndException("ready");
    }
    this.answer = null;
    return answer;
  }

  @Override
  public void cancel() {
    Poll<T> answer = this.answer;
    if (answer != null) {
      this.answer = null;
      Discard.closing().discard(answer.value()); // never polled: no other discard is known
    }
  }

  @Override
  public void describe(Description description) {
    description.name("ready");
  }
}
