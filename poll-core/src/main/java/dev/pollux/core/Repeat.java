package dev.pollux.core;

import static java.util.Objects.requireNonNull;

import dev.pollux.operator.Cancel;
import dev.pollux.spi.Unpolled;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs one future after the other until an output ends the loop.
 *
 * @param <V> the output of one round
 * @param <T> the output of the loop
 * @cancellation cancels the round in flight; the rounds before it are done
 * @threading confined to the polling task
 */
final class Repeat<V extends @Nullable Object, T extends @Nullable Object> implements Future<T> {

  private final String name;

  /** Null once over. */
  private @Nullable Supplier<? extends Future<? extends V>> body;

  /**
   * What the output of a round makes of the loop: its answer, {@code Pending} for another round.
   */
  private @Nullable Function<? super V, Poll<T>> verdict;

  /** The round in flight, null between two. */
  private @Nullable Future<? extends V> round;

  private @Nullable Discard discard;

  Repeat(
      String name,
      Supplier<? extends Future<? extends V>> body,
      Function<? super V, Poll<T>> verdict) {
    this.name = name;
    this.body = body;
    this.verdict = verdict;
  }

  @Override
  public Poll<T> poll(Context cx) throws Exception {
    Supplier<? extends Future<? extends V>> body = this.body;
    Function<? super V, Poll<T>> verdict = this.verdict;
    if (body == null || verdict == null) {
      throw new PollAfterEndException(name);
    }
    if (discard == null) {
      Unpolled.used(this);
      discard = cx.discard();
    }
    try {
      while (true) {
        Future<? extends V> round = this.round;
        if (round == null) {
          if (!cx.tryProceed()) {
            return Poll.pending();
          }
          round = requireNonNull(body.get(), "the supplier of the next round gave null");
          this.round = round;
        }
        Poll<? extends V> answer = round.poll(cx);
        if (answer.isPending()) {
          return Poll.pending();
        }
        this.round = null;
        Poll<T> ended = verdict.apply(answer.value());
        if (ended.isReady()) {
          end();
          return ended;
        }
      }
    } catch (Throwable failure) {
      end();
      throw failure;
    }
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    Future<? extends V> round = this.round;
    Discard discard = this.discard;
    end();
    Cancel.child(round, discard);
  }

  private void end() {
    body = null;
    verdict = null;
    round = null;
    discard = null;
  }

  @Override
  public void describe(Description description) {
    description.name(name).child("round", round);
  }
}
