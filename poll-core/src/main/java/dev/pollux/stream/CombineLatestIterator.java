package dev.pollux.stream;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Discard;
import dev.pollux.core.Item;
import dev.pollux.core.Next;
import dev.pollux.operator.Branches;
import dev.pollux.operator.SourcesOwner;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Gives, whenever a source has an element, what a function makes of the latest elements of all.
 *
 * @cancellation discards the elements that the function has not seen, and cancels the sources,
 *     newest first
 * @threading confined to the polling task; the wakers of the sources belong to any thread
 */
final class CombineLatestIterator<T, R> extends SourcesOwner<R> {

  private final Branches<T> sources = new Branches<>();
  private @Nullable Function<? super List<T>, ? extends R> function;

  /** By the index of the source; null if it has given none yet. */
  private final @Nullable Object[] latest;

  /** How many sources have given none yet. While there are some, the function has seen nothing. */
  private int missing;

  CombineLatestIterator(
      List<AsyncIterator<T>> sources, Function<? super List<T>, ? extends R> function) {
    this.latest = new Object[sources.size()];
    this.missing = latest.length;
    this.function = function;
    for (int i = 0; i < latest.length; i++) {
      this.sources.add(i, sources.get(i));
    }
  }

  @Override
  protected String kind() {
    return "combineLatest";
  }

  @Override
  protected void release(Discard discard) {
    function = null;
    for (int i = latest.length - 1; i >= 0; i--) {
      Object element = latest[i];
      latest[i] = null;
      if (missing > 0) {
        discard.discard(element);
      }
    }
  }

  @Override
  protected void giveSources(Consumer<? super AsyncIterator<?>> taker) {
    sources.giveAll(taker);
  }

  @Override
  public Next<R> pollNext(Context cx) throws Exception {
    open(cx);
    try {
      for (var source = sources.next(cx); source != null; source = sources.next(cx)) {
        Next<T> next = sources.pollNext(cx, source);
        if (next instanceof Item<T> item) {
          sources.again(source);
          if (hasAllWith(source.index(), item.value())) {
            return Next.item(combine());
          }
        } else if (next.isEnd() && latest[source.index()] == null) {
          return end(); // nothing can be combined any more
        }
      }
    } catch (Throwable failure) {
      throw failed(failure);
    }
    return sources.size() > 0 ? Next.pending() : end();
  }

  private boolean hasAllWith(int index, T element) {
    Object before = latest[index];
    latest[index] = element;
    if (before == null) {
      missing--;
    } else if (missing > 0) {
      discard().discard(before);
    }
    return missing == 0;
  }

  @SuppressWarnings("unchecked") // holds elements only, and all of them
  private R combine() {
    List<T> all = new ArrayList<>((List<T>) Arrays.asList(latest));
    return requireNonNull(
        requireNonNull(function, "function").apply(Collections.unmodifiableList(all)),
        "combineLatest: the function answered null, and an element may not be null");
  }

  @Override
  public void describe(Description description) {
    description.name(kind()).with("held", latest.length - missing);
    sources.describe(description);
  }
}
