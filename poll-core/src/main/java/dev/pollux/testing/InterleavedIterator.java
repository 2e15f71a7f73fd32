package dev.pollux.testing;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Discard;
import dev.pollux.core.Next;
import org.jspecify.annotations.Nullable;

/**
 * Answers {@code Pending} with a wake before each poll of the wrapped iterator.
 *
 * @cancellation cancels the wrapped iterator
 */
final class InterleavedIterator<T> implements AsyncIterator<T> {

  private final AsyncIterator<T> iterator;

  /** Whether the next poll goes through; always so once the iterator is over. */
  private boolean through;

  private @Nullable Discard discard;

  InterleavedIterator(AsyncIterator<T> iterator) {
    this.iterator = iterator;
  }

  @Override
  public Next<T> pollNext(Context cx) throws Exception {
    discard = cx.discard();
    if (!through) {
      through = true;
      cx.waker().wake();
      return Next.pending();
    }
    Next<T> answer = iterator.pollNext(cx);
    through = answer.isEnd();
    return answer;
  }

  @Override
  public void cancel() {
    through = true;
    Cancelling.child(iterator::cancel, discard);
  }

  @Override
  public void describe(Description description) {
    description.name("interleave pending").stream("upstream", iterator);
  }
}
