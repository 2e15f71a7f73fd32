package dev.pollux.stream;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Discard;
import dev.pollux.core.Next;
import dev.pollux.operator.SourcesOwner;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Gives the least of the next elements of all sources, which are in order themselves.
 *
 * @cancellation discards the next element of each source, and cancels the sources, newest first
 * @threading confined to the polling task; the wakers of the sources belong to any thread
 */
final class MergeOrderedIterator<T> extends SourcesOwner<T> {

  private final Heads<T> heads;

  /** The sources that have a head, that of the least head first. */
  private final PriorityQueue<Integer> order = new PriorityQueue<>(this::compare);

  private @Nullable Comparator<? super T> comparator;

  MergeOrderedIterator(List<AsyncIterator<T>> sources, Comparator<? super T> comparator) {
    this.heads = new Heads<>(sources);
    this.comparator = comparator;
  }

  private int compare(int a, int b) {
    int order =
        requireNonNull(comparator, "comparator")
            .compare(requireNonNull(heads.head(a)), requireNonNull(heads.head(b)));
    return order != 0 ? order : Integer.compare(a, b);
  }

  @Override
  protected String kind() {
    return "mergeOrdered";
  }

  @Override
  protected void release(Discard discard) {
    comparator = null;
    order.clear();
    heads.discardHeads(discard);
  }

  @Override
  protected void giveSources(Consumer<? super AsyncIterator<?>> taker) {
    heads.giveSources(taker);
  }

  @Override
  public Next<T> pollNext(Context cx) throws Exception {
    open(cx);
    try {
      while (true) {
        switch (heads.look(cx)) {
          case PENDING -> {
            return Next.pending();
          }
          case HEAD -> order.add(heads.at());
          case COMPLETE -> {
            Integer least = order.poll();
            return least == null ? end() : Next.item(heads.take(least));
          }
          case ENDED -> {}
        }
      }
    } catch (Throwable failure) {
      throw failed(failure);
    }
  }

  @Override
  public void describe(Description description) {
    description.name(kind());
    heads.describe(description);
  }
}
