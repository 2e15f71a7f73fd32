package dev.pollux.core;

import static java.util.Objects.requireNonNull;

import dev.pollux.operator.Cancel;
import dev.pollux.spi.Unpolled;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Completes when the first of its futures has ended, and hands the others back as they are.
 *
 * <p>An {@code Error} is nobody's result: it cancels the others and is thrown.
 *
 * @param <T> the output of the futures
 * @cancellation cancels every future, newest first
 * @threading confined to the polling task
 */
final class Select<T extends @Nullable Object> implements Future<Selected<T>> {

  /** Null once over. */
  private @Nullable Future<? extends T> @Nullable [] futures;

  private @Nullable Discard discard;

  /** Takes {@code futures} over. */
  Select(Future<? extends T>[] futures) {
    this.futures = futures;
  }

  @Override
  @SuppressWarnings("unchecked") // an answer is read only
  public Poll<Selected<T>> poll(Context cx) {
    @Nullable Future<? extends T>[] futures = this.futures;
    if (futures == null) {
      throw new PollAfterEndException("select");
    }
    if (discard == null) {
      Unpolled.used(this);
      discard = cx.discard();
    }
    int at = cx.nextInt(futures.length);
    for (int turns = futures.length; turns > 0; turns--) {
      Poll<? extends T> answer;
      try {
        answer = futures[at].poll(cx);
      } catch (Exception failure) {
        return Poll.ready(new Selected<>(at, null, failure, handBackAllBut(at)));
      } catch (Throwable error) {
        futures[at] = null;
        cancel();
        throw error;
      }
      if (answer.isReady()) {
        return Poll.ready(new Selected<>(at, (Poll<T>) answer, null, handBackAllBut(at)));
      }
      at = at + 1 == futures.length ? 0 : at + 1;
    }
    return Poll.pending();
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    @Nullable Future<? extends T>[] futures = this.futures;
    Discard discard = this.discard;
    end();
    if (futures != null) {
      Cancel.newestFirst(futures, discard);
    }
  }

  @SuppressWarnings("unchecked") // what produces a T can be taken for a future of T
  private List<Future<T>> handBackAllBut(int winner) {
    @Nullable Future<? extends T>[] futures = requireNonNull(this.futures);
    end();
    List<Future<T>> losers = new ArrayList<>(futures.length - 1);
    for (int i = 0; i < futures.length; i++) {
      if (i != winner) {
        losers.add((Future<T>) futures[i]);
      }
    }
    return Collections.unmodifiableList(losers);
  }

  private void end() {
    futures = null;
    discard = null;
  }

  @Override
  public void describe(Description description) {
    description.name("select");
    @Nullable Future<? extends T>[] futures = this.futures;
    if (futures != null) {
      for (int i = 0; i < futures.length; i++) {
        description.child(Integer.toString(i), futures[i]);
      }
    }
  }
}
