package dev.pollux.testing;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.Context;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import org.jspecify.annotations.Nullable;

/** A child that is a future. */
final class ProbeFuture<T extends @Nullable Object> extends Probe implements Future<T> {

  private @Nullable Poll<T> answer;
  private @Nullable Exception failure;

  /** Answers {@code answer}, or fails with {@code failure}; without either it never answers. */
  ProbeFuture(
      ConformanceKit kit,
      String name,
      int age,
      @Nullable Poll<T> answer,
      @Nullable Exception failure) {
    super(kit, name, age, answer != null || failure != null);
    this.answer = answer;
    this.failure = failure;
  }

  @Override
  public Poll<T> poll(Context cx) throws Exception {
    if (!proceed(cx)) {
      return Poll.pending();
    }
    step();
    Poll<T> answer = this.answer;
    Exception failure = this.failure;
    end();
    if (answer == null) {
      throw requireNonNull(failure);
    }
    kit.produced(answer.value());
    return answer;
  }

  @Override
  void release() {
    answer = null;
    failure = null;
  }
}
