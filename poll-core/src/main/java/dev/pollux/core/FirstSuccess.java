package dev.pollux.core;

import static java.util.Objects.requireNonNull;

import dev.pollux.operator.Children;
import dev.pollux.spi.Unpolled;
import org.jspecify.annotations.Nullable;

/**
 * Completes as the first of its futures to have an output does; fails if all have failed.
 *
 * @param <T> the output
 * @cancellation cancels every future, newest first; the failures so far are dropped
 * @threading confined to the polling task
 */
final class FirstSuccess<T extends @Nullable Object> implements Future<T> {

  /** A future whose failure is no failure of the set. */
  private static final class Attempt<T extends @Nullable Object> implements Future<Settled<T>> {
    private final Future<? extends T> future;

    Attempt(Future<? extends T> future) {
      this.future = future;
    }

    @Override
    public Poll<Settled<T>> poll(Context cx) {
      try {
        Poll<? extends T> answer = future.poll(cx);
        return answer.isPending()
            ? Poll.pending()
            : Poll.ready(new Settled.Completed<>(answer.value()));
      } catch (Exception failure) {
        return Poll.ready(new Settled.Failed<>(failure));
      }
    }

    @Override
    public void cancel() {
      future.cancel();
    }

    @Override
    public void describe(Description description) {
      description.sameAs(future);
    }
  }

  private final Children<Settled<T>> running = new Children<>();

  /** The first failure; those after it are its suppressed exceptions. */
  private @Nullable Exception failure;

  private boolean over;

  FirstSuccess(Future<? extends T>[] futures) {
    for (int i = 0; i < futures.length; i++) {
      running.add(i, new Attempt<>(futures[i]));
    }
  }

  @Override
  public Poll<T> poll(Context cx) throws Exception {
    if (over) {
      throw new PollAfterEndException("firstSuccess");
    }
    Unpolled.used(this);
    try {
      var ended = running.pollReady(cx);
      while (ended != null) {
        Settled<T> settled = ended.takeOutput();
        if (settled instanceof Settled.Completed<T> completed) {
          cancel();
          return Poll.ready(completed.value());
        }
        keep(((Settled.Failed<T>) settled).cause());
        ended = running.pollReady(cx);
      }
    } catch (Throwable error) {
      cancel();
      throw error;
    }
    if (running.size() > 0) {
      return Poll.pending();
    }
    Exception all = requireNonNull(failure, "failure");
    cancel();
    throw all;
  }

  private void keep(Exception next) {
    if (failure == null) {
      failure = next;
    } else if (failure != next) {
      failure.addSuppressed(next);
    }
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    over = true;
    failure = null;
    running.cancel();
  }

  @Override
  public void describe(Description description) {
    description.name("firstSuccess").with("running", running.size());
    running.describe(description);
  }
}
