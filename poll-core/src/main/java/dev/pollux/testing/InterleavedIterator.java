package dev.pollux.testing;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Discard;
import dev.pollux.core.Next;
import dev.pollux.core.PollAfterEndException;
import org.jspecify.annotations.Nullable;

/**
 * Answers {@code Pending} with a wake before each poll of the wrapped iterator.
 *
 * @cancellation cancels the wrapped iterator
 */
final class InterleavedIterator<T> implements AsyncIterator<T> {

  /** Null once over. */
  private @Nullable AsyncIterator<T> iterator;

  /** Whether the next poll goes through. */
  private boolean through;

  private @Nullable Discard discard;

  InterleavedIterator(AsyncIterator<T> iterator) {
    this.iterator = iterator;
  }

  @Override
  public Next<T> pollNext(Context cx) throws Exception {
    AsyncIterator<T> iterator = this.iterator;
    if (iterator == null) {
      throw new PollAfterEndException("interleave pending");
    }
    discard = cx.discard();
    through = !through;
    if (through) {
      cx.waker().wake();
      return Next.pending();
    }
    Next<T> answer;
    try {
      answer = iterator.pollNext(cx);
    } catch (Throwable failure) {
      this.iterator = null;
      throw failure;
    }
    if (answer.isEnd()) {
      this.iterator = null;
    }
    return answer;
  }

  @Override
  public void cancel() {
    AsyncIterator<T> iterator = this.iterator;
    this.iterator = null;
    if (iterator != null) {
      Cancelling.child(iterator::cancel, discard);
    }
  }

  @Override
  public void describe(Description description) {
    description.name("interleave pending").stream("upstream", iterator);
  }
}
