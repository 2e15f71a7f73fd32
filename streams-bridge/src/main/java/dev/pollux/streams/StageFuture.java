package dev.pollux.streams;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.AtomicWaker;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Discard;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.spi.Unpolled;
import dev.pollux.streams.bridge.Failures;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A future of the output of a {@code CompletionStage}, which it observes from the first poll on.
 *
 * @cancellation cancels the stage, if it can be cancelled. An output that the stage has by then
 *     stays the stage's: others may hold it too, so it is not discarded
 */
final class StageFuture<T extends @Nullable Object> implements Future<T> {

  private static final String KIND = "the future of a completion stage";

  /** What the stage is left with; it may outlive the future. */
  private static final class Outcome<T extends @Nullable Object>
      implements BiConsumer<T, @Nullable Throwable> {

    final AtomicWaker waker = new AtomicWaker();

    // Written before done.

    @Nullable T output;
    @Nullable Throwable failure;
    volatile boolean done;

    @Override
    public void accept(T output, @Nullable Throwable failure) {
      this.output = output;
      this.failure = failure;
      done = true;
      waker.wake();
    }
  }

  /** Null once over. */
  private @Nullable CompletionStage<T> stage;

  /** From the first poll on. */
  private @Nullable Outcome<T> outcome;

  private Discard discard = Discard.closing();

  StageFuture(CompletionStage<T> stage) {
    this.stage = requireNonNull(stage, "stage");
  }

  @Override
  @SuppressWarnings("NullAway") // an output is null only if T says so
  public Poll<T> poll(Context cx) throws Exception {
    CompletionStage<T> stage = this.stage;
    if (stage == null) {
      throw new PollAfterEndException(KIND);
    }
    Outcome<T> outcome = this.outcome;
    if (outcome == null) {
      Unpolled.used(this);
      discard = cx.discard();
      outcome = new Outcome<>();
      this.outcome = outcome;
      stage.whenComplete(outcome);
    }
    if (!outcome.done) {
      outcome.waker.register(cx.waker());
      if (!outcome.done) {
        return Poll.pending();
      }
    }
    this.stage = null;
    this.outcome = null;
    Throwable failure = outcome.failure;
    if (failure != null) {
      // A stage that depends on others wraps their failures.
      Throwable cause = failure.getCause();
      throw Failures.rethrown(
          failure instanceof CompletionException && cause != null ? cause : failure);
    }
    return Poll.ready(outcome.output);
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    CompletionStage<T> left = stage;
    Outcome<T> outcome = this.outcome;
    stage = null;
    this.outcome = null;
    if (outcome != null) {
      outcome.waker.clear();
    }
    if (left != null) {
      try {
        left.toCompletableFuture().cancel(true);
      } catch (UnsupportedOperationException notOffered) {
        // A stage need not be a CompletableFuture; one that is not can't be cancelled.
      } catch (Throwable failure) {
        discard.uncaught(failure, "the cancel of a completion stage");
      }
    }
  }

  @Override
  public void describe(Description description) {
    description.name("fromCompletionStage");
    if (stage != null) {
      description.waitsFor("the completion of the stage");
    }
  }
}
