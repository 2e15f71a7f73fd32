package dev.pollux.stream;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Discard;
import dev.pollux.core.Item;
import dev.pollux.core.Next;
import dev.pollux.operator.Branches;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Several iterators and the next element of each, for an operator that must see all of them before
 * it gives one.
 *
 * @threading confined to the polling task
 */
final class Heads<T> {

  private final Branches<T> sources = new Branches<>();
  private final List<Branches.Branch<T>> branches = new ArrayList<>();

  /** By the index of the source: its next element, or null if it has not come, or there is none. */
  private final @Nullable Object[] heads;

  private int held;

  Heads(List<AsyncIterator<T>> sources) {
    heads = new Object[sources.size()];
    for (int i = 0; i < heads.length; i++) {
      branches.add(this.sources.add(i, sources.get(i)));
    }
  }

  /** What came of a look at the sources. */
  enum Look {
    /** There is a head of every source that is not over. */
    COMPLETE,
    /** A head has come. */
    HEAD,
    /** A source has ended. */
    ENDED,
    PENDING
  }

  /** The source that {@link #look} has answered about. */
  private int at;

  int at() {
    return at;
  }

  /**
   * Polls sources without a head that were woken, until one has a head or ends.
   *
   * @throws Exception the failure of a source
   */
  Look look(Context cx) throws Exception {
    while (held < sources.size()) {
      Branches.Branch<T> branch = sources.next(cx);
      if (branch == null) {
        return Look.PENDING;
      }
      at = branch.index();
      Next<T> next = sources.pollNext(cx, branch);
      if (next instanceof Item<T> item) {
        heads[at] = item.value();
        held++;
        return Look.HEAD;
      }
      if (next.isEnd()) {
        return Look.ENDED;
      }
    }
    return Look.COMPLETE;
  }

  @SuppressWarnings("unchecked") // holds elements only
  @Nullable T head(int index) {
    return (T) heads[index];
  }

  /** Takes the head of one source; asks it for another one. */
  T take(int index) {
    T head = requireNonNull(head(index));
    heads[index] = null;
    held--;
    sources.again(branches.get(index));
    return head;
  }

  void discardHeads(Discard discard) {
    for (int i = heads.length - 1; i >= 0; i--) {
      Object head = heads[i];
      heads[i] = null;
      discard.discard(head);
    }
    held = 0;
  }

  void giveSources(Consumer<? super AsyncIterator<?>> taker) {
    branches.clear();
    sources.giveAll(taker);
  }

  void describe(Description description) {
    description.with("held", held);
    sources.describe(description);
  }
}
