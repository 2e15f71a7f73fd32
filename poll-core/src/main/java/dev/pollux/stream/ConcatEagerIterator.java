package dev.pollux.stream;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Discard;
import dev.pollux.core.Item;
import dev.pollux.core.Next;
import dev.pollux.operator.Branches;
import dev.pollux.operator.Cancel;
import dev.pollux.operator.SourcesOwner;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Gives the elements of several iterators one after the other, and lets those to come run ahead a
 * little.
 *
 * @cancellation discards the elements held, and cancels the sources, newest first
 * @threading confined to the polling task; the wakers of the sources belong to any thread
 */
final class ConcatEagerIterator<T> extends SourcesOwner<T> {

  /** What has come of one source before its turn. */
  private static final class Ahead<T> {
    final Branches.Branch<T> branch;
    final Deque<T> elements = new ArrayDeque<>(1);

    /** What came in place of its end. */
    @Nullable Throwable failure;

    Ahead(Branches.Branch<T> branch) {
      this.branch = branch;
    }
  }

  private final int held;
  private final Branches<T> sources = new Branches<>();

  /** By the index of the source. */
  private final List<Ahead<T>> all = new ArrayList<>();

  /** Whose turn it is. */
  private int at;

  ConcatEagerIterator(int held, List<AsyncIterator<T>> sources) {
    this.held = held;
    for (int i = 0; i < sources.size(); i++) {
      all.add(new Ahead<>(this.sources.add(i, sources.get(i))));
    }
  }

  @Override
  protected String kind() {
    return "concatEager";
  }

  @Override
  protected void release(Discard discard) {
    for (int i = all.size() - 1; i >= 0; i--) {
      discardAll(all.get(i), discard);
    }
    all.clear();
  }

  private static void discardAll(Ahead<?> source, Discard discard) {
    source.failure = null;
    while (!source.elements.isEmpty()) {
      discard.discard(source.elements.removeLast());
    }
  }

  @Override
  protected void giveSources(Consumer<? super AsyncIterator<?>> taker) {
    sources.giveAll(taker);
  }

  @Override
  public Next<T> pollNext(Context cx) throws Exception {
    open(cx);
    while (at < all.size()) {
      Ahead<T> first = all.get(at);
      if (!first.elements.isEmpty()) {
        if (!cx.tryProceed()) {
          return Next.pending();
        }
        T element = first.elements.removeFirst();
        sources.again(first.branch);
        return Next.item(element);
      }
      if (first.branch.iterator() == null) {
        Throwable failure = first.failure;
        if (failure != null) {
          throw failed(failure);
        }
        at++;
        continue;
      }
      Branches.Branch<T> branch = sources.next(cx);
      if (branch == null) {
        return Next.pending();
      }
      T element = poll(cx, branch);
      if (element != null) {
        return Next.item(element);
      }
    }
    return end();
  }

  /** Polls a source; answers an element if it is its turn, and else keeps what has come. */
  private @Nullable T poll(Context cx, Branches.Branch<T> branch) {
    try {
      if (!(sources.pollNext(cx, branch) instanceof Item<T> item)) {
        return null;
      }
      Ahead<T> source = all.get(branch.index());
      if (branch.index() == at) {
        sources.again(branch);
        return item.value();
      }
      source.elements.addLast(item.value());
      if (source.elements.size() < held) {
        sources.again(branch);
      }
    } catch (Error failure) {
      throw failed(failure);
    } catch (Exception failure) {
      endAt(branch.index(), failure);
    }
    return null;
  }

  /** Nothing that comes after a failure will be given: cancels it, newest first. */
  private void endAt(int index, Exception failure) {
    all.get(index).failure = failure;
    for (int i = all.size() - 1; i > index; i--) {
      Ahead<T> later = all.remove(i);
      discardAll(later, discard());
      if (later.branch.iterator() != null) {
        Cancel.iterator(sources.takeOut(later.branch), discard());
      }
    }
  }

  @Override
  public void describe(Description description) {
    int ahead = all.stream().mapToInt(source -> source.elements.size()).sum();
    description.name(kind()).with("turn", at).with("held", ahead);
    sources.describe(description);
  }
}
