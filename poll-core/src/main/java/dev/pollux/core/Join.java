package dev.pollux.core;

import dev.pollux.spi.Unpolled;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Completes when all sides have, with their combined outputs.
 *
 * <p>If one side fails, or the combination does, what is unfinished is cancelled and that failure
 * is thrown.
 *
 * <p>Every poll polls every unfinished side, from the first; {@link JoinAll} is for many. A poll
 * that finds the budget used up stops there, and the next one starts with the side that had no
 * turn, so that a greedy side can't starve another.
 *
 * @param <R> the combined output
 * @cancellation cancels every side, newest first; an output already produced is discarded
 * @threading confined to the polling task
 */
final class Join<R extends @Nullable Object> implements Future<R> {

  private final String name;

  /** Null once over. */
  private MaybeDone<?> @Nullable [] sides;

  /** Takes the outputs out of the sides, once all are done. */
  private @Nullable Supplier<? extends R> combine;

  /** The side that the next poll starts with. */
  private int first;

  private @Nullable Discard discard;

  Join(String name, Supplier<? extends R> combine, MaybeDone<?>... sides) {
    this.name = name;
    this.combine = combine;
    this.sides = sides;
  }

  /** Joins any number of futures into the list of their outputs. */
  @SuppressWarnings({"unchecked", "rawtypes"}) // a new array, whose elements are MaybeDone<T>
  static <T extends @Nullable Object> Join<List<T>> ofAll(Future<? extends T>[] futures) {
    MaybeDone<T>[] sides = (MaybeDone<T>[]) new MaybeDone[futures.length];
    for (int i = 0; i < sides.length; i++) {
      sides[i] = new MaybeDone<>(futures[i]);
    }
    return new Join<>(
        "joinAll",
        () -> {
          List<T> outputs = new ArrayList<>(sides.length);
          for (MaybeDone<T> side : sides) {
            outputs.add(side.take());
          }
          return Collections.unmodifiableList(outputs);
        },
        sides);
  }

  @Override
  public Poll<R> poll(Context cx) throws Exception {
    MaybeDone<?>[] sides = this.sides;
    Supplier<? extends R> combine = this.combine;
    if (sides == null || combine == null) {
      throw new PollAfterEndException(name);
    }
    if (discard == null) {
      Unpolled.used(this);
      discard = cx.discard();
    }
    try {
      // No early exit: a side that was skipped would keep the waker of an older context.
      boolean allDone = true;
      int at = first;
      first = 0;
      for (int turns = sides.length; turns > 0; turns--) {
        if (turns < sides.length && cx.budget().isExhausted() && !cx.tryProceed()) {
          first = at;
          return Poll.pending();
        }
        allDone &= sides[at].poll(cx);
        at = at + 1 == sides.length ? 0 : at + 1;
      }
      if (!allDone) {
        return Poll.pending();
      }
      R combined = combine.get();
      end();
      return Poll.ready(combined);
    } catch (Throwable failure) {
      cancel();
      throw failure;
    }
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    MaybeDone<?>[] sides = this.sides;
    Discard discard = this.discard;
    end();
    if (sides != null) {
      for (int i = sides.length - 1; i >= 0; i--) {
        sides[i].cancel(discard);
      }
    }
  }

  private void end() {
    sides = null;
    combine = null;
    discard = null;
  }

  @Override
  public void describe(Description description) {
    description.name(name);
    MaybeDone<?>[] sides = this.sides;
    if (sides != null) {
      for (int i = 0; i < sides.length; i++) {
        description.child(Integer.toString(i), sides[i].future());
      }
    }
  }
}
